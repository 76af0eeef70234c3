#ifndef MAPBOARD_H
#define MAPBOARD_H

/*
 * libmapboard 0.2.0: mmap that explains itself, and the course's whiteboard chat. Link with -lmapboard.
 * Made from the sources by `make header`: change src/ffi, not this file.
 *
 * Errors: errno is the only channel, so perror() works. A function that succeeds leaves errno as it was. A pointer
 * that must not be NULL answers EFAULT, a closed handle EBADF, a flag bit of ours that does not exist EINVAL; bits of
 * PROT_, MAP_ and MS_ that the library does not know pass through to the kernel.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/types.h>

#define MAPBOARD_VERSION "0.2.0"

#if !defined __linux__ || !defined __LP64__ || !(defined __x86_64__ || defined __aarch64__)
#error "mapboard is for Linux on 64-bit x86-64 and aarch64 (off_t must have 64 bits)"
#endif

/* Before C++11 and in C there is no such word. */
#if defined __cplusplus && __cplusplus >= 201103L
#define MAPBOARD_NOEXCEPT noexcept
#else
#define MAPBOARD_NOEXCEPT
#endif

/*
 * -Dmmap=mm_map on the command line renames libc's own declaration. With _FILE_OFFSET_BITS=64 that declaration has an
 * assembler name, mmap64, which wins: the program would compile, and silently call the kernel past us.
 */
#if defined mmap && defined _FILE_OFFSET_BITS && _FILE_OFFSET_BITS == 64
#error "-Dmmap=… does not reach mmap with _FILE_OFFSET_BITS=64: use -include mapboard.h -DMAPBOARD_REPLACE_MMAP instead"
#endif


/**
 * How many messages a board holds: the last 20.
 */
#define MINICHAT_MESSAGES 20

/**
 * Bytes of the longest text.
 */
#define MINICHAT_TEXT_MAX 800

/**
 * Bytes of the longest nick.
 */
#define MINICHAT_NICK_MAX 63

/**
 * Participants who can be present, seen or hidden; any number may read.
 */
#define MINICHAT_SEATS 64

/**
 * minichat_options.flags: create the board if there is none.
 */
#define MINICHAT_CREATE 1

/**
 * minichat_options.flags: with MINICHAT_CREATE, EEXIST if there is a board.
 */
#define MINICHAT_EXCLUSIVE 2

/**
 * minichat_options.flags: read, never post; takes no seat and is seen by nobody.
 */
#define MINICHAT_READ_ONLY 4

/**
 * minichat_options.flags: no presence: takes a seat, may post, but minichat_who() does not list it.
 */
#define MINICHAT_HIDDEN 8

/**
 * minichat_options.flags: install no SIGBUS handler (see minichat_open).
 */
#define MINICHAT_NO_HANDLER 16

/**
 * minichat_options.flags: also on a file system where mappings of two machines do not agree (NFS, CIFS, 9p, FUSE …).
 */
#define MINICHAT_ANY_FILE_SYSTEM 32

/**
 * minichat_options.flags: start behind the newest message instead of `after`.
 */
#define MINICHAT_FROM_NOW 64

/**
 * minichat_post flags and minichat_message.flags: an action, "/me waves".
 */
#define MINICHAT_ACTION 1

/**
 * minichat_person.flags: the entry is that of this handle.
 */
#define MINICHAT_ME 1

/**
 * A participant of a board, opened by minichat_open().
 */
struct minichat;

/**
 * A lock that mm_lock_open() opened.
 */
struct mm_lock;

/**
 * What minichat_open() is asked for. Set `size` to sizeof(struct minichat_options), and what is not needed to 0.
 */
struct minichat_options {
    /**
     * sizeof(struct minichat_options): how a later library knows what this program knows.
     */
    size_t size;
    /**
     * MINICHAT_CREATE and the others, joined by |.
     */
    unsigned int flags;
    /**
     * Permissions of a board that is created, cut by the umask as open(2) does; 0 stands for 0600.
     */
    mode_t mode;
    /**
     * UTF-8, at most MINICHAT_NICK_MAX bytes, copied; NULL or "": nameless.
     */
    const char *nick;
    /**
     * `dernier`, the number of the last message seen earlier: reading starts after it. 0: from the oldest.
     */
    uint64_t after;
    /**
     * Of which board `after` is a number: minichat_info.board_id of then. 0: of whichever is there.
     */
    uint64_t board_id;
};

/**
 * A message of the board. Nick, pid, uid and time are what its poster claims.
 */
struct minichat_message {
    /**
     * 1, 2, 3 … in the order in which they were posted.
     */
    uint64_t number;
    /**
     * How many messages just before this one were replaced before they could be read.
     */
    uint64_t missed;
    /**
     * When it was posted: nanoseconds since 1970 (CLOCK_REALTIME, to a few milliseconds).
     */
    int64_t time_ns;
    uint32_t pid;
    uint32_t uid;
    /**
     * The poster's place, 1 … 64: tells two people of the same nick apart.
     */
    uint32_t seat;
    /**
     * MINICHAT_ACTION or 0.
     */
    uint32_t flags;
    /**
     * Bytes of nick and text, without the NUL that follows each.
     */
    uint32_t nick_length;
    uint32_t text_length;
    /**
     * UTF-8, ends with NUL. For a terminal, see minichat_display().
     */
    char nick[64];
    char text[808];
};

/**
 * Somebody who is present. Nick, pid and uid are claims; that the place is taken, the kernel says.
 */
struct minichat_person {
    /**
     * Since when: nanoseconds since 1970.
     */
    int64_t since_ns;
    uint32_t pid;
    uint32_t uid;
    /**
     * 1 … 64.
     */
    uint32_t seat;
    /**
     * MINICHAT_ME or 0.
     */
    uint32_t flags;
    /**
     * Bytes of the nick without its NUL. 0: nameless, or about to enter.
     */
    uint32_t nick_length;
    uint32_t reserved;
    char nick[64];
};

/**
 * What minichat_info() tells. Set `size` to sizeof(struct minichat_info) before the call.
 */
