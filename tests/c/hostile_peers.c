/*
 * Peers that hold on to what they can get hold of: locks, leases, every seat, the sleepers of others; and the
 * lock file taken away while it is in use. What the others do meanwhile is done while the peer still holds
 * it.
 */
#define _GNU_SOURCE
#include "users.h"
#include "asleep.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/inotify.h>

static long attacks, violations;
static struct minichat_message messages[MINICHAT_MESSAGES];
static struct minichat_person people[MINICHAT_SEATS];

/* A check that counts in the table of attacks. */
#define TRY(condition, ...) (attacks++, violations += !CHECK(condition, __VA_ARGS__))

static void start_over(mode_t mode) {
    unlink("board");
    unlink("board.lock");
    mode_t old = umask(0);
    struct minichat_options options = {.size = sizeof options, .flags = MINICHAT_CREATE, .mode = mode};
    struct minichat *chat;
    if (minichat_open(&chat, "board", &options) != 0)
        tap_bail("board");
    umask(old);
    chat_post(chat, "hello");
    minichat_close(chat);
}

/* Two participants who were there before, and one who comes: all that one does on a board. */
static int goes_on(struct minichat *lea, struct minichat *ming) {
    struct minichat *late = NULL, *reader = NULL;
    uint64_t number = chat_post(lea, "Bonjour"), after = minichat_dernier(ming);
    if (minichat_wait(ming, -1) != 1 || minichat_read(ming, messages, MINICHAT_MESSAGES) < 1 ||
        minichat_dernier(ming) != number || after >= number)
        return 1;
    if (chat_try(&late, "board", 0, "late") != 0 || chat_post(late, "sorry") != number + 1)
        return 2;
    if (chat_try(&reader, "board", MINICHAT_READ_ONLY, NULL) != 0 ||
        minichat_peek(reader, number, messages, 1) != 1)
        return 3;
    minichat_close(reader);
    if (minichat_nick(late, "Zoé", strlen("Zoé")) != 0 || minichat_who(lea, people, MINICHAT_SEATS) != 3 ||
        strcmp(people[2].nick, "Zoé") != 0)
        return 4;
    minichat_close(late);
    return minichat_who(lea, NULL, 0) == 2 && ERROR_OF(minichat_unlink("board")) == EBUSY ? 0 : 5;
}

/* A child that does its worst, says through a pipe that it has, and stays until it is killed. */
static int told[2], wrong_done;
static pid_t peer(const struct user *who, int (*worst)(void)) {
    if (pipe2(told, O_CLOEXEC) != 0)
        tap_bail("pipe");
    pid_t child = chat_fork();
    if (child == 0) {
        if (who && geteuid() == 0)
            become(who);
        int result = worst();
        if (write(told[1], &result, sizeof result) != sizeof result)
            _exit(1);
        for (;;)
            pause();
    }
    close(told[1]);
    if (read(told[0], &wrong_done, sizeof wrong_done) != sizeof wrong_done)
        wrong_done = -1;
    close(told[0]);
    return child;
}

static void dismiss(pid_t child) {
    kill(child, SIGKILL);
    chat_status(child);
}

/* ---- somebody who may only read ---- */

static struct flock range(short type, off_t start, off_t length) {
    return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
}

/* Locks all that one can with a descriptor that only reads. As root the lock file is there for the taking:
 * not so here. */
static int reads_and_locks(void) {
    int fd = open("board", O_RDONLY | O_CLOEXEC), again = open("board", O_RDONLY | O_CLOEXEC);
    struct flock all = range(F_RDLCK, 0, 0), exclusive = range(F_WRLCK, 0, 0);
    if (fd < 0 || again < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0 || fcntl(fd, F_OFD_SETLK, &all) != 0 ||
        fcntl(again, F_SETLK, &all) != 0)
        return 1;
    if (ERROR_OF(fcntl(fd, F_OFD_SETLK, &exclusive)) != EBADF)
        return 2;
    if (geteuid() == 61003) {
        if (open("board", O_RDWR) >= 0 || open("board.lock", O_RDONLY) >= 0 ||
            open("board.lock", O_WRONLY) >= 0)
            return 3;
        if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0 || fcntl(fd, F_SETLEASE, F_WRLCK) == 0)
            return 4;
    }
    fcntl(fd, F_NOTIFY, DN_ACCESS | DN_MODIFY | DN_MULTISHOT);
    int watch = inotify_init1(IN_CLOEXEC); /* never read: its queue fills up, and no more */
    return inotify_add_watch(watch, "board", IN_ALL_EVENTS) >= 0 ? 0 : 5;
}

