/*
 * Children, however they are made: what they inherit answers ECHILD and keeps nobody's seat; the parent's
 * goes on; they open the board themselves.
 */
#define _GNU_SOURCE
#include "chat.h"
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/syscall.h>

extern char **environ;

/* How many of this process's descriptors lead to the file. */
static int opens_of(const char *path) {
    struct stat file, other;
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (!directory || stat(path, &file) != 0)
        tap_bail("%s", path);
    for (struct dirent *entry; (entry = readdir(directory));)
        count += entry->d_name[0] != '.' && fstat(atoi(entry->d_name), &other) == 0 &&
                 other.st_dev == file.st_dev && other.st_ino == file.st_ino;
    closedir(directory);
    return count;
}

/* 0, or which call did not answer ECHILD. */
static int all_echild(struct minichat *chat) {
    struct minichat_message message;
    struct minichat_info info = {.size = sizeof info};
    long long results[] = {
        minichat_post(chat, "a", 1, 0, NULL) == -1 && errno == ECHILD,
        minichat_nick(chat, "a", 1) == -1 && errno == ECHILD,
        minichat_read(chat, &message, 1) == -1 && errno == ECHILD,
        minichat_peek(chat, 0, &message, 1) == -1 && errno == ECHILD,
        minichat_wait(chat, -1) == -1 && errno == ECHILD,
        minichat_fd(chat) == -1 && errno == ECHILD,
        minichat_interrupt(chat) == -1 && errno == ECHILD,
        (errno = 0, minichat_dernier(chat) == 0 && errno == ECHILD),
        minichat_seek(chat, 0) == -1 && errno == ECHILD,
        minichat_who(chat, NULL, 0) == -1 && errno == ECHILD,
        minichat_info(chat, &info) == -1 && errno == ECHILD,
    };
    for (int i = 0; i < (int)(sizeof results / sizeof results[0]); i++)
        if (!results[i])
            return 1 + i;
    return 0;
}

/* Opens the board anew and says something on it. */
static int own_visit(void) {
    struct minichat *own = NULL;
    struct minichat_message message;
    uint64_t number = 0;
    if (chat_try(&own, "board", 0, "child") != 0)
        return 20;
    if (minichat_post(own, "from the child", 14, 0, &number) != 0 ||
        minichat_peek(own, number - 1, &message, 1) != 1 || message.pid != (uint32_t)getpid())
        return 21;
    return minichat_close(own) == 0 ? 0 : 22;
}

static void forked(void) {
    struct minichat *chat = chat_open("board", MINICHAT_CREATE, "parent"),
                    *other = chat_open("board", 0, "other");
    struct minichat_message message;
    int fd = minichat_fd(chat);
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    pid_t child = chat_fork();
    if (child == 0) {
        int wrong = all_echild(chat);
        if (wrong)
            _exit(wrong);
        if (opens_of("board") != 0 || opens_of("board.lock") != 0 || fcntl(fd, F_GETFD) != -1)
            _exit(30);
        if (own_visit() != 0)
            _exit(own_visit());
        if (minichat_close(chat) != 0 || minichat_close(chat) != -1 || errno != EBADF)
            _exit(31);
        /* Where the closed ones were, new ones are opened. */
        struct minichat *one = chat_open("board", 0, "one"), *two = chat_open("board", 0, "two");
        pid_t grandchild = chat_fork();
        if (grandchild == 0)
            _exit(all_echild(one) || all_echild(two) || own_visit() ? 40 : 0);
        if (chat_status(grandchild) != 0)
            _exit(32);
        if (minichat_who(one, NULL, 0) != 4 || chat_post(two, "still here") == 0 ||
            opens_of("board.lock") != 2)
            _exit(33);
        _exit(minichat_close(one) == 0 && minichat_close(two) == 0 ? 0 : 34);
    }
    CHECK_EQ(chat_status(child), 0, "a child: ECHILD, no descriptors left, its own visits, and its child's");
    CHECK_EQ(minichat_who(other, NULL, 0), 2, "it closed what it inherited; the parent is still here");
    CHECK(opens_of("board") == 2 && opens_of("board.lock") == 2, "with its descriptors");
    CHECK_EQ(poll(&poller, 1, -1), 1, "the parent's descriptor to poll tells of the child's messages");
    int count = 0;
    while (minichat_read(chat, &message, 1) == 1)
        count++;
    CHECK(count >= 3 && poll(&poller, 1, 0) == 0, "read, it is quiet");
    CHECK_EQ(chat_post(chat, "parent"), (uint64_t)count + 1, "and the parent posts");
    minichat_close(other);
    minichat_close(chat);
}

/* ---- who lives longer ---------------------------------------------------------------------------------- */

/* Pipes of outlived(): what the parent is told, the child's end, what both say. */
struct pipes {
    int told[2], end[2], says[2];
};