struct minichat_info {
    size_t size;
    /**
     * A random number: another one than before, and the board was created anew.
     */
    uint64_t board_id;
    /**
     * Nanoseconds since 1970.
     */
    int64_t created_ns;
    /**
     * The number of the newest message; 0: none yet.
     */
    uint64_t last;
    /**
     * The number of the last message that this handle has read.
     */
    uint64_t dernier;
    /**
     * Bytes of the board's file.
     */
    uint64_t file_size;
    /**
     * How many may be present.
     */
    uint32_t seats;
    /**
     * The place of this handle, 1 … 64; 0: none.
     */
    uint32_t seat;
    /**
     * How many are present, hidden ones included; -1: cannot be known (no access to the lock file or to /proc/locks).
     */
    int32_t present;
    /**
     * Permissions, owner and group of the file.
     */
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
};

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Maps `length` bytes, of the file `fd` from byte `offset` on or of new memory, and says where they are:
 * mmap(2), with the same arguments, results and errno. Nothing stands between the caller and the kernel.
 *
 * `addr`    NULL: the kernel chooses. Otherwise a wish, rounded down to a page; where something is mapped
 *           already, another address is chosen, and that is no error. With MAP_FIXED an order: a multiple of
 *           the page, and what was mapped in the range is gone without a word (MAP_FIXED_NOREPLACE refuses
 *           instead).
 * `length`  in bytes, 1 or more; whole pages are mapped. A page has sysconf(_SC_PAGESIZE) bytes.
 * `prot`    PROT_NONE, or any of PROT_READ, PROT_WRITE, PROT_EXEC. Unknown bits are ignored.
 * `flags`   one of MAP_SHARED (a store is a store to the file, which every other mapping and read() see at
 *           once), MAP_PRIVATE (the first store to a page makes a copy of it that only this process sees)
 *           and MAP_SHARED_VALIDATE (as MAP_SHARED, but unknown flags are refused; the two others ignore
 *           them); with MAP_ANONYMOUS for zeroed memory without a file (`fd` is ignored, `offset` should be
 *           0; shared anonymous memory is shared with the children that fork() makes) and other flags of
 *           mmap(2). MAP_FILE, MAP_DENYWRITE and MAP_EXECUTABLE do nothing.
 * `fd`      open for reading, and with MAP_SHARED and PROT_WRITE for reading and writing. It may be closed
 *           afterwards: the mapping stays.
 * `offset`  in bytes, a multiple of the page. It may lie past the end of the file.
 *
 * Returns the address of the first byte, a multiple of the page; MAP_FAILED (which is (void *)-1, not NULL)
 * with errno otherwise, and then nothing was mapped.
 *
 * Errors, in the order in which they are looked for
 *   EINVAL      `offset` is no multiple of the page.
 *   EBADF       without MAP_ANONYMOUS: `fd` is not open, or was opened with O_PATH.
 *   EINVAL      `length` is 0.
 *   ENOMEM      the range does not fit into the address space; or, later, there is no memory, address space
 *               (RLIMIT_AS), private writable memory (RLIMIT_DATA), overcommit (MAP_NORESERVE asks for
 *               none), free huge page (MAP_HUGETLB), or mapping (vm.max_map_count) left.
 *   EINVAL      MAP_FIXED and `addr` is no multiple of the page.
 *   EPERM       MAP_FIXED and `addr` is below vm.mmap_min_addr, without privilege.
 *   EEXIST      MAP_FIXED_NOREPLACE and something is mapped in the range.
 *   EPERM       MAP_LOCKED, and RLIMIT_MEMLOCK is 0, without privilege.
 *   EAGAIN      MAP_LOCKED would lock more than RLIMIT_MEMLOCK.
 *   EOVERFLOW   `offset` + `length` is more than a file can have; a negative `offset`.
 *   EINVAL      `flags` has no type or a wrong one (MAP_SHARED | MAP_PRIVATE is MAP_SHARED_VALIDATE: a file
 *               takes it, anonymous memory does not); MAP_GROWSDOWN for anything but private anonymous
 *               memory.
 *   EOPNOTSUPP  MAP_SHARED_VALIDATE and a flag that the kernel or the file does not know (MAP_SYNC
 *               included).
 *   EACCES      `fd` is not open for reading, whatever `prot` is; MAP_SHARED and PROT_WRITE, and it is not
 *               open for writing; MAP_SHARED, it is open for writing, and the file is append-only (chattr
 *               +a).
 *   EPERM       PROT_EXEC, and the file system is mounted noexec; a shared writable mapping of a file sealed
 *               against writing; MAP_FIXED over a sealed range (mseal(2)).
 *   ENODEV      what `fd` is open on cannot be mapped: a directory, pipe, socket, terminal, most devices.
 * A device or special file system may have errors of its own. ETXTBSY is none of them, nor is EAGAIN for a
 * locked file: what older manuals say of MAP_DENYWRITE and of mandatory locks is history.
 *
 * Signals, when the mapping is used: SIGSEGV for what `prot` does not allow; SIGBUS for a whole page past
 * the end of the file (when it is shorter than the mapping, or was cut since), and for a page that could not
 * be read, or for which the file system had no room. Bytes between the end of the file and the end of its
 * last page read as 0, and stores to them are lost. Within a system call the same mistakes are EFAULT.
 *
 * Threads: any thread; also in a signal handler, before main, and in a forked child, which inherits all
 * mappings (exec drops them). Not a cancellation point.
 *
 * Source: POSIX.1-2024, mmap; Linux, mmap(2). Measured on Linux 6.18.
 */
void *mm_map(void *addr, size_t length, int prot, int flags, int fd, off_t offset) MAPBOARD_NOEXCEPT;

/**
 * Removes what is mapped in the range of `length` bytes at `addr`: munmap(2), with the same arguments,
 * results and errno.
 *
 * Every page that the range touches goes, whoever mapped it, whole: a `length` inside a page takes all of
 * the page, a range over several mappings takes part of each, and pages of a mapping outside the range stay.
 * Where nothing is mapped, that is no error: doing it twice returns 0 twice. Shared stores reach the file
 * all the same (see mm_sync for when). Closing the descriptor, or removing the file's name, does not unmap;
 * exec and exit do.
 *
 * `addr`    a multiple of the page; NULL is an address as another, where normally nothing is mapped.
 * `length`  in bytes, 1 or more; for huge pages (MAP_HUGETLB) a multiple of their size.
 *
 * Returns 0; -1 with errno otherwise, and then everything is mapped as before.
 *
 * Errors
 *   EINVAL  `addr` is no multiple of the page (MAP_FAILED is none); `length` is 0; the range leaves the
 *           address space; part of a huge page.
 *   ENOMEM  to remove the middle of a mapping makes two of one, and vm.max_map_count allows no more.
 *   EPERM   part of the range is sealed (mseal(2)).
 *
 * An access to the range after that is SIGSEGV, or, worse, meets what was mapped there next.
 *
 * Threads: any thread; also in a signal handler, before main, and in a forked child, whose mappings are its
 * own: the parent keeps its. Not a cancellation point.
 *
 * Source: POSIX.1-2024, munmap; Linux, munmap(2).
 */
int mm_unmap(void *addr, size_t length) MAPBOARD_NOEXCEPT;

/**
 * Changes what may be done with the pages of the range: mprotect(2), with the same arguments, results and
 * errno.
 *
 * `addr`    a multiple of the page.
 * `length`  in bytes; whole pages change; 0 changes nothing and is no error.
 * `prot`    as for mm_map(), but unknown bits are refused.
 *
 * Returns 0; -1 with errno otherwise: the pages before the one that was refused may have changed.
 *
 * Errors
 *   EINVAL  `addr` is no multiple of the page; `prot` has an unknown bit.
 *   ENOMEM  part of the range is not mapped, or leaves the address space; there is no memory for pages that
 *           become privately writable (overcommit, RLIMIT_DATA); vm.max_map_count allows no more mappings.
 *   EACCES  PROT_WRITE on a shared mapping whose descriptor was not open for writing, or whose file is
 *           sealed against writing; PROT_EXEC on a file system mounted noexec.
 *   EPERM   part of the range is sealed (mseal(2)).
 *
 * Threads: any thread; also in a signal handler, before main, and in a forked child. Not a cancellation
 * point.
 *
 * Source: POSIX.1-2024, mprotect; Linux, mprotect(2).
 */
int mm_protect(void *addr, size_t length, int prot) MAPBOARD_NOEXCEPT;

/**
 * Brings the stores that were made to shared mappings of files in the range to the disk: msync(2), with the
 * same arguments, results and errno.
 *
 * This is for power cuts. Other processes need none of it: mappings of the file and read() see a store at
 * once.
 *
 * `addr`    a multiple of the page.
 * `length`  in bytes; every page that the range touches; 0 does nothing and is no error.
 * `flags`   MS_SYNC: returns when everything is on the disk. MS_ASYNC: does nothing, since the kernel writes
 *           soon anyway. MS_INVALIDATE may be added; all mappings of a file are coherent, so it only looks
 *           for locked pages. 0 is accepted, and does nothing.
 *
 * Private and anonymous mappings have nothing to bring anywhere: 0.
 *
 * Returns 0; -1 with errno otherwise.
 *
 * Errors
 *   EINVAL  `addr` is no multiple of the page; MS_SYNC and MS_ASYNC together; an unknown bit in `flags`.
 *   ENOMEM  part of the range is not mapped (the rest was brought to the disk), or it leaves the address
 *           space.
 *   EBUSY   MS_INVALIDATE and a page is locked (mlock(2)); pages from it on were not brought to the disk.
 *   EIO     the disk or the file system failed. Other errors of writing are possible: ENOSPC, EDQUOT.
 *
 * Threads: any thread; also in a signal handler, before main, and in a forked child. A cancellation point,
 * as POSIX wants it: a thread whose cancellation is requested and enabled ends here, before anything is
 * written; a request that comes while the disk is being written waits for the thread's next cancellation
 * point.
 *
 * Source: POSIX.1-2024, msync; Linux, msync(2).
 */
