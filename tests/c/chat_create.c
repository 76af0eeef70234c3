/*
 * How a board comes and goes: many create it at once, one of many may create it exclusively, modes and
 * umasks, a full disk, what a creator left behind, kernels that lack something, and removal while others
 * join.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <sys/mount.h>
#include "chat.h"
#include "refuse.h"

enum { PEOPLE = 12, ROUNDS = 60 };

/* What the children of a race tell. */
struct race {
    pthread_barrier_t start, end;
    uint64_t board_id[PEOPLE], number[PEOPLE];
    uint32_t seat[PEOPLE];
    int error[PEOPLE];
};

static struct race *race;

static void race_begin(void) {
    pthread_barrierattr_t shared;
    race = shared_memory(sizeof *race);
    pthread_barrierattr_init(&shared);
    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&race->start, &shared, PEOPLE + 1);
    pthread_barrier_init(&race->end, &shared, PEOPLE + 1);
}

/* Each child opens the board in each round, at the same time as the others; posts; and stays until all
 * have. */
static void racer(int me, unsigned flags) {
    for (int round = 0; round < ROUNDS; round++) {
        struct minichat *chat = NULL;
        char path[32];
        snprintf(path, sizeof path, "board%d", round);
        pthread_barrier_wait(&race->start);
        race->error[me] = chat_try(&chat, path, flags, NULL) == 0 ? 0 : errno;
        if (chat) {
            struct minichat_info info = chat_info(chat);
            race->board_id[me] = info.board_id;
            race->seat[me] = info.seat;
            if (chat_say(chat, (unsigned)me, (unsigned)round, &race->number[me]) != 0)
                race->error[me] = errno;
        }
        pthread_barrier_wait(&race->end);
        pthread_barrier_wait(&race->end); /* the parent has looked */
        minichat_close(chat);
    }
    _exit(0);
}

static uint64_t bits(int count) { return (UINT64_C(1) << count) - 1; }

static void creation_race(void) {
    pid_t children[PEOPLE];
    int joined = 0, one_board = 0, seats = 0, numbers = 0, whole = 0, gone = 0;
    race_begin();
    for (int i = 0; i < PEOPLE; i++)
        if ((children[i] = chat_fork()) == 0)
            racer(i, MINICHAT_CREATE);
    for (int round = 0; round < ROUNDS; round++) {
        char path[32], lock[40];
        snprintf(path, sizeof path, "board%d", round);
        snprintf(lock, sizeof lock, "%s.lock", path);
        pthread_barrier_wait(&race->start);
        pthread_barrier_wait(&race->end);
        uint64_t taken = 0, posted = 0;
        int same = 1;
        for (int i = 0; i < PEOPLE; i++) {
            joined += race->error[i] == 0;
            same &= race->board_id[i] == race->board_id[0];
            taken |= UINT64_C(1) << (race->seat[i] - 1);
            posted |= UINT64_C(1) << (race->number[i] - 1);
        }
        one_board += same;
        seats += taken == bits(PEOPLE);
        numbers += posted == bits(PEOPLE);
        struct minichat *chat = chat_open(path, MINICHAT_READ_ONLY, NULL);
        whole += chat_last_whole(chat, PEOPLE) == PEOPLE && minichat_who(chat, NULL, 0) == PEOPLE;
        minichat_close(chat);
        pthread_barrier_wait(&race->end);
    }
    for (int i = 0; i < PEOPLE; i++)
        CHECK_EQ(chat_status(children[i]), 0, "a racer ends");
    for (int round = 0; round < ROUNDS; round++) {
        char path[32];
        snprintf(path, sizeof path, "board%d", round);
        gone += minichat_unlink(path) == 0;
    }
    CHECK_EQ(joined, ROUNDS * PEOPLE, "all who create a board at once are on one");
    CHECK_EQ(one_board, ROUNDS, "it is the same for all");
    CHECK_EQ(seats, ROUNDS, "each has a seat of its own");
    CHECK_EQ(numbers, ROUNDS, "the messages have the numbers from 1 on");
    CHECK_EQ(whole, ROUNDS, "and each is there");
    CHECK_EQ(gone, ROUNDS, "the boards are removed");
}

