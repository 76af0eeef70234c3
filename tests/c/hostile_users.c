/*
 * Several users, one board: who may join, read or neither, for every mode and umask; a directory like /tmp,
 * where anybody may put a file under the name that somebody else is about to use.
 */
#define _GNU_SOURCE
#include "users.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

static long attacks, violations;
static const char *path = "board";
static mode_t mode;

/* ---- every mode, every umask, three users ---- */

static int creates(void) {
    struct minichat_options options = {
        .size = sizeof options, .flags = MINICHAT_CREATE, .mode = mode, .nick = "owner"};
    struct minichat *chat;
    if (minichat_open(&chat, path, &options) != 0)
        return errno;
    return minichat_post(chat, "hello", 5, 0, NULL) == 0 ? 0 : 98;
}

/* What one is let do: 1 to read, 2 to join and post, 4 to lock anything of the lock file. */
static int let(void) {
    struct minichat *chat;
    struct minichat_message message;
    int may = 0;
    if (chat_try(&chat, path, MINICHAT_READ_ONLY, NULL) == 0) {
        may |= minichat_read(chat, &message, 1) == 1 && strcmp(message.text, "hello") == 0 ? 1 : 8;
        minichat_close(chat);
    } else if (errno != EACCES)
        may |= 8;
    if (chat_try(&chat, path, 0, "guest") == 0) {
        may |= minichat_post(chat, "too", 3, 0, NULL) == 0 ? 2 : 16;
        minichat_close(chat);
    } else if (errno != EACCES)
        may |= 16;
    for (int access = O_RDONLY; access <= O_RDWR; access++) {
        char lock[64];
        snprintf(lock, sizeof lock, "%s.lock", path);
        int fd = open(lock, access | O_CLOEXEC);
        if (fd >= 0)
            may |= 4;
        close(fd);
    }
    return may;
}

/* What the permission bits of one class promise. */
static int promised(mode_t bits) {
    int reads = (bits & 4) != 0, writes = (bits & 2) != 0;
    return (reads ? 1 : 0) | (reads && writes ? 2 : 0) | (writes ? 4 : 0);
}

static void modes(void) {
    static const mode_t asked[] = {0,    0600, 0400, 0640, 0660, 0644, 0664,
                                   0666, 0606, 0604, 0622, 0222, 0777, 0444};
    static const mode_t masks[] = {0, 002, 022, 027, 077, 0277, 0777};
    int cases = 0, wrong = 0;
    mkdir("shared", 0);
    if (chown("shared", owner.uid, owner.gid) != 0 || chmod("shared", 0755) != 0 || chdir("shared") != 0)
        tap_bail("shared");
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        for (size_t j = 0; j < sizeof masks / sizeof masks[0]; j++) {
            mode = asked[i];
            mode_t old = umask(masks[j]), wanted = (mode ? mode : 0600) & ~masks[j];
            int created = as(&owner, creates);
            umask(old);
            int got[] = {as(&owner, let), as(&member, let), as(&stranger, let)};
            for (int who = 0; who < 3; who++, cases++) {
                int right = promised(wanted >> (6 - 3 * who));
                if (created == 0 && got[who] == right)
                    continue;
                wrong++;
                printf("# asked %04o umask %04o, user %d: created %d, let %d, promised %d\n", mode, masks[j],
                       who, created, got[who], right);
            }
            unlink("board");
            unlink("board.lock");
        }
    CHECK_EQ(wrong, 0, "who may read reads, who may read and write joins, who may not write locks nothing");
    attacks += cases;
    violations += wrong;
    if (chdir("..") != 0)
        tap_bail("..");
}

/* ---- a directory like /tmp ---- */

/* Like fs.protected_regular, and stricter: O_CREAT of what may be there already is refused, whoever owns it.
 */
static void refuse_plain_creation(void) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 offsetof(struct seccomp_data, args[2])), /* its low half: little-endian */
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, O_CREAT | O_EXCL),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, O_CREAT, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof program / sizeof program[0], .filter = program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        tap_bail("seccomp");
}

static int uses_what_is_there(void) {
    struct minichat *chat;
    refuse_plain_creation();
    errno = 0;
    if (open("board", O_RDWR | O_CREAT | O_CLOEXEC, 0600) >= 0 || errno != EACCES)
        return 1; /* the filter works */
    if (chat_try(&chat, "board", MINICHAT_CREATE, "guest") != 0 ||
        minichat_post(chat, "here", 4, 0, NULL) != 0)
        return 2;
    struct mm_lock *lock = mm_lock_open("course.lock", 0666);
    if (!lock || mm_lock_try_exclusive(lock) != 0 || mm_lock_release(lock) != 0)
        return 3;
    char *memory = mm_create_file("segment", 4096, 0666);
    return memory == MAP_FAILED ? 4 : memory[0] != 'o' ? 5 : 0;
}

static int makes_what_is_shared(void) {
    mode = 0666;
    if (creates() != 0)
        return 1;
    struct mm_lock *lock = mm_lock_open("course.lock", 0666);
    char *memory = mm_create_file("segment", 4096, 0666);
    if (!lock || memory == MAP_FAILED)
        return 2;
    memory[0] = 'o';
    return 0;
}

static int removes(void) { return minichat_unlink("board") == 0 ? 0 : errno; }