int mm_sync(void *addr, size_t length, int flags);

/**
 * Makes a mapping larger or smaller, or moves it: mremap(2), with the same arguments, results and errno.
 *
 * `addr`        a multiple of the page, in a mapping.
 * `old_length`  in bytes, of what is to be changed, in one mapping; 0 for a shared mapping asks for a second
 *               mapping of the same pages.
 * `new_length`  in bytes, 1 or more.
 * `flags`       0: stays where it is, or fails. MREMAP_MAYMOVE: another address may be chosen. With it,
 *               MREMAP_FIXED: moves to the fifth argument, a `void *`, and what was mapped there is gone;
 *               MREMAP_DONTUNMAP: the old range stays, emptied (the fifth argument is a wish). Without the
 *               last two flags a fifth argument is not looked at.
 *
 * New pages show more of the file, or zeros.
 *
 * Returns the address of the mapping, which may differ from `addr`; MAP_FAILED with errno otherwise, and
 * then the old range is mapped as before.
 *
 * Errors
 *   EINVAL  an address is no multiple of the page; `new_length` is 0; an unknown bit in `flags`;
 *           MREMAP_FIXED or MREMAP_DONTUNMAP without MREMAP_MAYMOVE; `old_length` 0 for a private mapping;
 *           the new range meets the old one, or leaves the address space.
 *   EFAULT  part of the old range is not mapped, or lies in several mappings (which Linux 6.17 and later can
 *           move, if the length stays).
 *   ENOMEM  there is no room to grow in place (without MREMAP_MAYMOVE), or none at all; the limits of
 *           mm_map().
 *   EAGAIN  the mapping is locked, and would exceed RLIMIT_MEMLOCK.
 *   EPERM   part of a range is sealed (mseal(2)).
 *
 * Threads: any thread; also in a signal handler, before main, and in a forked child. Not a cancellation
 * point.
 *
 * Source: Linux, mremap(2). POSIX has no such call.
 */
void *mm_remap(void *addr, size_t old_length, size_t new_length, int flags, ...) MAPBOARD_NOEXCEPT;

/**
 * Maps all of a file: open, fstat, mmap and close in one call.
 *
 * `path`        a regular file.
 * `prot`        PROT_NONE, or any of PROT_READ, PROT_WRITE, PROT_EXEC, as for mm_map(). The file must be readable
 *               whatever `prot` is, and writable for a shared mapping with PROT_WRITE.
 * `flags`       MAP_SHARED: stores go to the file; MAP_PRIVATE: stores stay in this process, and reading the file is
 *               enough. More flags may be added (MAP_POPULATE …), but none that needs an address or no file.
 * `out_length`  where to put the length of the file in bytes; NULL: nowhere.
 *
 * Returns the address of the file's first byte; mm_unmap(address, length) ends the mapping. MAP_FAILED with errno
 * otherwise, and then nothing was mapped and `*out_length` is as before.
 *
 * Errors
 *   EFAULT        `path` is NULL.
 *   ENAMETOOLONG  `path` has PATH_MAX bytes or more, or one of its names is too long.
 *   EINVAL        `flags` has neither MAP_SHARED nor MAP_PRIVATE, or it has MAP_ANONYMOUS, MAP_FIXED or
 *                 MAP_FIXED_NOREPLACE; the file is empty (no mapping has length 0; files of /proc seem empty).
 *   ENODEV        what is at `path` is no regular file (but a directory, FIFO, socket or device, which is not opened);
 *                 or its file system cannot map it.
 *   EACCES        the file may not be read, or not written (see `prot`); an append-only file, shared and PROT_WRITE.
 *   ENOENT, ELOOP, ENOTDIR, EMFILE, ENFILE, EROFS, ETXTBSY, EINTR, EIO …  as open(2) has them; EAGAIN: another program
 *                 holds a lease on the file (F_SETLEASE).
 *   ENOMEM, EPERM, EOPNOTSUPP  as mm_map() has them.
 *
 * A file that becomes longer is mapped no further than it was; in one that becomes shorter, the pages past its end
 * are SIGBUS.
 *
 * No descriptor stays open. But this function opens and closes the file, and with the closing of any descriptor of a
 * file the process loses its own POSIX locks on it (fcntl(2), F_SETLK; lockf()): lock a separate file, as the course
 * does, or use mm_lock_open(), whose locks stay.
 *
 * Threads: any thread; also in a signal handler, before main, and in a forked child, which inherits the mapping. Not
 * a cancellation point.
 *
 * Source: open(2), fstat(2), mmap(2).
 */
void *mm_map_file(const char *path,
                  int prot,
                  int flags,
                  size_t *out_length)
MAPBOARD_NOEXCEPT;

/**
 * Maps the first `length` bytes of a file, shared, for reading and writing; creates the file if there is none, and
 * makes it longer if it is shorter. The space is set apart: a disk that is full is an error now, not SIGBUS later.
 *
 * Never overwritten, never made shorter: whoever comes second finds what the first one stored. New bytes are 0, so
 * whoever comes first finds zeros. Who that is, a lock must say: mm_lock_open().
 *
 * `path`    the file to create or to use; if it is there, a regular file that may be read and written.
 * `length`  in bytes, 1 or more.
 * `mode`    permissions of a file that is created, cut by the umask as open(2) does.
 *
 * Returns the address of the file's first byte; mm_unmap(address, length) ends the mapping, and mm_sync() brings
 * what was stored to the disk. MAP_FAILED with errno otherwise, and then nothing was mapped, a file that was created
 * is removed, and one that was made longer is cut back to its old length.
 *
 * Errors
 *   EFAULT        `path` is NULL.
 *   ENAMETOOLONG  `path` has PATH_MAX bytes or more, or one of its names is too long.
 *   EINVAL        `length` is 0.
 *   ENOSPC, EDQUOT  the file system, or the user's part of it, has no room for `length` bytes.
 *   EFBIG         `length` is more than a file can have, in this file system or under RLIMIT_FSIZE (which also sends
 *                 SIGXFSZ).
 *   ENOMEM        `length` bytes do not fit into the address space, or as mm_map() has it.
 *   ENODEV        what is at `path` is no regular file (but a directory, FIFO, socket or device, which is not opened);
 *                 or its file system cannot map it.
 *   ENOENT        a directory of `path` does not exist, `path` is "", or a symbolic link that leads nowhere.
 *   EACCES        the file may not be read and written, or not created; it is append-only.
 *   EINTR         a signal handler ran meanwhile.
 *   EPERM         the file is immutable, or sealed (memfd_create(2)).
 *   ELOOP, ENOTDIR, EMFILE, ENFILE, EROFS, ETXTBSY, EIO …  as open(2) and fallocate(2) have them.
 *
 * Two processes may create one file at the same time: both get it. If there is too little room for one of them, it
 * removes or cuts nothing that the other has completed.
 * Where the file system has no fallocate(2), zeros are appended instead, which takes time, and holes that the file
 * already had get no room. Closing drops POSIX locks: see mm_map_file().
 *
 * Threads: any thread; also in a signal handler, before main, and in a forked child, which inherits the mapping. Not
 * a cancellation point. Killed in the middle, it can leave a file that is too short: the next call completes it. Needs
 * up to 5 KB of stack.
 *
 * Source: open(2), fallocate(2), mmap(2).
 */