static void exclusive_race(void) {
    pid_t children[PEOPLE];
    int winners = 0, losers = 0;
    race_begin();
    for (int i = 0; i < PEOPLE; i++)
        if ((children[i] = chat_fork()) == 0)
            racer(i, MINICHAT_CREATE | MINICHAT_EXCLUSIVE);
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&race->start);
        pthread_barrier_wait(&race->end);
        for (int i = 0; i < PEOPLE; i++) {
            winners += race->error[i] == 0;
            losers += race->error[i] == EEXIST;
        }
        pthread_barrier_wait(&race->end);
    }
    for (int i = 0; i < PEOPLE; i++)
        chat_status(children[i]);
    CHECK_EQ(winners, ROUNDS, "of those who create it exclusively one wins");
    CHECK_EQ(losers, ROUNDS * (PEOPLE - 1), "the others find that it exists");
    for (int round = 0; round < ROUNDS; round++) {
        char path[32];
        snprintf(path, sizeof path, "board%d", round);
        minichat_unlink(path);
    }
}

/* Names in the current directory, without . and .. */
static int names(void) {
    int count = -2;
    DIR *directory = opendir(".");
    if (!directory)
        tap_bail("opendir");
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static mode_t mode_of(const char *path) {
    struct stat stat_path;
    return stat(path, &stat_path) == 0 ? stat_path.st_mode & 07777 : 07777;
}

/* ---- modes --------------------------------------------------------------------------------------------- */

static void modes(void) {
    static const mode_t asked[] = {0, 0600, 0400, 0660, 0640, 0666, 0644, 0606, 0777, 0222};
    static const mode_t masks[] = {0, 022, 077, 027, 0277, 0777};
    int right = 0, locks = 0, cases = 0;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        for (size_t j = 0; j < sizeof masks / sizeof masks[0]; j++, cases++) {
            struct minichat_options options = {
                .size = sizeof options, .flags = MINICHAT_CREATE, .mode = asked[i]};
            struct minichat *chat = NULL;
            mode_t old = umask(masks[j]), wanted = (asked[i] ? asked[i] : 0600) & ~masks[j];
            mode_t lock = (wanted & 0222) | (wanted & 0222) << 1;
            int opened = minichat_open(&chat, "board", &options) == 0;
            umask(old);
            right += opened && mode_of("board") == wanted && chat_info(chat).mode == wanted;
            locks += mode_of("board.lock") == lock;
            if (opened && (mode_of("board") != wanted || mode_of("board.lock") != lock))
                printf("# asked %o umask %o: %o, lock %o\n", asked[i], masks[j], mode_of("board"),
                       mode_of("board.lock"));
            minichat_close(chat);
            unlink("board");
            unlink("board.lock");
        }
    CHECK_EQ(right, cases, "the board has the mode asked for, cut by the umask; 0600 if none was");
    CHECK_EQ(locks, cases, "its lock file has the classes that may write, and only those");
    struct minichat *chat = NULL;
    CHECK(minichat_open(&chat, "board", NULL) == 0 && mode_of("board") == 0600,
          "options NULL: created, 0600");
    struct stat file;
    CHECK(stat("board", &file) == 0 && file.st_size == FILE_BYTES && file.st_blocks * 512 >= FILE_BYTES,
          "all its blocks are reserved");
    CHECK(stat("board.lock", &file) == 0 && file.st_size == 0, "the lock file is empty");
    minichat_close(chat);
    minichat_unlink("board");
}

/* ---- what another left behind -------------------------------------------------------------------------- */

static void leftover(void) {
    struct stat first, second;
    minichat_close(chat_open("board", MINICHAT_CREATE, NULL));
    if (unlink("board") != 0 || stat("board.lock", &first) != 0)
        tap_bail("board");
    struct minichat_options options = {.size = sizeof options, .flags = MINICHAT_CREATE, .mode = 0666};
    struct minichat *chat = NULL;
    mode_t old = umask(0);
    CHECK_EQ(minichat_open(&chat, "board", &options), 0, "a lock file that was left alone is used again");
    umask(old);
    CHECK(stat("board.lock", &second) == 0 && first.st_ino == second.st_ino, "the same one");
    CHECK_EQ(mode_of("board.lock"), 0666, "with the new board's mode");
    CHECK_EQ(minichat_who(chat, NULL, 0), 1, "one is on the board");
    minichat_close(chat);

    /* Somebody is still on a board whose file was removed by hand: the seats are those of one lock file. */
    struct minichat *stays = chat_open("board", 0, "stays");
    unlink("board");
    chat = chat_open("board", MINICHAT_CREATE, "new");
    CHECK(chat_info(chat).board_id != chat_info(stays).board_id,
          "a board that was removed by hand is made anew");
    CHECK(chat_info(stays).seat == 1 && chat_info(chat).seat == 2, "and no seat is given twice");
    CHECK_EQ(chat_post(chat, "first"), 1, "its numbers begin anew");
    CHECK_EQ(chat_post(stays, "first here"), 1, "the other one's go on");
    CHECK_ERRNO(minichat_unlink("board"), -1, EBUSY, "two are present");
    minichat_close(stays);
    minichat_close(chat);
    CHECK_EQ(minichat_unlink("board"), 0, "nobody is");
    CHECK_EQ(names(), 0, "nothing is left");
}

/* ---- a full disk --------------------------------------------------------------------------------------- */

/* A file system of this size; only this process and its children see it. */
static int tiny(const char *options) {
    if (umount2("tiny", MNT_DETACH) != 0 && errno != EINVAL)
        return 0;
    return mount("none", "tiny", "tmpfs", MS_NOSUID | MS_NODEV, options) == 0 && chdir("tiny") == 0;
}

static int put(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return done;
}

/* The right to mount: root has it, another one in a name space of his own, where that is allowed. */
static int may_mount(void) {
    char user[64], group[64]; /* files are made by somebody who exists there */
    snprintf(user, sizeof user, "%u %u 1", geteuid(), geteuid());
    snprintf(group, sizeof group, "%u %u 1", getegid(), getegid());
    if (geteuid() == 0)
        return unshare(CLONE_NEWNS) == 0;
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && put("/proc/self/setgroups", "deny") &&
           put("/proc/self/uid_map", user) && put("/proc/self/gid_map", group);
}

static int full_disk(void) {
    static const char *const sizes[] = {"size=4k", "size=64k", "size=1368k", "size=100m,nr_inodes=2",
                                        "size=100m,nr_inodes=1"};
    if (!may_mount() || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mkdir("tiny", 0700) != 0 || !tiny("size=100m"))
        return 100;
    if (chat_open_error("board", MINICHAT_CREATE) != 0)
        return 1;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (chdir("..") != 0 || !tiny(sizes[i]))
            return 100;
        if (chat_open_error("board", MINICHAT_CREATE) != ENOSPC || names() != 0)
            return 2 + (int)i;
    }
    if (chdir("..") != 0 || !tiny("size=1m"))
        return 100;
    refuse(SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY, EOPNOTSUPP);
    return chat_open_error("board", MINICHAT_CREATE) == ENOSPC && names() == 0 ? 0 : 20;
}

