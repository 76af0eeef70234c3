# make            the library, shared and static, and the programs, in build/
# make lib        the library alone
# make check      every test that ends within minutes; make check-long: the others. ONLY='c/chat_wait mistakes/leak man':
#                 those whose names begin so
# make quick      a bit of everything in half a minute, for who is changing something
# make check-flaky  whole checks and single tests again and again, also beside busy processors: at most an hour
# make bench      how fast it is, against the limits and what else there is; bench-picture, bench-deps (benches/)
# make soak       the attacks in their long form, at most half an hour on two cores
# make demo       two people talk on a board
# make header     include/mapboard.h from the sources
# make install    with DESTDIR, prefix and the other directory variables of the GNU coding standards; make uninstall
# make deb        the Debian packages, in build/deb
# make dist       build/mapboard-VERSION.tar.xz: the sources with their crates, which needs no network
# make tarball    build/mapboard-VERSION-MACHINE-linux.tar.xz: programs and library, to be unpacked anywhere
# make wheel      build/wheel/mapcheck-….whl, for `pip install` (needs maturin)
# make check-debian  a fresh Debian 12, a new user, the packages: installed, used, removed; a fresh Debian 13 builds
#                 and checks a clone (as root)
# make clean      removes build/ and target/

prefix      = /usr/local
exec_prefix = $(prefix)
bindir      = $(exec_prefix)/bin
libdir      = $(exec_prefix)/lib
includedir  = $(prefix)/include
datarootdir = $(prefix)/share
mandir      = $(datarootdir)/man
pkgconfigdir = $(libdir)/pkgconfig
cmakedir    = $(libdir)/cmake/mapboard
bashcompdir = $(datarootdir)/bash-completion/completions
zshcompdir  = $(datarootdir)/zsh/site-functions
fishcompdir = $(datarootdir)/fish/vendor_completions.d

CC      = cc
CFLAGS  = -O2 -g
CARGO   = cargo
INSTALL = install
INSTALL_PROGRAM = $(INSTALL)
INSTALL_DATA    = $(INSTALL) -m 644

WARNINGS = -std=gnu11 -Wall -Wextra -Wpedantic -Werror
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
MAJOR   := $(firstword $(subst ., ,$(VERSION)))
REAL     = libmapboard.so.$(VERSION)
SONAME   = libmapboard.so.$(MAJOR)

TARGET   = $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
SOURCES := Cargo.toml Cargo.lock build.rs explain/Cargo.toml $(shell find explain/src src -name '*.rs' -o -name '*.c')
LIBS     = build/lib/$(REAL) build/lib/$(SONAME) build/lib/libmapboard.so build/lib/libmapboard.a
PROGRAMS = build/bin/minichat build/bin/mapcheck

.PHONY: all lib check quick check-flaky check-long bench bench-picture bench-deps demo header install uninstall deb dist tarball wheel check-debian clean
.DELETE_ON_ERROR:

all: lib $(PROGRAMS)
lib: $(LIBS)

# Nothing of who builds, and where, is in what is built: the same sources give the same bytes in any directory. The crates'
# directory is known once cargo has fetched them.
ANONYMOUS = $(CARGO) fetch --quiet --locked && CC_SHELL_ESCAPED_FLAGS=1 \
    CFLAGS="$${CFLAGS-} '-ffile-prefix-map=$(CURDIR)=.'" CARGO_ENCODED_RUSTFLAGS="$$(sh packaging/rustflags.sh)"

# ---- the library -------------------------------------------------------------------------------------------------

build/lib/$(REAL) build/lib/libmapboard.a &: $(SOURCES)
	$(ANONYMOUS) $(CARGO) build --release --locked --lib --package mapboard
	@mkdir -p build/lib
	cp $(TARGET)/release/libmapboard.so build/lib/$(REAL)
	cp $(TARGET)/release/libmapboard.a build/lib/libmapboard.a
	@touch build/lib/$(REAL) build/lib/libmapboard.a

build/lib/$(SONAME) build/lib/libmapboard.so: build/lib/$(REAL)
	ln -sf $(REAL) $@

header: build/header/mapboard.h
	cp build/header/mapboard.h include/mapboard.h

# Cargo knows when the header must be made anew; the compared copy is what tests/header.sh reads.
.PHONY: build/header/mapboard.h
build/header/mapboard.h:
	@mkdir -p build/header
	$(CARGO) build --release --locked --lib --package mapboard --features header --target-dir build/header/target
	cp "$$(ls -t build/header/target/release/build/mapboard-*/out/mapboard.h | head -n 1)" $@

# ---- the programs -------------------------------------------------------------------------------------------------