void *mm_create_file(const char *path,
                     size_t length,
                     mode_t mode)
MAPBOARD_NOEXCEPT;

/**
 * Says why the last mm_ call of this thread that failed did so: what is wrong, with the actual values (file name,
 * sizes, flags, limits), and what to do instead. perror() says "Invalid argument"; this says which, and why.
 *
 * `buffer`, `size`  where to write the sentence, and how many bytes there is room for. It always ends with a NUL (unless
 *                   `size` is 0), and is cut between two characters, never within one. NULL counts as `size` 0.
 *
 * Returns the length of the whole sentence without its NUL, as snprintf() does: at least `size` if it was cut. 512
 * bytes are enough for nearly every sentence; mm_explain(NULL, 0) + 1 for this one, if nothing changes meanwhile.
 *
 * The sentence is in the user's language: English, French or Chinese (simplified), by the first of the variables
 * MAPBOARD_LANG, LC_ALL, LC_MESSAGES and LANG that is not empty (`fr…`, `zh…`, else English); always in UTF-8. It has
 * no newline. Sentences may improve; for programs there is mm_explain_slug().
 *
 * A failing call only notes its arguments; the looking is done here: at the descriptor, the file, the list of mappings,
 * the limits. Call it soon after the failure, before the descriptor is closed. A cause is named only where what is seen
 * proves it; otherwise the sentence says what is known: the call, its arguments, the errno. What cannot be seen (no
 * descriptor left, no /proc) makes it say less, never something wrong.
 *
 * If no mm_ call of this thread has failed yet, the sentence says so. Success does not clear a failure, as with errno.
 * The minichat_ functions are not explained: their errno is in their description.
 *
 * errno is as before. Nothing of the program's is changed: no descriptor is duplicated or closed (that would drop its
 * POSIX locks), none stays open, no memory is allocated.
 *
 * Threads: any thread, each for its own failures. Also in a signal handler (about 8 KB of stack), before main, and in a
 * forked child, where the forking thread's last failure is the child's.
 *
 * Source: open(2), statx(2), fcntl(2), proc(5), getrlimit(2).
 */
size_t mm_explain(char *buffer,
                  size_t size)
MAPBOARD_NOEXCEPT;

/**
 * The stable identifier of what mm_explain() says, as "fd-read-only" or "file-empty": for programs, tests and scripts.
 * It is the same in all languages and versions; the list is in mapboard(7).
 *
 * Returns a string that lasts as long as the library is loaded: "unknown" if the cause cannot be proven, "none" if no
 * mm_ call of this thread has failed. Never NULL.
 *
 * errno is as before. Threads, signal handlers, fork: as mm_explain().
 */
const char *mm_explain_slug(void)
MAPBOARD_NOEXCEPT;

/**
 * Prints what mm_explain() says to the standard error output, as perror() prints errno: `prefix`, a colon and a space
 * (unless it is NULL or ""), the sentence and a newline, in one write.
 *
 * errno is as before; that the output fails is nobody's error. Very long sentences are cut.
 *
 * Threads, signal handlers, fork: as mm_explain(). In a signal handler it is of more use than perror(), which is not
 * allowed there.
 */
void mm_perror(const char *prefix)
MAPBOARD_NOEXCEPT;

/**
 * Guards a mapping of a file against somebody who cuts the file: instead of dying of SIGBUS, the process finds zeros.
 *
 * `addr`, `length`  a range that is mapped, as mm_map() returned it and was asked for: of one file.
 *
 * The first access past the end of the file puts zeros in the place of all pages that the file does not have any more.
 * They are this process's own: what is stored there goes to no file, and is lost when the range is unmapped; and they
 * stay when the file grows again, until the range is mapped anew. Pages that the file still has are not touched, and
 * stores of other threads to them are not lost. The zeros have the rights that each page has by then, also after
 * mprotect(2); where there is no /proc, or no descriptor to open it, those that the first page had in mm_guard().
 * mm_guard_tripped() tells whether it has happened.
 *
 * Not survived are want of room (a store to a hole of the file, where the file system is full or the user over quota)
 * and a page that the disk does not give: no zeros hide data that the file has. Such a SIGBUS goes on as if there were
 * no guard, with `si_errno` ENOSPC or EIO for a handler that was there before. While somebody is changing the file the
 * access is tried again, as long as it takes: only a file that did not change meanwhile counts as broken; one that no
 * name leads to, when nothing else was seen for a second. Against want of room have it set apart: mm_create_file().
 *
 * This is the one function of the library that installs a signal handler: for SIGBUS, with sigaction(2), on the
 * alternate stack if there is one. A SIGBUS that has nothing to do with a guarded range goes to the handler that the
 * program had installed before, with the mask and flags that it asked for; or kills, with the true signal. A handler
 * that the program installs later takes the place of this one: then guarded ranges are no longer, unless it passes
 * signals on to the handler that it found, or mm_guard() is called again. A thread that blocks SIGBUS is killed by
 * a fault all the same (POSIX), and a fault inside a system call is EFAULT, as without a guard: touch the range first.
 *
 * Call mm_unguard() before the range, or a part of it, is unmapped or mapped anew.
 *
 * Returns 0; -1 with errno otherwise, and then nothing is guarded.
 *
 * Errors
 *   EINVAL  `addr` is no multiple of the page; `length` is 0, or leaves the address space.
 *   ENOMEM  a part of the range is not mapped; or no memory for the guard.
 *   EEXIST  a part of the range is guarded already.
 *   EAGAIN  the program has installed more than sixteen different handlers of its own over this one; the same again and
 *           again counts once.
 *
 * Threads: any thread; of two that guard one range at the same time one gets EEXIST. Not from a signal handler. Fork:
 * the child's mappings are guarded as well, each process for
 * itself. Source: Linux, madvise(2) (MADV_POPULATE_READ, Linux 5.14; on an older kernel SIGBUS kills as without us).
 */
int mm_guard(void *addr,
             size_t length)
MAPBOARD_NOEXCEPT;

/**
 * Ends a guard. What was replaced by zeros stays so.
 *
 * Returns 0; -1 with errno EINVAL if just this range is not guarded.
 *
 * Threads: any thread. Not from a signal handler.
 */
int mm_unguard(void *addr, size_t length) MAPBOARD_NOEXCEPT;

/**
 * Whether a guarded range has met the end of its file: `addr` is any address in it.
 *
 * Returns 1 if pages of it were replaced by zeros, 0 if not; -1 with errno EINVAL if `addr` is in no guarded range.
 *
 * Threads: any thread, and signal handlers.
 */
int mm_guard_tripped(const void *addr)
MAPBOARD_NOEXCEPT;