/* Somebody else's file, under a name that the owner is about to use. */
static void plants(const char *what) {
    int fd = -1;
    if (strcmp(what, "lock") == 0)
        fd = open("board.lock", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    else if (strcmp(what, "file") == 0)
        fd = open("board", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    else if (strcmp(what, "link") == 0)
        fd = symlink("letter", "board");
    else if (strcmp(what, "dangling") == 0)
        fd = symlink("planted", "board");
    else if (strcmp(what, "locklink") == 0)
        fd = symlink("letter", "board.lock");
    else if (strcmp(what, "lockdangling") == 0)
        fd = symlink("planted", "board.lock");
    else if (strcmp(what, "fifo") == 0)
        fd = mkfifo("board", 0666);
    else if (strcmp(what, "lockfifo") == 0)
        fd = mkfifo("board.lock", 0666);
    else if (strcmp(what, "directory") == 0)
        fd = mkdir("board", 0777);
    else if (strcmp(what, "lockdirectory") == 0)
        fd = mkdir("board.lock", 0777);
    else if (strcmp(what, "hardlink") == 0)
        fd = link("own", "board");
    else if (strcmp(what, "lockhardlink") == 0)
        fd = link("own", "board.lock");
    if (fd < 0)
        tap_bail("plant %s", what);
    if (strcmp(what, "file") == 0 && write(fd, "MAPB", 4) != 4)
        tap_bail("plant %s", what);
}
static const char *what;
static int plants_it(void) {
    umask(0);
    plants(what);
    return 0;
}

static void planted(const char *name, int error) {
    what = name;
    mode = 0600;
    if (as(&stranger, plants_it) != 0)
        tap_bail("plant %s", name);
    int got = as(&owner, creates);
    struct stat letter;
    int wrong =
        got != error || stat("letter", &letter) != 0 || letter.st_size != 6 || access("planted", F_OK) == 0;
    CHECK(!wrong, "somebody planted a %s: errno %d, wanted %d; nothing written through it", name, got, error);
    attacks++;
    violations += wrong;
    if (remove("board") != 0 && errno != ENOENT)
        tap_bail("board");
    if (remove("board.lock") != 0 && errno != ENOENT)
        tap_bail("board.lock");
}

static int makes_own(void) {
    int fd = open("own", O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    return fd < 0 ? errno : fchmod(fd, 0666);
}
static int makes_letter(void) {
    int fd = open("letter", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return fd < 0 || write(fd, "Dear…", 7) != 7 ? errno : ftruncate(fd, 6);
}
static int links_letter(void) { return link("letter", "board") == 0 ? 0 : errno; }
static int leaves_lock(void) {
    int fd = open("board.lock", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd < 0 ? errno : 0;
}

static int sysctl_value(const char *name) {
    char file[80], text[16] = "-1";
    snprintf(file, sizeof file, "/proc/sys/fs/%s", name);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, text, sizeof text - 1) < 0)
        tap_bail("%s", file);
    close(fd);
    return atoi(text);
}

static void sticky(void) {
    static const char *const settings[] = {"protected_regular", "protected_fifos", "protected_symlinks",
                                           "protected_hardlinks"};
    for (size_t i = 0; i < 4; i++)
        printf("# fs.%s = %d\n", settings[i], sysctl_value(settings[i]));
    if (mkdir("tmp", 0) != 0 || chmod("tmp", 01777) != 0 || chdir("tmp") != 0)
        tap_bail("tmp");
    umask(0);
    CHECK_EQ(as(&owner, makes_what_is_shared), 0, "a board, a lock and a segment in a directory like /tmp");
    CHECK_EQ(as(&stranger, uses_what_is_there), 0,
             "another user uses them, also where O_CREAT of somebody else's file is refused");
    CHECK_EQ(as(&stranger, removes), EPERM, "who may not remove the board does not");
    CHECK(access("board", F_OK) == 0 && access("board.lock", F_OK) == 0, "neither of its files");
    CHECK_EQ(as(&owner, removes), 0, "its owner does");
    CHECK_EQ(as(&owner, makes_letter) + as(&stranger, makes_own), 0, "a letter");

    planted("lock",
            ESTALE); /* who owns the lock file could keep all others away, or take it from under them */
    planted("file", EMEDIUMTYPE);
    planted("link", ELOOP);
    planted("dangling", ELOOP);
    planted("locklink", ESTALE);
    planted("lockdangling", ESTALE);
    planted("fifo", EMEDIUMTYPE);
    planted("lockfifo", ESTALE);
    planted("directory", EISDIR);
    planted("lockdirectory", ESTALE);
    planted("hardlink", EMEDIUMTYPE);
    planted("lockhardlink", ESTALE);
    if (sysctl_value("protected_hardlinks") > 0)
        CHECK_EQ(as(&stranger, links_letter), EPERM,
                 "a hard link to somebody else's file: the kernel refuses");

    /* One's own lock file, and one of the directory's owner, serve: as after a board that was removed by
     * hand. */
    mode = 0660;
    CHECK(as(&owner, leaves_lock) == 0 && as(&owner, creates) == 0, "one's own lock file is used again");
    unlink("board");
    if (chown("board.lock", 0, owner.gid) != 0 || chmod("board.lock", 0660) != 0)
        tap_bail("board.lock");
    CHECK_EQ(as(&owner, creates), 0, "and one of the directory's owner");
    unlink("board");
    unlink("board.lock");

    /* Where whoever may make a file may remove any, as in a group's directory, so does a colleague's. */
    if (chmod(".", 0777) != 0)
        tap_bail("chmod");
    mode = 0666;
    CHECK(as(&stranger, creates) == 0 && unlink("board") == 0 && as(&owner, creates) == 0,
          "without the sticky bit, a colleague's lock file, too");
    if (chdir("..") != 0)
        tap_bail("..");
}

int main(void) {
    umask(022);
    tap_directory();
    if (geteuid() != 0) {
        SKIP("needs root, to be several users", "modes, umasks and /tmp with several users");
        return tap_end();
    }
    if (chmod(".", 0755) != 0)
        tap_bail("chmod");
    alarm(120);
    modes();
    sticky();
    ATTACK("users with other rights", attacks, violations);
    return tap_end();
}