# GNU readline where it is installed; `make READLINE=no` builds without.
HASH := \#
READLINE := $(shell printf '$(HASH)include <stdio.h>\n$(HASH)include <readline/readline.h>\nint main(void) { return !rl_callback_handler_install; }\n' | \
              $(CC) -x c - -o /dev/null -lreadline 2>/dev/null && echo yes || echo no)
READLINE_yes = -DHAVE_READLINE
READLINE_LIBS_yes = -lreadline
MINICHAT_C := $(wildcard c_examples/minichat.c c_examples/minichat/*.c)
MINICHAT_H := $(wildcard c_examples/minichat/*.h)
# The same relative place in build/ and where it is installed.
RPATH = -Wl,-rpath,'$$ORIGIN/../lib'

build/bin/minichat: $(MINICHAT_C) $(MINICHAT_H) include/mapboard.h $(LIBS)
	@mkdir -p build/bin
	$(CC) $(WARNINGS) $(CFLAGS) '-ffile-prefix-map=$(CURDIR)=.' $(CPPFLAGS) -Iinclude $(READLINE_$(READLINE)) $(MINICHAT_C) -o $@ \
	    $(LDFLAGS) -Lbuild/lib -lmapboard $(RPATH) $(READLINE_LIBS_$(READLINE))

build/check/minichat-plain: $(MINICHAT_C) $(MINICHAT_H) include/mapboard.h $(LIBS)
	@mkdir -p build/check
	$(CC) $(WARNINGS) $(CFLAGS) $(CPPFLAGS) -Iinclude $(MINICHAT_C) -o $@ \
	    $(LDFLAGS) -Lbuild/lib -lmapboard -Wl,-rpath,'$$ORIGIN/../lib'

MAPCHECK_SOURCES := mapcheck/Cargo.toml $(shell find mapcheck/src -name '*.rs')
build/bin/mapcheck: $(MAPCHECK_SOURCES) $(SOURCES)
	$(ANONYMOUS) $(CARGO) build --release --locked --package mapcheck
	@mkdir -p build/bin
	cp $(TARGET)/release/mapcheck $@
	@touch $@

demo: all
	sh c_examples/demo.sh build/bin/minichat

# ---- the tests ---------------------------------------------------------------------------------------------------
# Each C test is a program of its own, linked once with the shared and once with the static library.

C_TESTS     := $(wildcard tests/c/*.c tests/attack/*.c tests/conformance/*.c tests/claims/*.c)
LONG_TESTS  := $(wildcard tests/long/*.c)
LONG_SCRIPTS := $(wildcard tests/long/*.sh)
SHELL_TESTS := $(filter-out tests/tap.sh,$(wildcard tests/*.sh tests/mistakes/run_*.sh))
NAMES        = $(patsubst tests/%.c,%,$(C_TESTS))
LONG_NAMES   = $(patsubst tests/%.c,%,$(LONG_TESTS))
TEST_HEADERS = $(wildcard tests/*.h tests/*/*.h) include/mapboard.h
# The tests make mistakes on purpose; tests/header_checks.sh is about the warnings.
TEST_FLAGS   = $(WARNINGS) -DMAPBOARD_NO_CHECKS -O1 -g -pthread -Iinclude -Itests
# Cancellation unwinds the stack: this test has something on it to be cleaned up.
build/check/shared/conformance/cancel build/check/static/conformance/cancel: TEST_FLAGS += -fexceptions

build/check/shared/%: tests/%.c $(TEST_HEADERS) $(LIBS)
	@mkdir -p $(@D)
	$(CC) $(TEST_FLAGS) $< -o $@ -Lbuild/lib -lmapboard '-Wl,-rpath,$(CURDIR)/build/lib'
build/check/static/%: tests/%.c $(TEST_HEADERS) $(LIBS)
	@mkdir -p $(@D)
	$(CC) $(TEST_FLAGS) $< -o $@ build/lib/libmapboard.a

# It looks at the program's own tables.
build/check/shared/c/program_words build/check/static/c/program_words: $(MINICHAT_C) $(MINICHAT_H)

# What the shell tests are told: where things are.
export MB_ROOT     = $(CURDIR)
export MB_INCLUDE  = $(CURDIR)/include
export MB_LIBDIR   = $(CURDIR)/build/lib
export MB_MINICHAT = $(CURDIR)/build/bin/minichat
export MB_MINICHAT_PLAIN = $(CURDIR)/build/check/minichat-plain
export MB_MAPCHECK = $(CURDIR)/build/bin/mapcheck
export MB_VERSION  = $(VERSION)
export CC CARGO