/**
 * Opens a lock: the course's file lock, made safe for threads, for fork, and for other descriptors of the file.
 *
 * The lock is on the first byte of a file that serves for nothing else, so two programs that name the same file
 * exclude each other; with fcntl() too, when it locks that byte. It is only a convention: it keeps nobody from the
 * memory or the file that it stands for. Do not give it the file that is mapped.
 *
 * `path`  the lock's file; created, empty, if there is none. Must be a regular file; its contents are never touched.
 *         Copied. Remove the file only when nobody uses the lock any more: who creates it anew gets another lock.
 * `mode`  permissions of a file that is created, cut by the umask as open(2) does. Whoever can read the file can
 *         take the lock, and keep all others waiting: 0600 for one user.
 *
 * Returns the lock, which mm_lock_close() frees; NULL with errno otherwise.
 *
 * Errors
 *   EFAULT        `path` is NULL.
 *   ENAMETOOLONG  `path` has PATH_MAX bytes or more, or one of its names is too long.
 *   EINVAL        what is at `path` is no regular file (but a directory, FIFO, socket or device, which is not opened).
 *   ENOENT        a directory of `path` does not exist, `path` is "", or a symbolic link that leads nowhere.
 *   EACCES        the file can be neither read and written nor read, or created.
 *   EMFILE, ENFILE, ENOMEM, ENOSPC, EROFS, ELOOP, ENOTDIR, EINTR, EIO …  as open(2) has them.
 * A file that can only be read is opened for reading: then the lock can only be shared.
 *
 * What the lock is: an "open file description" lock of fcntl(2). Unlike the POSIX lock of the course's slide it also
 * excludes the threads of one process, and is not lost when the process closes some other descriptor of the file.
 * The kernel frees it when its process ends, however that ends, or calls exec. It knows no deadlock between two
 * locks: take them in the same order everywhere. Whoever comes first when it
 * is free has it, but who has waited for more than 10 ms is let in first, timed or not; a raw fcntl() knows of no turn.
 * Needs up to 5 KB of stack, all other mm_lock_ functions up to 4.
 *
 * Threads: any thread; threads may use one lock at the same time. Not from a signal handler. Not a cancellation
 * point; a thread that ends while it holds the lock leaves it held.
 * Fork: a child may use the lock that it inherits. It holds nothing, even if its parent does: fork() opens the file
 * once more for the child (a bare clone(2) leaves that to the child's first call, and the child keeps the parent's
 * open until then: if the parent is killed while it holds the lock, the lock is free only after that call). fork()
 * waits until other threads are done with opening and closing locks.
 *
 * Source: Linux, fcntl(2) (F_OFD_SETLK, Linux 3.15); the handle needs madvise(MADV_WIPEONFORK), Linux 4.14.
 */
struct mm_lock *mm_lock_open(const char *path,
                             mode_t mode)
MAPBOARD_NOEXCEPT;

/**
 * Takes the lock for writing: waits until nobody else has it, and keeps all others out until mm_lock_release().
 *
 * Returns 0; -1 with errno otherwise, and then the thread has no more than before.
 *
 * Errors
 *   EINTR    a signal handler ran during the wait (one installed with SA_RESTART does not end it).
 *   EDEADLK  this thread has the lock already, through this handle: exclusively, or shared (to change a shared lock
 *            into an exclusive one, release it first, and read again what may have changed in between). It would wait
 *            for itself. With two handles on one file it does, for ever.
 *   EBADF    `lock` is closed, or its file could only be opened for reading.
 *   EFAULT   `lock` is NULL.
 *   ESTALE   in a forked child: the file cannot be found any more, neither by the inherited descriptor (which the
 *            program closed, or there is no /proc) nor at the path given to mm_lock_open().
 *   EACCES, EMFILE, ENFILE, ENOMEM …  in a forked child: the file could not be opened once more.
 *   ENOLCK   the kernel has no memory for the lock, or the file system's lock service does not answer.
 *
 * Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLKW.
 */
int mm_lock_exclusive(struct mm_lock *lock)
MAPBOARD_NOEXCEPT;

/**
 * Takes the lock for reading: waits until nobody has it exclusively, and keeps writers out until mm_lock_release().
 * Any number of processes share it, and up to 512 threads of one process through one handle. A thread that takes it
 * twice releases it twice.
 *
 * Returns 0; -1 with errno otherwise, and then the thread has no more than before.
 *
 * Errors
 *   EINTR    a signal handler ran during the wait (one installed with SA_RESTART does not end it).
 *   EDEADLK  this thread has the lock exclusively, through this handle: it would wait for itself.
 *   ENOLCK   512 threads share the handle already; or as for mm_lock_exclusive().
 *   EBADF, EFAULT, ESTALE, EACCES, EMFILE …  as for mm_lock_exclusive(); reading the file is enough.
 *
 * Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLKW.
 */
int mm_lock_shared(struct mm_lock *lock)
MAPBOARD_NOEXCEPT;

/**
 * Takes the lock for writing if that needs no waiting.
 *
 * Returns 0; -1 with errno otherwise, and then the thread has no more than before.
 *
 * Errors
 *   EAGAIN  another process, thread or handle has the lock, is about to take it, or waits for it for more than 10 ms
 *           and less than a second (after that it may have been stopped); or this thread has it already.
 *   Others  as for mm_lock_exclusive(), but neither EINTR nor EDEADLK.
 *
 * Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLK.
 */
int mm_lock_try_exclusive(struct mm_lock *lock)
MAPBOARD_NOEXCEPT;

/**
 * Takes the lock for reading if that needs no waiting.
 *
 * Returns 0; -1 with errno otherwise, and then the thread has no more than before.
 *
 * Errors
 *   EAGAIN  somebody has the lock exclusively, or waits for it through this handle, or waits for it for more than 10 ms
 *           and less than a second (after that it may have been stopped); or this thread has it exclusively.
 *   Others  as for mm_lock_shared(), but neither EINTR nor EDEADLK.
 *
 * Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLK.
 */
int mm_lock_try_shared(struct mm_lock *lock)
MAPBOARD_NOEXCEPT;

/**
 * Takes the lock for writing, and waits no longer than so many milliseconds.
 *
 * The kernel has no such wait, so the lock is asked for again and again while another process has it, at least every
 * 10 ms: it may be had up to 10 ms later than it became free. Threads that wait for one handle are woken at once.
 *
 * `timeout_ms`  0: one attempt; negative: without end, as mm_lock_exclusive().
 *
 * Returns 0; -1 with errno otherwise, and then the thread has no more than before.
 *
 * Errors
 *   ETIMEDOUT  the lock was not free in time. Never before the time is over.
 *   EINTR      a signal handler ran during the wait, with SA_RESTART or without.
 *   Others     as for mm_lock_exclusive(); EDEADLK at once, without waiting.
 *
 * Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLK; clock_gettime(2), CLOCK_MONOTONIC.
 */
int mm_lock_exclusive_timed(struct mm_lock *lock,
                            int timeout_ms)
MAPBOARD_NOEXCEPT;

/**
 * Takes the lock for reading, and waits no longer than so many milliseconds: see mm_lock_exclusive_timed().
 *
 * Returns 0; -1 with errno otherwise, and then the thread has no more than before.
 *
 * Errors
 *   ETIMEDOUT  the lock was not free in time. Never before the time is over.
 *   EINTR      a signal handler ran during the wait, with SA_RESTART or without.
 *   Others     as for mm_lock_shared(); EDEADLK at once, without waiting.
 *
 * Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLK; clock_gettime(2), CLOCK_MONOTONIC.
 */
int mm_lock_shared_timed(struct mm_lock *lock, int timeout_ms) MAPBOARD_NOEXCEPT;

/**
 * Gives back what the calling thread took. What it stored before is visible to whoever takes the lock next.
 *
 * Returns 0; -1 with errno otherwise.
 *
 * Errors
 *   EINTR, ENOLCK  the file system's lock service was interrupted, or does not answer: the thread still has the lock.
 *   EPERM   the calling thread does not have the lock: never taken, released already, taken by another thread, or,
 *           in a forked child, taken by the parent, which keeps it.
 *   EBADF   `lock` is closed.
 *   EFAULT  `lock` is NULL.
 *   ESTALE, EACCES, EMFILE …  in a forked child, as for mm_lock_exclusive(): nothing was held.
 *
 * Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_UNLCK.
 */
int mm_lock_release(struct mm_lock *lock)
MAPBOARD_NOEXCEPT;