/* A process that sits down and makes a child, by fork or by the bare system call. It closes the participant
 * when it is told to; both wait for their pipe to close. */
static pid_t parent_and_child(int bare, const struct pipes *pipes) {
    pid_t parent = chat_fork();
    if (parent == 0) {
        char byte;
        struct minichat *chat = chat_open("board", 0, "parent");
        close(pipes->end[1]);
        close(pipes->told[1]);
        if ((bare ? (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) : fork()) == 0) {
            if (write(pipes->says[1], all_echild(chat) ? "n" : "y", 1) != 1)
                _exit(1);
            _exit(read(pipes->end[0], &byte, 1) == 0 ? 0 : 1);
        }
        while (read(pipes->told[0], &byte, 1) == 1)
            if (minichat_close(chat) != 0 || write(pipes->says[1], "c", 1) != 1)
                _exit(1);
        _exit(0);
    }
    return parent;
}

/* The exit status of a child whose parent has died. */
static int orphan_status(void) {
    int status;
    if (waitpid(-1, &status, 0) < 0)
        tap_bail("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void outlived(int bare) {
    struct minichat *watcher = chat_open("board", 0, "watcher");
    struct pipes pipes;
    char byte = 0;
    prctl(PR_SET_CHILD_SUBREAPER, 1);

    if (pipe2(pipes.told, O_CLOEXEC) != 0 || pipe2(pipes.end, O_CLOEXEC) != 0 ||
        pipe2(pipes.says, O_CLOEXEC) != 0)
        tap_bail("pipe");
    pid_t parent = parent_and_child(bare, &pipes);
    CHECK(read(pipes.says[0], &byte, 1) == 1 && byte == 'y', "a child made by %s: ECHILD",
          bare ? "a bare clone" : "fork");
    CHECK_EQ(minichat_who(watcher, NULL, 0), 2, "the parent is here");
    if (write(pipes.told[1], "c", 1) != 1 || read(pipes.says[0], &byte, 1) != 1 || byte != 'c')
        tap_bail("the parent does not close");
    CHECK_EQ(minichat_who(watcher, NULL, 0), 1, "the parent closes and is gone, its child lives");
    close(pipes.told[1]);
    CHECK_EQ(chat_status(parent), 0, "the parent ends");
    CHECK_EQ(waitpid(-1, NULL, WNOHANG), 0, "the child does not");
    close(pipes.end[1]);
    CHECK_EQ(orphan_status(), 0, "until it is told to");

    /* Without fork's handlers nobody closes the child's copies: it would keep the seat of a dead parent. */
    if (!bare) {
        if (pipe2(pipes.told, O_CLOEXEC) != 0 || pipe2(pipes.end, O_CLOEXEC) != 0)
            tap_bail("pipe");
        parent = parent_and_child(bare, &pipes);
        if (read(pipes.says[0], &byte, 1) != 1)
            tap_bail("the child did not start");
        kill(parent, SIGKILL);
        waitpid(parent, NULL, 0);
        CHECK_EQ(minichat_who(watcher, NULL, 0), 1, "the parent is killed and gone, while its child lives");
        CHECK_EQ(waitpid(-1, NULL, WNOHANG), 0, "it does");
        close(pipes.end[1]);
        CHECK_EQ(orphan_status(), 0, "the child ends");
    }
    minichat_close(watcher);
}

/* ---- other programs ------------------------------------------------------------------------------------ */

static void spawned(void) {
    struct minichat *chat = chat_open("board", 0, "parent");
    char *arguments[] = {"true", NULL};
    pid_t child;
    int rounds = 5, ended = 0;
    for (int i = 0; i < rounds; i++) {
        if (posix_spawnp(&child, "true", NULL, NULL, arguments, environ) != 0)
            tap_bail("posix_spawnp");
        ended += chat_status(child) == 0;
        child = vfork();
        if (child == 0) {
            execvp("true", arguments);
            _exit(1);
        }
        ended += chat_status(child) == 0;
    }
    CHECK_EQ(ended, 2 * rounds, "programs are started by posix_spawn and vfork");
    CHECK(minichat_who(chat, NULL, 0) == 1 && chat_info(chat).seat == 1 && chat_post(chat, "here") > 0,
          "the participant does not notice");
    minichat_close(chat);
}

/* ---- in the middle of everything ----------------------------------------------------------------------- */

static volatile int stop;
static uint64_t posts[2];

static void *posting(void *argument) {
    struct minichat *chat = argument;
    static int threads;
    int me = __sync_fetch_and_add(&threads, 1);
    while (!stop) {
        if (chat_say(chat, (unsigned)me, posts[me], NULL) != 0)
            return NULL;
        posts[me]++;
    }
    return chat;
}

/* A thread that opens and closes, so that forks hit both. */
static void *visiting(void *argument) {
    int *visits = argument;
    while (!stop) {
        struct minichat *chat = NULL;
        if (chat_try(&chat, "board", 0, "visitor") != 0 || minichat_close(chat) != 0)
            return NULL;
        ++*visits;
    }
    return argument;
}

/* A process that forks while another of its threads opens and closes, and dies: its child, which lives, keeps nothing of it,
 * neither a seat nor a lock. */
static void *locking(void *argument) {
    int *visits = argument;
    while (!stop) {
        struct mm_lock *lock = mm_lock_open("lock", 0600);
        if (!lock || mm_lock_exclusive(lock) != 0 || mm_lock_close(lock) != 0)
            return NULL;
        ++*visits;
    }
    return argument;
}

static void *watching(void *argument) {
    int *visits = argument;
    while (!stop) {
        struct minichat *chat = NULL;
        if (chat_try(&chat, "board", 0, "watcher") != 0 || minichat_fd(chat) < 0 || minichat_close(chat) != 0)
            return NULL;
        ++*visits;
    }
    return argument;
}

static void fork_and_die(void *(*beside)(void *), unsigned round, int says, int until) {
    static volatile int visits;
    pthread_t thread;
    stop = visits = 0;
    if (pthread_create(&thread, NULL, beside, (int *)&visits) != 0)
        _exit(1);
    while (visits < 1)
        sched_yield();
    for (volatile uint64_t spin = mixed(round, 1) % 20000; spin > 0; spin--) {
    }
    pid_t child = fork();
    if (child == 0) {
        char byte;
        _exit(write(says, "", 1) == 1 && read(until, &byte, 1) == 0 ? 0 : 1);
    }
    kill(getpid(), SIGKILL);
}

static void outlived_beside(void *(*beside)(void *), const char *what) {
    enum { ROUNDS = 100 };
    struct minichat *watcher = chat_open("board", 0, "stays");
    struct mm_lock *lock = mm_lock_open("lock", 0600);
    int seats = 0, locks = 0, ended = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        int end[2], says[2];
        char byte;
        if (pipe2(end, O_CLOEXEC) != 0 || pipe2(says, O_CLOEXEC) != 0)
            tap_bail("pipe");
        pid_t parent = chat_fork();
        if (parent == 0) {
            close(end[1]);
            fork_and_die(beside, round, says[1], end[0]);
        }
        waitpid(parent, NULL, 0);
        if (read(says[0], &byte, 1) != 1) /* fork has returned in the child */
            tap_bail("the child did not start");
        seats += minichat_who(watcher, NULL, 0) != 1;
        locks += mm_lock_try_exclusive(lock) != 0 || mm_lock_release(lock) != 0;
        close(end[0]);
        close(end[1]);
        close(says[0]);
        close(says[1]);
        ended += orphan_status() == 0;
    }
    printf("# while %s\n", what);
    CHECK_EQ(seats, 0, "seats that dead people keep");
    CHECK_EQ(locks, 0, "locks that nobody holds");
    CHECK_EQ(ended, ROUNDS, "their children end as they should");
    mm_lock_close(lock);
    minichat_close(watcher);
}