# What ONLY chooses: tests by the beginning of their names, of scripts without "tests/" and ".sh". Those of
# tests/mistakes are programs; MB_ONLY tells the scripts that run them which.
export MB_ONLY = $(filter-out run_%,$(patsubst mistakes/%,%,$(filter mistakes/%,$(ONLY))))
chosen       = $(if $(ONLY),$(foreach each,$(ONLY),$(filter $(each)%,$(1))),$(1))
SCRIPTS      = $(patsubst tests/%.sh,%,$(SHELL_TESTS))
CHOSEN_C     = $(call chosen,$(NAMES))
CHOSEN_SH    = $(sort $(call chosen,$(SCRIPTS)) $(if $(strip $(MB_ONLY)),$(filter mistakes/run_%,$(SCRIPTS))))
# NAME=COMMAND of programs linked in the ways $(1), and of scripts
programs     = $(foreach kind,$(1),$(foreach name,$(2),$(name):$(kind)=build/check/$(kind)/$(name)))
scripts      = $(foreach name,$(1),tests/$(name).sh='sh tests/$(name).sh')

check: all build/check/minichat-plain $(foreach kind,shared static,$(addprefix build/check/$(kind)/,$(CHOSEN_C)))
	@$(if $(strip $(CHOSEN_C)$(CHOSEN_SH)),,echo "make check: no test begins with ONLY=$(ONLY)" >&2; exit 2)
	@tests/run $(call programs,shared static,$(CHOSEN_C)) $(call scripts,$(CHOSEN_SH))

QUICK = c/chat_basic c/chat_after c/chat_wait c/explain_calls c/explain_says c/file_map c/lock_basic c/guard \
    conformance/errors conformance/arguments
QUICK_SCRIPTS = abi man mapcheck_options readme mistakes/run_mapcheck
quick: all build/check/minichat-plain $(addprefix build/check/shared/,$(QUICK))
	@MB_ONLY="file-too-short use-after-unmap leak" \
	    tests/run $(call programs,shared,$(QUICK)) $(call scripts,$(QUICK_SCRIPTS))

# Tests with processes, threads, signals, timing or a terminal: whatever chance could touch.
CHANCE    = $(filter c/% attack/% claims/% conformance/%,$(NAMES))
CHANCE_SH = $(filter program_% tmux_chat% mapcheck_% storms hostile examples grader picture mistakes/run_%,$(SCRIPTS))
check-flaky: all build/check/minichat-plain $(addprefix build/check/shared/,$(CHANCE))
	@MAKE='$(MAKE)' tests/flaky $(call programs,shared,$(CHANCE)) $(call scripts,$(CHANCE_SH))

check-long: all $(addprefix build/check/shared/,$(LONG_NAMES))
	@MAPBOARD_TEST_SECONDS=1800 tests/run $(foreach name,$(LONG_NAMES),$(name)=build/check/shared/$(name)) \
	    $(foreach test,$(LONG_SCRIPTS),$(test)='sh $(test)')

# ---- how fast it is ----------------------------------------------------------------------------------------------

bench bench-picture: all
	@$(MAKE) -f benches/Makefile $@

bench-deps:
	@$(MAKE) -f benches/Makefile $@

# The attacks in their long form: every instruction instead of a stride, more rounds, a guided fuzzer. Each is told how
# many seconds it may take; two run at a time. `make check` runs their short form, and prints the same table.
# Beside the sleepers, which want both processors, those that want little.
SOAK = c/chat_storm=940 attack/sleepers=560 c/chat_killed=360 c/chat_stopped=200 c/chat_spoiled=60 c/chat_cut=60 c/chat_wait=60 c/chat_names=60 c/chat_crash=60 \
    $(patsubst tests/%.c,%=60,$(wildcard tests/attack/f*.c tests/c/hostile_*.c)) hostile.sh=60 \
    model.sh=300 fuzz/run.sh=300 c/chat_fuzz=200 storms.sh=150 c/guard_storm=120 \
    sanitizers.sh=120 miri.sh=120
soak_name = $(firstword $(subst =, ,$(1)))
soak_run  = MAPBOARD_SOAK=$(lastword $(subst =, ,$(1))) $(if $(findstring .sh=,$(1)),sh tests/,build/check/shared/)$(soak_name)
SOAK_C    = $(filter-out %.sh,$(foreach each,$(SOAK),$(call soak_name,$(each))))

.PHONY: soak
soak: all build/check/minichat-plain $(addprefix build/check/shared/,$(SOAK_C))
	@MAPBOARD_TEST_SECONDS=1200 tests/run $(foreach each,$(SOAK),$(call soak_name,$(each))='$(call soak_run,$(each))')

# ---- installing --------------------------------------------------------------------------------------------------