/**
 * Closes the lock, and gives back what this process's threads still have of it. The file stays.
 *
 * A forked child that never used the lock it inherited closes only its descriptor: what its parent has, it keeps.
 *
 * `lock`  NULL: nothing is done. No other thread may be in a call with it.
 *
 * Returns 0; -1 with errno otherwise.
 *
 * Errors
 *   EBADF  `lock` is closed already. (Until a later mm_lock_open() uses its memory again: do not rely on it.)
 *
 * Threads: any thread; not from a signal handler. Fork: parent and child each close their own. Not a cancellation
 * point. Source: close(2).
 */
int mm_lock_close(struct mm_lock *lock)
MAPBOARD_NOEXCEPT;

/**
 * Opens a board, and takes part in it: the course's whiteboard chat, one shared file with the last 20 messages that
 * every participant maps. There is no server, and nobody waits for anybody: a participant that is stopped or killed
 * at any instruction delays and spoils nothing.
 *
 * `out`      where the participant goes; minichat_close() frees it.
 * `path`     the board's file. Beside it stands `path`.lock, an empty file: the kernel's locks on its bytes say who is
 *            present. Both are made together; a board that is copied or whose lock file was removed is no longer one
 *            for those who want to post (ESTALE): create it anew.
 * `options`  NULL stands for { .flags = MINICHAT_CREATE }.
 *
 * Unless MINICHAT_READ_ONLY is set the participant takes one of MINICHAT_SEATS places, and holds it until it closes,
 * ends in whatever way, or calls exec.
 *
 * Returns 0; -1 with errno otherwise, with nothing opened and nothing left behind.
 *
 * Errors
 *   EFAULT           `out` or `path` is NULL.
 *   EINVAL           options->size is none that this library knows; an unknown flag; MINICHAT_EXCLUSIVE without
 *                    MINICHAT_CREATE; MINICHAT_READ_ONLY with MINICHAT_CREATE or MINICHAT_HIDDEN; `mode` has other
 *                    than permission bits; `after` is beyond the newest message, or the board has not the number
 *                    `board_id`: the board was made anew.
 *   EILSEQ           the nick is not UTF-8.
 *   EMSGSIZE         the nick is over MINICHAT_NICK_MAX bytes.
 *   ENOENT           there is no board, and MINICHAT_CREATE is not set; or no such directory.
 *   EEXIST           MINICHAT_EXCLUSIVE, and there is a board.
 *   EISDIR, ELOOP    `path` is a directory, a symbolic link (never followed).
 *   EMEDIUMTYPE      `path` is no board: another file, a FIFO, a socket, a device. It was not written to.
 *   EPROTONOSUPPORT  a board of another version, byte order or layout.
 *   EBADMSG          a board that was cut, extended or written over, or that a crash of the machine has left without its
 *                    header: minichat_unlink() removes the latter.
 *   ESTALE           `path`.lock is missing, or not the one that the board was made with: two lock files would give
 *                    one place to two people. MINICHAT_READ_ONLY still reads. For a board that is to be made: a file
 *                    of that name is there which holds something, or is a stranger's in a directory like /tmp.
 *   EUSERS           all places are taken. MINICHAT_READ_ONLY still reads.
 *   EBUSY            somebody has held all places at once for long, as minichat_unlink() does for an instant.
 *   EACCES           no permission; or `path`.lock is another user's, whose program was killed before there was a board.
 *                    A board whose permissions its owner changes (chmod) opens to others once the owner opens it.
 *   ENOTSUP          on this file system (NFS, CIFS, 9p, FUSE …) mappings of two machines do not show the same bytes;
 *                    MINICHAT_ANY_FILE_SYSTEM opens it all the same.
 *   ENOSPC, EDQUOT   no room for the board: 1.4 MB, reserved when it is created.
 *   EFBIG            RLIMIT_FSIZE allows no file as long as a board (and sends SIGXFSZ).
 *   ENOLCK           the kernel has no memory for a lock, or the file system's lock service does not answer.
 *   ENAMETOOLONG     no room for ".lock" behind `path`.
 *   ECHILD           a signal handler forked in the middle of the call, and this is the child.
 *   EAGAIN           another program holds a lease on the file (fcntl(2), F_SETLEASE) and has not given it up yet; or this
 *                    one has installed more than sixteen different handlers for SIGBUS over ours.
 *   EMFILE, ENFILE, ENOMEM, EROFS, EIO …  as open(2) and mmap(2) have them.
 *
 * Threads: any thread; threads may share a participant. Not from a signal handler. Fork: in the child every call but
 * minichat_close() answers ECHILD; the child opens the board itself. fork() closes the child's copies of the
 * descriptors (a handler of pthread_atfork), so a parent that dies is gone for the others even while its child lives;
 * it waits until other threads are done with an open or a close (in a signal handler that interrupts one of these, it
 * does not: there the child's open is ECHILD). A bare clone(2) leaves its child the descriptors.
 * Signals: if somebody cuts the file, or punches holes into it and fills the disk, or the disk breaks, accesses to it
 * raise SIGBUS. So unless MINICHAT_NO_HANDLER is set, a handler is installed as mm_guard() does (which see):
 * whatever the reason, private zeros take the place of what is missing, and every call answers ESTALE.
 * At most two descriptors are used, both close-on-exec, up to five after minichat_fd(). A program that closes them and uses
 * their numbers again loses its place; it is told so (ESTALE), and its own files are left alone.
 * Byte 0 of `path`.lock is never locked here: it is the course's. But a POSIX lock (F_SETLK) on it is gone whenever its
 * process closes any descriptor of the file, as minichat_close() does (fcntl(2)): use F_OFD_SETLK, or mm_lock_open()
 * on another file.
 *
 * A crash of the machine: no call waits for the disk, so the last messages may be lost, and what is left of the file need
 * not be of one instant. A message is read under the number under which it was posted, or is EBADMSG, or counts as missed;
 * the board goes on behind the newest that is left, so that numbers may be given a second time (an `after` of before
 * the crash may be EINVAL).
 *
 * Who may only read the file can move its sleepers to another futex, so that they are woken by the net of one second only.
 * Who may write the file can spoil the board, but cannot crash, hang or signal another participant, nor steer its
 * terminal if it prints through minichat_display(). Nick, pid and uid are what others claim.
 */
int minichat_open(struct minichat **out,
                  const char *path,
                  const struct minichat_options *options)
MAPBOARD_NOEXCEPT;

/**
 * Leaves the board and frees the participant. NULL is allowed. In a forked child it frees the child's copy; the
 * parent's place stays the parent's.
 *
 * No other thread may be using the participant. Returns 0; -1 with EBADF if it is closed already.
 */
int minichat_close(struct minichat *chat)
MAPBOARD_NOEXCEPT;

/**
 * Posts a message; every reader of the board can see it when this returns.
 *
 * `text` is `length` bytes of UTF-8, 1 to MINICHAT_TEXT_MAX; it is copied, and need not end with NUL. `flags` is 0 or
 * MINICHAT_ACTION. No system call is made unless somebody sleeps who has to be woken, and
 * once a second, to see whether the board is still there.
 *
 * Returns 0, and the message's number, from 1 up, in `*out_number` unless that is NULL; -1 with errno otherwise.
 *
 * Errors
 *   EILSEQ     `text` is not UTF-8, or has a NUL in it; nothing was posted.
 *   EMSGSIZE   `length` is over MINICHAT_TEXT_MAX; nothing was posted, or cut.
 *   EINVAL     `length` is 0; an unknown flag.
 *   EACCES     opened with MINICHAT_READ_ONLY.
 *   EBADMSG    the board was spoiled by somebody who may write the file.
 *   EOVERFLOW  2^48 - 1 messages were posted.
 *   ESTALE     the file was cut, or has lost its name (rm), which is noticed within a second, or the program has closed
 *              the participant's descriptors: open it again.
 *   EFAULT, EBADF, ECHILD  `chat` or `text` is NULL; closed; inherited by fork.
 *
 * Threads: any thread. Not from a signal handler.
 */