static void from_threads(void) {
    struct minichat *chat = chat_open("board", 0, "parent");
    uint64_t before = chat_info(chat).last;
    pthread_t threads[3];
    int visits = 0, children = 60, right = 0;
    if (pthread_create(&threads[0], NULL, posting, chat) != 0 ||
        pthread_create(&threads[1], NULL, posting, chat) != 0 ||
        pthread_create(&threads[2], NULL, visiting, &visits) != 0)
        tap_bail("pthread_create");
    for (int i = 0; i < children; i++) {
        pid_t child = chat_fork();
        if (child == 0) {
            int wrong = all_echild(chat);
            if (wrong == 0 && i % 2)
                wrong = minichat_close(chat);
            _exit(wrong ? wrong : own_visit());
        }
        right += chat_status(child) == 0;
    }
    stop = 1;
    for (int i = 0; i < 3; i++) {
        void *result;
        pthread_join(threads[i], &result);
        CHECK(result != NULL, "a thread of the parent was not disturbed");
    }
    CHECK_EQ(right, children, "children of a process whose threads post, open and close");
    CHECK_EQ(chat_info(chat).last - before, posts[0] + posts[1] + (uint64_t)children,
             "no message is missing");
    CHECK_EQ(minichat_who(chat, NULL, 0), 1, "nobody is left behind");
    minichat_close(chat);
}

int main(void) {
    tap_directory();
    alarm(60);
    forked();
    outlived(0);
    outlived(1);
    spawned();
    from_threads();
    outlived_beside(visiting, "a board is opened and closed");
    outlived_beside(watching, "a board is polled");
    outlived_beside(locking, "a lock is opened and closed");
    return tap_end();
}