static void disk(void) {
    if (mkdir("disk", 0700) != 0)
        tap_bail("disk");
    pid_t child = chat_fork();
    if (child == 0)
        _exit(chdir("disk") == 0 ? full_disk() : 100);
    int status = chat_status(child);
    if (status == 100)
        SKIP("no mount namespace to be had", "ENOSPC on a full disk, nothing left behind");
    else
        CHECK_EQ(status, 0, "ENOSPC on a full disk, nothing left behind");
    rmdir("disk/tiny");
    rmdir("disk");
}

/* ---- kernels and file systems that lack something ------------------------------------------------------ */

static int creates_and_posts(void) {
    struct minichat *chat = NULL;
    struct minichat_message message;
    struct stat file;
    if (chat_try(&chat, "board", MINICHAT_CREATE | MINICHAT_EXCLUSIVE, "me") != 0)
        return errno == 0 ? 1 : errno;
    if (chat_post(chat, "hello") != 1 || minichat_read(chat, &message, 1) != 1 || stat("board", &file) != 0 ||
        file.st_size != FILE_BYTES || file.st_nlink != 1 || names() != 2 ||
        chat_open_error("board", MINICHAT_EXCLUSIVE | MINICHAT_CREATE) != EEXIST || names() != 2)
        return 201;
    minichat_close(chat);
    return minichat_unlink("board") == 0 && names() == 0 ? 0 : 202;
}

static int lacking_tmpfile(void) {
    refuse(SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY, EOPNOTSUPP);
    return creates_and_posts();
}
static int lacking_fallocate(void) {
    refuse(SYS_fallocate, 0, 0, EOPNOTSUPP);
    return creates_and_posts();
}
static int lacking_both(void) {
    refuse(SYS_fallocate, 0, 0, EOPNOTSUPP);
    return lacking_tmpfile();
}
/* Without /proc the file is named directly, which needs a privilege: who has none gets the kernel's
 * answer. */