int minichat_post(struct minichat *chat,
                  const char *text,
                  size_t length,
                  unsigned int flags,
                  uint64_t *out_number)
MAPBOARD_NOEXCEPT;

/**
 * Changes the participant's nick: `length` bytes of UTF-8, at most MINICHAT_NICK_MAX, copied; 0: nameless. Messages
 * already posted keep the old one. Two people may bear the same: the seat tells them apart.
 *
 * Returns 0; -1 with errno otherwise, and then the nick is what it was.
 *
 * Errors
 *   EILSEQ, EMSGSIZE       not UTF-8 or with a NUL in it; too long.
 *   EACCES                 opened with MINICHAT_READ_ONLY.
 *   EFAULT, EBADF, ECHILD  `chat` or `nick` is NULL; closed; inherited by fork.
 *
 * Threads: any thread. Not from a signal handler.
 */
int minichat_nick(struct minichat *chat,
                  const char *nick,
                  size_t length)
MAPBOARD_NOEXCEPT;

/**
 * Reads the messages after `dernier`, oldest first, and advances `dernier` to the last one read.
 *
 * `out` has room for `count` messages. Who was away for more than 20 messages gets the 20 that are left; `missed` of
 * the first tells how many went by. Reading takes no lock and writes nothing to the board.
 *
 * Returns how many were read, 0 if nothing is new; -1 with errno otherwise.
 *
 * Errors
 *   EBADMSG  the next message, or the board, was spoiled by somebody who may write the file. If it was a message,
 *            `dernier` has advanced to it: the next call goes on behind it.
 *   ESTALE   the file was cut, or has lost its name (rm): open it again.
 *   EFAULT, EBADF, ECHILD  `chat` or `out` is NULL; closed; inherited by fork.
 *
 * Threads: any thread; each message goes to one of those that share the participant. Not from a signal handler.
 */
ssize_t minichat_read(struct minichat *chat,
                      struct minichat_message *out,
                      size_t count)
MAPBOARD_NOEXCEPT;

/**
 * Reads the messages after number `after` as minichat_read() does, but leaves `dernier` as it is: to look back, for
 * instance at the last N (minichat_info() tells the newest number).
 *
 * Returns and errors: as minichat_read(). Threads: any thread. Not from a signal handler.
 */
ssize_t minichat_peek(struct minichat *chat,
                      uint64_t after,
                      struct minichat_message *out,
                      size_t count)
MAPBOARD_NOEXCEPT;

/**
 * Waits until something is new, `timeout_ms` milliseconds at most; a negative number: for ever; 0: only looks.
 *
 * It spins for some tens of microseconds, then sleeps without using the processor. If the poster is stopped or killed in the
 * instant between its post and the wake-up, the wait goes on for at most one second; the same holds for every wait
 * with MINICHAT_READ_ONLY while nobody else sleeps.
 *
 * Returns 1 if something is new, or the board was spoiled (minichat_read() tells), 0 if the time is up; -1 with errno
 * otherwise.
 *
 * Errors
 *   EINTR    minichat_interrupt() was called, or a signal handler ran while this slept (one installed with SA_RESTART
 *            does not end it: futex_waitv(2) is begun again).
 *   ESTALE   the file was cut, or has lost its name (rm): open it again.
 *   EFAULT, EBADF, ECHILD  `chat` is NULL; closed; inherited by fork.
 *
 * Threads: any thread; several may wait. Not a cancellation point. Not from a signal handler.
 */
int minichat_wait(struct minichat *chat,
                  int timeout_ms)
MAPBOARD_NOEXCEPT;

/**
 * A descriptor for poll(2), select(2), epoll(7): readable (POLLIN) when something may be new. Then call
 * minichat_read() until it returns 0, which is also what makes the descriptor quiet again; at most once a second it is
 * readable for nothing.
 *
 * It belongs to the participant: do not read from it, and do not close it. Nothing is spent on it before the first call.
 *
 * Returns the descriptor; -1 with errno otherwise.
 *
 * Errors
 *   EMFILE, ENFILE, ENOMEM  no descriptor, no memory left.
 *   ENOSPC                  fs.inotify.max_user_watches is reached.
 *   ENOENT                  /proc is not mounted.
 *   EACCES                  the board's permissions were changed: it may not be read any more.
 *   EFAULT, EBADF, ECHILD   `chat` is NULL; closed; inherited by fork.
 *
 * Threads: any thread. Not from a signal handler.
 */
int minichat_fd(struct minichat *chat)
MAPBOARD_NOEXCEPT;

/**
 * Ends a minichat_wait() with EINTR: the one in progress, or if there is none the next, so it cannot come too early.
 * Of several threads that wait, at least one.
 *
 * Returns 0; -1 with EFAULT, EBADF or ECHILD: `chat` is NULL; closed; inherited by fork.
 *
 * Threads: any thread, and the one call that is allowed in a signal handler.
 */
int minichat_interrupt(struct minichat *chat)
MAPBOARD_NOEXCEPT;

/**
 * The number of the last message seen, the course's variable `dernier`: what minichat_open() is given as `after` to go
 * on later. 0: none.
 *
 * Returns the number; 0 with errno EFAULT, EBADF or ECHILD if `chat` is NULL, closed, or inherited by fork.
 *
 * Threads: any thread.
 */
uint64_t minichat_dernier(const struct minichat *chat)
MAPBOARD_NOEXCEPT;

/**
 * Sets `dernier`: minichat_read() goes on with the message after `number`. 0: with the oldest.
 *
 * Returns 0; -1 with errno otherwise: EINVAL if there is no message `number` yet; EBADMSG if the board was spoiled;
 * EFAULT, EBADF, ECHILD if `chat` is NULL, closed, or inherited by fork.
 *
 * Threads: any thread. Not from a signal handler.
 */
int minichat_seek(struct minichat *chat,
                  uint64_t number)
MAPBOARD_NOEXCEPT;

/**
 * Lists who is present, by seat; hidden participants are not listed, and read-only ones take no seat.
 *
 * That a seat is taken, the kernel says: who was killed is gone at once. The first `count` are written to `out`, which
 * may be NULL if `count` is 0. Who changes its nick meanwhile is listed under one of its nicks, whole; the nick is empty
 * only for who has taken its seat and is still about to write its name, or where somebody has written over it.
 *
 * Returns how many are present, which may be more than `count`; -1 with errno otherwise.
 *
 * Errors
 *   EACCES  it cannot be known: no permission for the lock file, and no /proc/locks.
 *   EINTR, ENOLCK  the file system's lock service was interrupted, or does not answer.
 *   EFAULT, EBADF, ECHILD  `chat` or `out` is NULL; closed; inherited by fork.
 *
 * Threads: any thread. Not from a signal handler.
 */
ssize_t minichat_who(struct minichat *chat,
                     struct minichat_person *out,
                     size_t count)
MAPBOARD_NOEXCEPT;

/**
 * Tells about the board and this participant. `out->size` must be sizeof(struct minichat_info).
 *
 * Returns 0; -1 with errno otherwise: EINVAL if `out->size` is none that this library knows; EBADMSG if the board was
 * spoiled; ENOMEM, EIO as fstat(2) has them; EFAULT, EBADF, ECHILD if `chat` or `out` is NULL; closed; inherited by
 * fork.
 *
 * Threads: any thread. Not from a signal handler.
 */
int minichat_info(struct minichat *chat,
                  struct minichat_info *out)
MAPBOARD_NOEXCEPT;