# man/man3/… in English, man/fr/man3/… in French, man/zh_CN/man3/… in Chinese: installed under the same names.
MANUALS := $(patsubst man/%,%,$(wildcard man/man?/* man/*/man?/*))
COMPLETIONS = $(foreach shell,bash zsh fish,\
    $(addprefix $($(shell)compdir)/,$(notdir $(wildcard packaging/completion/$(shell)/*))))
CMAKE_FILES = mapboardConfig.cmake mapboardConfigVersion.cmake

# The files that name directories: pkg-config's from its prefix, CMake's from the place of the file itself.
from_prefix = $(patsubst $(prefix)/%,$${prefix}/%,$(1))
from_cmake  = $(shell realpath -ms --relative-to='$(cmakedir)' '$(1)')
FILL = sed -e 's|@prefix@|$(prefix)|; s|@VERSION@|$(VERSION)|g; s|@MAJOR@|$(MAJOR)|g' \
    -e 's|@libdir@|$(call from_prefix,$(libdir))|; s|@includedir@|$(call from_prefix,$(includedir))|' \
    -e 's|@from_cmake_to_lib@|$(call from_cmake,$(libdir))|' \
    -e 's|@from_cmake_to_include@|$(call from_cmake,$(includedir))|'

install: all
	$(INSTALL) -d $(addprefix $(DESTDIR),$(bindir) $(libdir) $(includedir) $(pkgconfigdir) $(cmakedir))
	$(INSTALL_PROGRAM) $(PROGRAMS) $(DESTDIR)$(bindir)
	$(INSTALL_DATA) build/lib/$(REAL) build/lib/libmapboard.a $(DESTDIR)$(libdir)
	ln -sf $(REAL) $(DESTDIR)$(libdir)/$(SONAME)
	ln -sf $(REAL) $(DESTDIR)$(libdir)/libmapboard.so
	$(INSTALL_DATA) include/mapboard.h $(DESTDIR)$(includedir)
	$(FILL) mapboard.pc.in > $(DESTDIR)$(pkgconfigdir)/mapboard.pc
	chmod 644 $(DESTDIR)$(pkgconfigdir)/mapboard.pc
	for each in $(CMAKE_FILES); do \
	    $(FILL) packaging/cmake/$$each.in > $(DESTDIR)$(cmakedir)/$$each && \
	    chmod 644 $(DESTDIR)$(cmakedir)/$$each || exit; \
	done
	for each in $(sort $(dir $(MANUALS))); do \
	    $(INSTALL) -d $(DESTDIR)$(mandir)/$$each && \
	    $(INSTALL_DATA) man/$$each* $(DESTDIR)$(mandir)/$$each || exit; \
	done
	$(INSTALL) -d $(addprefix $(DESTDIR),$(bashcompdir) $(zshcompdir) $(fishcompdir))
	$(INSTALL_DATA) packaging/completion/bash/* $(DESTDIR)$(bashcompdir)
	$(INSTALL_DATA) packaging/completion/zsh/* $(DESTDIR)$(zshcompdir)
	$(INSTALL_DATA) packaging/completion/fish/* $(DESTDIR)$(fishcompdir)

uninstall:
	rm -f $(addprefix $(DESTDIR)$(mandir)/,$(MANUALS)) $(addprefix $(DESTDIR),$(COMPLETIONS))
	rm -f $(addprefix $(DESTDIR)$(bindir)/,$(notdir $(PROGRAMS)))
	rm -f $(addprefix $(DESTDIR)$(libdir)/,$(REAL) $(SONAME) libmapboard.so libmapboard.a)
	rm -f $(DESTDIR)$(includedir)/mapboard.h $(DESTDIR)$(pkgconfigdir)/mapboard.pc
	rm -f $(addprefix $(DESTDIR)$(cmakedir)/,$(CMAKE_FILES))
	rmdir $(DESTDIR)$(cmakedir) 2>/dev/null || :

deb: all
	sh packaging/deb.sh $(VERSION)

dist:
	sh packaging/dist.sh $(VERSION)

tarball: all
	sh packaging/tarball.sh $(VERSION)

wheel:
	$(ANONYMOUS) sh packaging/wheel.sh

# Of minutes, and with the network: a check of its own. The packages in a fresh Debian 12; then, one after the other since
# both want the whole machine, the sources in a fresh Debian 13.
check-debian: deb
	@MAPBOARD_TEST_SECONDS=2400 tests/run -j 1 packaging/fresh-debian.sh='sh packaging/fresh-debian.sh' \
	    packaging/debian-13.sh='sh packaging/debian-13.sh'

clean:
	rm -rf build
	$(CARGO) clean