static void reader_locks(void) {
    start_over(0644);
    struct minichat *lea = chat_open("board", 0, "Léa"), *ming = chat_open("board", 0, "小明");
    pid_t child = peer(&stranger, reads_and_locks);
    TRY(wrong_done == 0, "who may only read locks the board, not its lock file (%d)", wrong_done);
    int step = goes_on(lea, ming);
    TRY(step == 0, "and keeps nobody from anything (%d)", step);
    dismiss(child);
    minichat_close(lea);
    minichat_close(ming);
}

/* ---- sleepers ---- */

/* A reader may name the word that others sleep on: it wakes them for nothing, sleeps there itself, or has the
 * kernel move the sleepers to another word, where no poster wakes them. */
static char *memory;
/* Where one sleeps until the next message: the entry that message 1, 2, 3 … will stand in. */
static uint32_t *word(unsigned number) {
    return (uint32_t *)(void *)(memory + FILE_RING(number % MINICHAT_MESSAGES));
}
static _Noreturn void sleeps_there(void) {
    for (unsigned i = 1;; i = i % 3 + 1)
        syscall(SYS_futex, word(i), FUTEX_WAIT, __atomic_load_n(word(i), __ATOMIC_RELAXED), NULL, NULL, 0);
}
static _Noreturn void wakes_them(void) {
    for (unsigned i = 0;; i++)
        syscall(SYS_futex, word(i), FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
static _Noreturn void moves_them(void) {
    for (unsigned i = 0;; i++) /* nobody woken, all moved to a word that nobody uses */
        syscall(SYS_futex, word(i), FUTEX_REQUEUE, 0, (void *)(long)INT_MAX, memory, 0);
}

/* Several at once, each a process. */
static int at_once(int count, void (*worst)(void)) {
    int fd = open("board", O_RDONLY | O_CLOEXEC);
    memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return 1;
    while (count-- > 0)
        if (chat_fork() == 0)
            worst();
    return 0;
}
static int crowds(void) { return at_once(20, sleeps_there); }
static int wakes(void) { return at_once(1, wakes_them); }
static int moves(void) { return at_once(1, moves_them); }

struct sleeper {
    struct minichat *chat;
    pid_t thread;
    int seen;
};
static void *sleeps(void *argument) {
    struct sleeper *me = argument;
    __atomic_store_n(&me->thread, this_thread(), __ATOMIC_RELEASE);
    for (me->seen = 0; me->seen < 3;) {
        int waited = minichat_wait(me->chat, -1);
        ssize_t got = waited == 1 ? minichat_read(me->chat, messages, MINICHAT_MESSAGES) : -1;
        if (got < 0)
            return "an error";
        me->seen += (int)got;
    }
    return NULL;
}

static void sleepers(const char *name, int (*worst)(void)) {
    start_over(0644);
    struct minichat *lea = chat_open("board", 0, "Léa");
    struct minichat_options options = {.size = sizeof options, .flags = MINICHAT_FROM_NOW};
    struct sleeper one = {0};
    if (minichat_open(&one.chat, "board", &options) != 0)
        tap_bail("board");
    pid_t child = peer(&stranger, worst);
    pthread_t thread;
    void *result;
    if (wrong_done != 0 || pthread_create(&thread, NULL, sleeps, &one) != 0)
        tap_bail("%s", name);
    while (!__atomic_load_n(&one.thread, __ATOMIC_ACQUIRE))
        sched_yield();
    for (int i = 0; i < 3; i++) {
        if (worst != wakes) /* which lets nobody sleep for long */
            until_asleep(getpid(), one.thread);
        chat_post(lea, "wake up");
    }
    pthread_join(thread, &result);
    TRY(result == NULL && one.seen == 3, "%s: who sleeps is woken, all is read", name);
    dismiss(child);
    minichat_close(one.chat);
    minichat_close(lea);
}

/* ---- every seat ---- */

static int kind, first_byte, last_byte, whole;
static int holds_bytes(void) {
    int fd = open("board.lock", O_RDWR | O_CLOEXEC);
    for (int byte = first_byte; byte <= last_byte; byte++) {
        struct flock lock =
            whole ? range(F_WRLCK, whole - 1, 0) : range(byte % 2 ? F_WRLCK : F_RDLCK, byte, 1);
        if (fcntl(fd, kind, &lock) != 0)
            return 1;
    }
    return fd < 0;
}

/* Who may write can take all seats; who was there before, and who reads, does not notice. */
static void every_seat(const char *name) {
    start_over(0666);
    struct minichat *lea = chat_open("board", 0, "Léa"), *late = NULL, *reader = NULL;
    first_byte = 2, last_byte = whole ? 2 : MINICHAT_SEATS; /* byte 1 is hers */
    pid_t child = peer(&stranger, holds_bytes);
    if (wrong_done != 0)
        tap_bail("%s", name);
    TRY(chat_open_error("board", 0) == EUSERS, "%s: no seat is left", name);
    TRY(chat_post(lea, "still here") == 2, "%s: who has one posts", name);
    TRY(chat_try(&reader, "board", MINICHAT_READ_ONLY, NULL) == 0 && minichat_read(reader, messages, 20) == 2,
        "%s: who needs none reads", name);
    TRY(minichat_who(lea, people, MINICHAT_SEATS) == MINICHAT_SEATS && strcmp(people[0].nick, "Léa") == 0,
        "%s: all seats are seen taken", name);
    TRY(ERROR_OF(minichat_unlink("board")) == EBUSY, "%s: nobody removes it", name);
    minichat_close(lea);
    TRY(chat_open_error("board", 0) == 0, "%s: a seat that becomes free is another's", name);
    dismiss(child);
    TRY(chat_try(&late, "board", 0, "late") == 0 && chat_post(late, "at last") == 3,
        "%s: killed, all are free", name);
    minichat_close(late);
    minichat_close(reader);
}

/* All at once, from the first on: as minichat_unlink() does for an instant; who stays there is "busy", after
 * a second. */
static void all_at_once(const char *name) {
    start_over(0666);
    struct minichat *reader = NULL;
    first_byte = last_byte = 1, whole = 1;
    pid_t child = peer(&stranger, holds_bytes);
    if (wrong_done != 0)
        tap_bail("%s", name);
    TRY(chat_open_error("board", 0) == EBUSY, "%s: busy", name);
    TRY(ERROR_OF(minichat_unlink("board")) == EBUSY, "%s: nor can it be removed", name);
    TRY(chat_try(&reader, "board", MINICHAT_READ_ONLY, NULL) == 0 && minichat_read(reader, messages, 20) == 1,
        "%s: who needs no seat reads", name);
    minichat_close(reader);
    dismiss(child);
    TRY(chat_open_error("board", 0) == 0, "%s: killed, it is free", name);
}

/* One who only queues for a seat that is taken. */
static pid_t queueing;
static int queues(void) {
    queueing = chat_fork();
    if (queueing == 0) {
        int fd = open("board.lock", O_RDWR | O_CLOEXEC);
        struct flock lock = range(F_WRLCK, 1, 0);
        fcntl(fd, F_OFD_SETLKW, &lock);
        for (;;)
            pause();
    }
    until_asleep(queueing, queueing);
    return 0;
}

static void queue(void) {
    start_over(0666);
    struct minichat *lea = chat_open("board", 0, "Léa"), *ming = chat_open("board", 0, "小明");
    pid_t child = peer(&stranger, queues);
    int step = goes_on(lea, ming);
    TRY(wrong_done == 0 && step == 0, "who waits for a lock on all seats keeps nobody from anything (%d)",
        step);
    dismiss(child);
    minichat_close(lea);
    minichat_close(ming);
}

/* ---- leases ---- */

static const char *leased;
static int lease_type;
static int leases(void) {
    int fd = open(leased, (lease_type == F_RDLCK ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    signal(SIGIO, SIG_IGN);
    return fd >= 0 && fcntl(fd, F_SETLEASE, lease_type) == 0 ? 0 : 1;
}

/* A file's owner may be asked by the kernel to let go of it, and not answer for 45 seconds. */
static void lease(const char *path, int type, const char *name) {
    start_over(0666);
    leased = path;
    lease_type = type;
    pid_t child = peer(NULL, leases);
    if (wrong_done != 0)
        tap_bail("a lease on %s", path);
    TRY(chat_open_error("board", 0) == EAGAIN, "%s: EAGAIN, at once", name);
    TRY(chat_open_error("board", MINICHAT_CREATE) == EAGAIN, "%s: EAGAIN, at once", name);
    dismiss(child);
    TRY(chat_open_error("board", 0) == 0, "%s: given back, one joins", name);
}

/* ---- the lock file ---- */

static void make(const char *path, const char *text, mode_t mode) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0 || fchmod(fd, mode) != 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        tap_bail("%s", path);
    close(fd);
}

/* Those who are there go on; nobody comes; who only reads reads. */
static void those_within_go_on(struct minichat *lea, struct minichat *ming, int error, const char *name) {
    struct minichat *reader = NULL;
    uint64_t number = chat_post(lea, "and now?");
    TRY(minichat_wait(ming, -1) == 1 && minichat_read(ming, messages, 20) >= 1 &&
            minichat_dernier(ming) == number,
        "%s: those on the board go on", name);
    TRY(minichat_nick(ming, "明", strlen("明")) == 0 && minichat_who(lea, people, 8) == 2 &&
            strcmp(people[1].nick, "明") == 0,
        "%s: and see each other", name);
    TRY(chat_open_error("board", 0) == error && chat_open_error("board", MINICHAT_CREATE) == error,
        "%s: who comes gets errno %d", name, error);
    TRY(ERROR_OF(minichat_unlink("board")) == (error ? error : EBUSY), "%s: who removes it gets errno %d",
        name, error);
    TRY(chat_try(&reader, "board", MINICHAT_READ_ONLY, NULL) == 0 &&
            minichat_peek(reader, number - 1, messages, 1) == 1,
        "%s: who reads reads", name);
    minichat_close(reader);
}

static void lock_file(void) {
    start_over(0600);
    struct minichat *lea = chat_open("board", 0, "Léa"), *ming = chat_open("board", 0, "小明");
    minichat_read(ming, messages, 20);
    if (rename("board.lock", "kept") != 0)
        tap_bail("rename");
    those_within_go_on(lea, ming, ESTALE, "its lock file removed");
    make("board.lock", "", 0600);
    those_within_go_on(lea, ming, ESTALE, "another in its place");
    if (rename("kept", "board.lock") != 0)
        tap_bail("rename");
    those_within_go_on(lea, ming, 0, "put back");
    for (off_t size = 100; size >= 0; size -= 50) {
        if (truncate("board.lock", size) != 0)
            tap_bail("truncate");
        those_within_go_on(lea, ming, 0, size ? "made longer" : "cut");
    }
    if (chmod("board.lock", 0) != 0)
        tap_bail("chmod");
    those_within_go_on(lea, ming, geteuid() == 0 ? 0 : EACCES, "its mode taken away");
    minichat_close(lea);
    minichat_close(ming);
}

/* A file that happens to bear the lock file's name, and holds something: left as it is. */
static void not_a_lock_file(void) {
    struct stat file;
    unlink("board");
    unlink("board.lock");
    struct minichat_options options = {.size = sizeof options, .flags = MINICHAT_CREATE, .mode = 0666};
    struct minichat *chat;
    mode_t old = umask(0);
    make("board.lock", "my letters", 0640);
    TRY(ERROR_OF(minichat_open(&chat, "board", &options)) == ESTALE && access("board", F_OK) != 0,
        "a file that holds something is no lock file");
    if (stat("board.lock", &file) != 0)
        tap_bail("stat");
    TRY(file.st_size == 10 && (file.st_mode & 0777) == 0640, "it is left as it was");
    unlink("board.lock");
    make("letters", "", 0640);
    if (link("letters", "board.lock") != 0)
        tap_bail("link");
    TRY(ERROR_OF(minichat_open(&chat, "board", &options)) == ESTALE && stat("letters", &file) == 0 &&
            (file.st_mode & 0777) == 0640,
        "nor is a file that has another name, too");
    unlink("letters");
    TRY(minichat_open(&chat, "board", &options) == 0, "without that it is one that a board left");
    minichat_close(chat);
    umask(old);
}

int main(void) {
    umask(022);
    tap_directory();
    if (chmod(".", 0755) != 0)
        tap_bail("chmod");
    alarm(150);
    reader_locks();
    sleepers("a reader that sleeps there, twenty times", crowds);
    sleepers("a reader that wakes them for nothing", wakes);
    sleepers("a reader that moves them to another word", moves);
    kind = F_OFD_SETLK;
    every_seat("a peer with an OFD lock on each other byte");
    kind = F_SETLK;
    every_seat("a peer with a POSIX lock on each");
    whole = 3; /* from byte 2 on */
    kind = F_OFD_SETLK;
    every_seat("a peer with one lock on all the others");
    all_at_once("a peer with a lock on everything");
    whole = 0;
    queue();
    lease("board", F_WRLCK, "a lease on the board");
    lease("board", F_RDLCK, "a read lease on the board");
    lease("board.lock", F_WRLCK, "a lease on the lock file");
    lock_file();
    not_a_lock_file();
    ATTACK("peers that hold what they can", attacks, violations);
    return tap_end();
}