/**
 * Removes a board and its lock file.
 *
 * Returns 0; -1 with errno otherwise, and then nothing was removed, unless the lock file alone could not be.
 *
 * Errors
 *   EBUSY   somebody is present, hidden or not. (Who only reads is not noticed, and keeps what is mapped.)
 *   ESTALE  the lock file is missing or another's, so nobody can tell who is present: remove the files with rm.
 *   EMEDIUMTYPE, EPROTONOSUPPORT, EBADMSG, EISDIR, ELOOP  no board, as for minichat_open().
 *   EFAULT, ENOENT, EACCES, EPERM, EROFS, EIO, ENAMETOOLONG …  `path` is NULL; as open(2) and unlink(2) have them.
 *   ENOLCK  the file system's lock service does not answer.
 *
 * Threads: any thread. Not from a signal handler.
 */
int minichat_unlink(const char *path)
MAPBOARD_NOEXCEPT;

/**
 * Makes text safe for a terminal: control characters are shown as ^[ or <U+009B>, those that reorder or hide text as
 * <U+202E>, bytes that are not UTF-8 as \xff, and of more than four accents on one character the others as <U+0301>.
 * A tab becomes a space. Everything else stays as it is.
 *
 * Writes as much as fits into `size` bytes, never a part of a character, and NUL. `out` may be NULL if `size` is 0.
 *
 * Returns how many bytes all of it needs, without the NUL, as snprintf(3) does; 0 with errno EFAULT if `text` is NULL
 * and `length` is not 0, or `out` is NULL and `size` is not 0.
 *
 * Threads: any thread, and signal handlers.
 */
size_t minichat_display(char *out,
                        size_t size,
                        const char *text,
                        size_t length)
MAPBOARD_NOEXCEPT;

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* MAPBOARD_H */


/*
 * Mistakes that show at compile time: mm_map() with length 0, with no mapping type or two, with an offset that is no
 * multiple of a page, or with fd -1 and no MAP_ANONYMOUS, where these are constants. GCC and clang say so in a warning,
 * at every optimisation level; nothing is added to the call. MAPBOARD_NO_CHECKS, defined before the include, turns it
 * off (for a source that declares a function of this name itself, say).
 */
#if !defined MAPBOARD_NO_CHECKS && !defined MAPBOARD_CHECKS && !defined __cplusplus && !defined __TINYC__
#if defined __clang__ ? __clang_major__ >= 14 : defined __GNUC__
#define MAPBOARD_CHECKS

/*
 * Each gives its argument back. Neither inlined nor seen through, so that a call is left to warn of; clang sees through
 * a static function whatever it is told, not through a weak one.
 */
#ifdef __clang__
#define MAPBOARD_OPAQUE __attribute__((noinline, weak, visibility("hidden")))
#else
#define MAPBOARD_OPAQUE static __attribute__((noinline, noipa, unused))
#endif
#define MAPBOARD_WARN(type, name, text)                                                                       \
    MAPBOARD_OPAQUE type mapboard_##name(type value) __attribute__((warning(text)));                          \
    MAPBOARD_OPAQUE type mapboard_##name(type value) { return value; }
MAPBOARD_WARN(size_t, length_zero, "length is 0: mm_map will fail with EINVAL")
MAPBOARD_WARN(int, type_missing, "neither MAP_SHARED nor MAP_PRIVATE: mm_map will fail with EINVAL")
MAPBOARD_WARN(int, type_both, "MAP_SHARED and MAP_PRIVATE: exactly one of them is needed")
MAPBOARD_WARN(int, fd_invalid, "fd is -1 without MAP_ANONYMOUS: mm_map will fail with EBADF")
MAPBOARD_WARN(off_t, offset_unaligned, "offset is no multiple of the page size: mm_map will fail with EINVAL")
#undef MAPBOARD_WARN
#undef MAPBOARD_OPAQUE

/*
 * The value if it is an integer constant expression, and otherwise one without a mistake. (0 times such an expression,
 * made a pointer, is a null pointer constant, and then the conditional has the type of its other branch: C11 6.5.15.)
 */
#define MAPBOARD_IS_CONSTANT(value)                                                                           \
    (__extension__(sizeof(int) == sizeof(*(1 ? ((void *)((long)(value) * 0L)) : (int *)1))))
#define MAPBOARD_KNOWN(value, harmless) __builtin_choose_expr(MAPBOARD_IS_CONSTANT(value), value, harmless)
/* `value` is evaluated once: of the uses of it only the chosen one is. */
#define MAPBOARD_IF(mistake, name, value) __builtin_choose_expr(mistake, mapboard_##name((value)), (value))

#define MAPBOARD_LENGTH(length) MAPBOARD_IF(MAPBOARD_KNOWN(length, 1) == 0, length_zero, length)
/* MAP_SHARED_VALIDATE is 3, as both bits are: written as one number, or with more flags, it is meant. */
#define MAPBOARD_BOTH(flags, text)                                                                            \
    ((MAPBOARD_KNOWN(flags, 1) & 0xf) == 3 && sizeof text > sizeof "0x03" &&                                  \
     (MAPBOARD_KNOWN(flags, 1) & ~(0xf | MAPBOARD_ANONYMOUS)) == 0)
#define MAPBOARD_FLAGS(flags, text)                                                                           \
    __builtin_choose_expr(MAPBOARD_BOTH(flags, text), mapboard_type_both((flags)),                            \
                          MAPBOARD_IF((MAPBOARD_KNOWN(flags, 1) & 0xf) == 0, type_missing, flags))
#define MAPBOARD_FD(fd, flags)                                                                                \
    MAPBOARD_IF(MAPBOARD_KNOWN(fd, 0) == -1 && (MAPBOARD_KNOWN(flags, MAPBOARD_ANONYMOUS) & MAPBOARD_ANONYMOUS) == 0, \
                fd_invalid, fd)
#define MAPBOARD_OFFSET(offset) MAPBOARD_IF((MAPBOARD_KNOWN(offset, 0) & 4095) != 0, offset_unaligned, offset)
#define MAPBOARD_ANONYMOUS 0x20 /* MAP_ANONYMOUS, which strict C99 hides */

/* A call with another number of arguments (a comma in braces makes one more) goes through as it is. */
#define MAPBOARD_CALL6(addr, length, prot, flags, fd, offset)                                                 \
    (addr, MAPBOARD_LENGTH(length), prot, MAPBOARD_FLAGS(flags, #flags), MAPBOARD_FD(fd, flags), MAPBOARD_OFFSET(offset))
#define MAPBOARD_CALL(...) (__VA_ARGS__)
#define MAPBOARD_NINTH(a, b, c, d, e, f, g, h, i, ...) i
#define MAPBOARD_SELECT(...)                                                                                  \
    MAPBOARD_NINTH(__VA_ARGS__, MAPBOARD_CALL, MAPBOARD_CALL, MAPBOARD_CALL6, MAPBOARD_CALL, MAPBOARD_CALL,    \
                   MAPBOARD_CALL, MAPBOARD_CALL, MAPBOARD_CALL, MAPBOARD_CALL)
#define mm_map(...) mm_map MAPBOARD_SELECT(__VA_ARGS__)(__VA_ARGS__)
#endif
#endif

/*
 * MAPBOARD_REPLACE_MMAP, defined before the include (or on the command line: -include mapboard.h
 * -DMAPBOARD_REPLACE_MMAP, with -D_GNU_SOURCE if the source defines that itself, since its definition then comes too
 * late), makes the raw calls of this source file ours. Object-like, so that addresses of the functions and structure
 * members of these names follow.
 */
#ifdef MAPBOARD_REPLACE_MMAP
#undef mmap
#undef mmap64
#undef munmap
#undef msync
#undef mprotect
#define mmap mm_map
#define mmap64 mm_map
#define munmap mm_unmap
#define msync mm_sync
#define mprotect mm_protect
#endif