static int lacking_proc(void) {
    refuse(SYS_linkat, 4, AT_SYMLINK_FOLLOW, ENOENT);
    int result = creates_and_posts();
    return geteuid() == 0 || names() != 0 ? result : result == ENOENT ? 0 : result;
}
/* Nothing is left of a board that could not be named. */
static int lacking_link(void) {
    refuse(SYS_linkat, 0, 0, EPERM);
    return chat_open_error("board", MINICHAT_CREATE) == EPERM && names() == 0 ? 0 : 203;
}
static int lacking_link_and_tmpfile(void) {
    refuse(SYS_linkat, 0, 0, EPERM);
    refuse(SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY, EOPNOTSUPP);
    return chat_open_error("board", MINICHAT_CREATE) == EPERM && names() == 0 ? 0 : 204;
}

static void lacking(int (*body)(void), const char *name) {
    pid_t child = chat_fork();
    if (child == 0)
        _exit(body());
    CHECK_EQ(chat_status(child), 0, name);
}

/* ---- removal while others join ------------------------------------------------------------------------- */

enum { JOINS = 400 };

static int joiner(unsigned flags, int me) {
    for (int i = 0; i < JOINS; i++) {
        struct minichat *chat = NULL, *again = NULL;
        if (chat_try(&chat, "board", flags, NULL) != 0) {
            if (!(flags & MINICHAT_CREATE) && errno == ENOENT)
                continue;
            printf("# joining with flags %u: %s\n", flags, strerror(errno));
            return 1;
        }
        if (flags & MINICHAT_READ_ONLY) {
            minichat_close(chat);
            continue;
        }
        /* While I hold a seat nobody removes the board: who comes now comes to mine. */
        if (chat_try(&again, "board", 0, NULL) != 0) {
            printf("# joining a board where I am: %s\n", strerror(errno));
            return 2;
        }
        if (chat_info(chat).board_id != chat_info(again).board_id ||
            chat_say(chat, (unsigned)me, (unsigned)i, NULL) != 0)
            return 3;
        minichat_close(again);
        minichat_close(chat);
    }
    return 0;
}

static int remover(volatile int *stop, volatile int *removed) {
    while (!*stop)
        if (minichat_unlink("board") == 0)
            __sync_fetch_and_add(removed, 1);
        else if (errno != EBUSY && errno != ENOENT) {
            printf("# removing: %s\n", strerror(errno));
            return 1;
        }
    return 0;
}

static void removal_race(void) {
    static const unsigned flags[] = {MINICHAT_CREATE, MINICHAT_CREATE, 0, MINICHAT_READ_ONLY};
    volatile int *stop = shared_memory(4096), *removed = stop + 1;
    pid_t joiners[4], removers[2];
    for (int i = 0; i < 2; i++)
        if ((removers[i] = chat_fork()) == 0) {
            int status = remover(stop, removed);
            fflush(stdout);
            _exit(status);
        }
    for (int i = 0; i < 4; i++)
        if ((joiners[i] = chat_fork()) == 0) {
            int status = joiner(flags[i], i);
            fflush(stdout);
            _exit(status);
        }
    for (int i = 0; i < 4; i++)
        CHECK_EQ(chat_status(joiners[i]), 0,
                 "who joins while others remove the board is on one, or finds none");
    *stop = 1;
    for (int i = 0; i < 2; i++)
        CHECK_EQ(chat_status(removers[i]), 0, "who removes it finds it, in use, or gone");
    CHECK(*removed > 0, "it was removed %d times", *removed);
    CHECK(minichat_unlink("board") == 0 || errno == ENOENT, "and once more");
    CHECK_EQ(names(), 0, "nothing is left");
}

int main(void) {
    tap_directory();
    alarm(120);
    modes();
    leftover();
    creation_race();
    exclusive_race();
    disk();
    lacking(creates_and_posts, "nothing lacks");
    lacking(lacking_tmpfile, "without O_TMPFILE");
    lacking(lacking_fallocate, "without fallocate");
    lacking(lacking_both, "without either");
    lacking(lacking_proc, "without /proc");
    lacking(lacking_link, "no permission to name it");
    lacking(lacking_link_and_tmpfile, "nor O_TMPFILE");
    removal_race();
    return tap_end();
}
