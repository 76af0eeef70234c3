/* mm_guard: a mapping whose file is cut is survived, everything else is as without it. */
#define _GNU_SOURCE
#include <mapboard.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "tap.h"

static size_t page;

/* A file of so many pages, mapped shared; its descriptor in *fd. */
static char *map_pages(const char *name, size_t pages, int *fd) {
    *fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (*fd < 0 || ftruncate(*fd, (off_t)(pages * page)) != 0)
        tap_bail("%s", name);
    char *start = mm_map(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    if (start == MAP_FAILED)
        tap_bail("mm_map");
    return start;
}

/* Runs `scene` in a child: the signal that killed it, or its exit code + 1000. */
static int in_child(int (*scene)(void)) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(scene());
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        tap_bail("fork");
    return WIFSIGNALED(status) ? WTERMSIG(status) : 1000 + WEXITSTATUS(status);
}

static void arguments(void) {
    int fd;
    char *start = map_pages("arguments", 4, &fd);
    CHECK_ERRNO(mm_guard(start + 1, page), -1, EINVAL, "an unaligned address");
    CHECK_ERRNO(mm_guard(start, 0), -1, EINVAL, "length 0");
    CHECK_ERRNO(mm_guard(start, SIZE_MAX), -1, EINVAL, "length SIZE_MAX");
    CHECK_ERRNO(mm_guard(NULL, page), -1, ENOMEM, "NULL is not mapped");
    CHECK_ERRNO(mm_guard_tripped(start), -1, EINVAL, "not guarded yet");
    CHECK_ERRNO(mm_guard_tripped(NULL), -1, EINVAL, "NULL is never guarded");
    CHECK_ERRNO(mm_unguard(start, 4 * page), -1, EINVAL, "no guard to end");
    errno = 12345;
    CHECK_EQ(mm_guard(start, 4 * page - 1), 0, "a range is guarded in whole pages");
    CHECK_EQ(mm_guard_tripped(start + 4 * page - 1), 0, "and has not tripped");
    CHECK_EQ(errno, 12345, "errno is as it was");
    CHECK_ERRNO(mm_guard(start + page, page), -1, EEXIST, "a part is guarded already");
    CHECK_ERRNO(mm_unguard(start, page), -1, EINVAL, "a part cannot be given up");
    errno = 12345;
    CHECK_EQ(mm_unguard(start, 4 * page), 0, "the guard ends");
    CHECK_EQ(errno, 12345, "errno is as it was");
    mm_unmap(start, 4 * page);
    close(fd);
}

static void cutting(void) {
    int fd;
    enum { PAGES = 100 };
    char *start = map_pages("cut", PAGES, &fd);
    memset(start, 'x', PAGES * page);
    CHECK_EQ(mm_guard(start, PAGES * page), 0, "a hundred pages are guarded");
    if (ftruncate(fd, (off_t)(40 * page + 10)) != 0)
        tap_bail("ftruncate");
    CHECK_EQ(start[39 * page], 'x', "what the file still has is there");
    CHECK_EQ(mm_guard_tripped(start), 0, "nothing has happened yet");
    CHECK_EQ(start[70 * page], 0, "past the end there are zeros");
    CHECK_EQ(mm_guard_tripped(start), 1, "and the guard says so");
    CHECK(start[40 * page + 9] == 'x' && start[40 * page + 10] == 0, "the last page is the file's own");
    start[40 * page] = 'y';
    char byte;
    CHECK(pread(fd, &byte, 1, (off_t)(40 * page)) == 1 && byte == 'y', "and a store to it goes to the file");
    start[41 * page] = 'z';
    CHECK_EQ(start[41 * page], 'z', "a store past the end stays in memory");
    struct stat stat;
    CHECK(fstat(fd, &stat) == 0 && stat.st_size == (off_t)(40 * page + 10), "and does not enlarge the file");
    if (ftruncate(fd, (off_t)(20 * page)) != 0)
        tap_bail("ftruncate");
    CHECK_EQ(start[30 * page], 0, "cut again: zeros from there on");
    CHECK_EQ(start[41 * page], 'z', "what was replaced before is not replaced again");
    CHECK_EQ(start[19 * page], 'x', "the rest is the file's");
    mm_unguard(start, PAGES * page);
    mm_unmap(start, PAGES * page);
    close(fd);
}

static void many_pages(void) {
    int fd;
    enum { PAGES = 70000 }; /* more than vm.max_map_count's usual 65530 */
    char *start = map_pages("many", PAGES, &fd);
    mm_guard(start, PAGES * page);
    if (ftruncate(fd, 0) != 0)
        tap_bail("ftruncate");
    long sum = 0;
    for (size_t i = PAGES; i-- > 0;)
        start[i * page] = 1; /* backwards: each store is before what was replaced last */
    for (size_t i = 0; i < PAGES; i++)
        sum += start[i * page];
    CHECK_EQ(sum, PAGES, "seventy thousand pages of a file cut to nothing, touched backwards");
    mm_unguard(start, PAGES * page);
    mm_unmap(start, PAGES * page);
    close(fd);
}

/* Eight threads store while the file is cut and regrown: in the part that exists all the time no store is lost. */
enum { THREADS = 8, ROUNDS = 200, KEPT = 8, WHOLE = 64 };
static char *shared;
static atomic_int stop;
static atomic_long touched;

static void *storer(void *number) {
    size_t mine = (size_t)(intptr_t)number;
    atomic_uint *counter = (atomic_uint *)(void *)(shared + mine * page); /* in a page that is never cut */
    uint64_t *plain = (uint64_t *)(void *)(shared + mine * page + 64);
    unsigned long count = 0;
    while (!stop || count < 1000) {
        count++;
        atomic_fetch_add(counter, 1);
        *(volatile uint64_t *)plain = count;
        shared[(KEPT + (count + mine) % (WHOLE - KEPT)) * page + mine] = (char)count; /* may be cut at any instant */
        atomic_fetch_add(&touched, 1);
    }
    return (void *)count;
}

static void threads(void) {
    int fd;
    shared = map_pages("threads", WHOLE, &fd);
    int lost = 0;
    for (int round = 0; round < 5; round++) {
        memset(shared, 0, KEPT * page);
        if (mm_guard(shared, WHOLE * page) != 0)
            tap_bail("mm_guard");
        pthread_t thread[THREADS];
        stop = 0;
        for (intptr_t i = 0; i < THREADS; i++)
            pthread_create(&thread[i], NULL, storer, (void *)i);
        for (int cut = 0; cut < ROUNDS; cut++) {
            size_t left = KEPT + (size_t)(cut * 7) % (WHOLE - KEPT);
            long before = touched;
            if (ftruncate(fd, (off_t)(left * page)) != 0)
                tap_bail("ftruncate");
            while (touched < before + THREADS) /* they have gone on */
                sched_yield();
            if (ftruncate(fd, (off_t)(WHOLE * page)) != 0)
                tap_bail("ftruncate");
        }
        stop = 1;
        for (int i = 0; i < THREADS; i++) {
            void *count;
            pthread_join(thread[i], &count);
            lost += *(unsigned *)(void *)(shared + i * page) != (unsigned)(unsigned long)count;
            lost += *(uint64_t *)(void *)(shared + i * page + 64) != (uint64_t)(unsigned long)count;
        }
        CHECK_EQ(mm_guard_tripped(shared), 1, "the guard has tripped");
        mm_unguard(shared, WHOLE * page);
        /* Mapped anew, the range is the file's again. */
        if (mm_map(shared, WHOLE * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) != shared)
            tap_bail("mm_map");
    }
    CHECK_EQ(lost, 0, "eight threads store while the file is cut a thousand times: none lost in what is left");
    mm_unmap(shared, WHOLE * page);
    close(fd);
}

/* Threads meet the end at the same time: what each stores after the replacement stays. */
static pthread_barrier_t barrier;
static void *meet(void *number) {
    size_t mine = (size_t)(intptr_t)number;
    pthread_barrier_wait(&barrier);
    for (size_t i = 0; i < WHOLE; i++)
        shared[i * page + mine] = (char)(mine + 1);
    return NULL;
}

static void together(void) {
    int lost = 0;
    for (int round = 0; round < 50; round++) {
        int fd;
        shared = map_pages("together", WHOLE, &fd);
        mm_guard(shared, WHOLE * page);
        if (ftruncate(fd, 0) != 0)
            tap_bail("ftruncate");
        pthread_barrier_init(&barrier, NULL, THREADS);
        pthread_t thread[THREADS];
        for (intptr_t i = 0; i < THREADS; i++)
            pthread_create(&thread[i], NULL, meet, (void *)i);
        for (int i = 0; i < THREADS; i++)
            pthread_join(thread[i], NULL);
        for (size_t i = 0; i < WHOLE; i++)
            for (size_t t = 0; t < THREADS; t++)
                lost += shared[i * page + t] != (char)(t + 1);
        mm_unguard(shared, WHOLE * page);
        mm_unmap(shared, WHOLE * page);
        close(fd);
    }
    CHECK_EQ(lost, 0, "eight threads meet the end at once, fifty times: no store of 25600 lost");
}

/* What is not ours goes on as without us. `cut` is mapped and cut but not guarded. */
static char *cut, *guarded;
static int guarded_fd;
static sigjmp_buf back;
static volatile sig_atomic_t handled;
static void *volatile handled_address;

static void prepare(void) {
    int fd;
    cut = map_pages("unguarded", 4, &fd);
    guarded = map_pages("guarded", 4, &guarded_fd);
    if (ftruncate(fd, 0) != 0 || ftruncate(guarded_fd, 0) != 0)
        _exit(100);
    close(fd);
}
static void full(int signal, siginfo_t *info, void *context) {
    (void)context;
    handled = signal;
    handled_address = info->si_addr;
    siglongjmp(back, 1);
}
static void plain(int signal) { handled += signal; }
static void jump(int signal) {
    handled += signal;
    siglongjmp(back, 1);
}

static int dies(void) {
    prepare();
    if (mm_guard(guarded, 4 * page) != 0 || guarded[0] != 0)
        return 1;
    return cut[0];
}
static int handler_before(void) {
    prepare();
    struct sigaction action = {.sa_flags = SA_SIGINFO, .sa_sigaction = full};
    sigaction(SIGBUS, &action, NULL);
    if (mm_guard(guarded, 4 * page) != 0)
        return 1;
    for (int i = 0; i < 3; i++)
        if (sigsetjmp(back, 1) == 0) {
            cut[page + 5] = 1;
            return 2;
        } else if (handled != SIGBUS || handled_address != cut + page + 5)
            return 3;
    return guarded[page] == 0 && mm_guard_tripped(guarded) == 1 ? 7 : 4;
}
static int mask_before(void) {
    prepare();
    struct sigaction action = {.sa_handler = jump};
    sigaddset(&action.sa_mask, SIGUSR1);
    sigaction(SIGBUS, &action, NULL);
    if (mm_guard(guarded, 4 * page) != 0)
        return 1;
    if (sigsetjmp(back, 0) == 0) /* the mask stays as the handler had it */
        return cut[0];
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    return sigismember(&mask, SIGBUS) && sigismember(&mask, SIGUSR1) && !sigismember(&mask, SIGUSR2) ? 7 : 2;
}
static int once_before(void) {
    prepare();
    struct sigaction action = {.sa_flags = SA_RESETHAND, .sa_handler = jump};
    sigaction(SIGBUS, &action, NULL);
    mm_guard(guarded, 4 * page);
    if (sigsetjmp(back, 1) == 0)
        return cut[0];
    return cut[0]; /* the second time it kills */
}
static int ignored_before(void) {
    prepare();
    signal(SIGBUS, SIG_IGN);
    mm_guard(guarded, 4 * page);
    raise(SIGBUS); /* ignored, as it was */
    if (guarded[0] != 0)
        return 1;
    return cut[0]; /* a fault kills all the same */
}
static int sent(void) {
    prepare();
    mm_guard(guarded, 4 * page);
    kill(getpid(), SIGBUS);
    return 1;
}
static int sent_to_handler(void) {
    prepare();
    signal(SIGBUS, plain);
    mm_guard(guarded, 4 * page);
    raise(SIGBUS);
    kill(getpid(), SIGBUS);
    return handled == 2 * SIGBUS ? 7 : 1;
}
static struct sigaction found;
static void passes_on(int signal, siginfo_t *info, void *context) {
    handled++;
    found.sa_sigaction(signal, info, context);
}
static int handler_after(void) {
    prepare();
    mm_guard(guarded, 4 * page);
    struct sigaction action = {.sa_flags = SA_SIGINFO, .sa_sigaction = passes_on};
    sigaction(SIGBUS, &action, &found);
    return guarded[0] == 0 && handled == 1 ? 7 : 1;
}
static int handler_after_then_guard(void) {
    /* Theirs passes on to ours, ours was installed over theirs: each is called once, then the fault kills. */
    prepare();
    mm_guard(guarded, page);
    struct sigaction action = {.sa_flags = SA_SIGINFO, .sa_sigaction = passes_on};
    sigaction(SIGBUS, &action, &found);
    mm_guard(guarded + page, page);
    if (guarded[0] != 0 || guarded[page] != 0 || handled != 0)
        return 1;
    return cut[0];
}
static int in_a_child(void) {
    prepare();
    mm_guard(guarded, 4 * page);
    pid_t child = fork();
    if (child == 0)
        _exit(guarded[page] == 0 ? 7 : 1);
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 7 && mm_guard_tripped(guarded) == 0 && guarded[0] == 0 ? 7 : 1;
}
static int read_only(void) {
    prepare();
    mm_unmap(guarded, 4 * page);
    guarded = mm_map(NULL, 4 * page, PROT_READ, MAP_SHARED, guarded_fd, 0);
    if (mm_guard(guarded, 4 * page) != 0 || guarded[0] != 0)
        return 1;
    *(volatile char *)guarded = 1; /* still SIGSEGV */
    return 2;
}
static int on_the_alternate_stack(void) {
    prepare();
    static char room[65536];
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
    sigaltstack(&stack, NULL);
    mm_guard(guarded, 4 * page);
    return guarded[3 * page] == 0 ? 7 : 1;
}

/* Rights that were changed after the guard: the zeros have them. */
static int made_writable(void) {
    prepare();
    mm_unmap(guarded, 4 * page);
    guarded = mm_map(NULL, 4 * page, PROT_READ, MAP_SHARED, guarded_fd, 0);
    if (mm_guard(guarded, 4 * page) != 0 || mm_protect(guarded + page, page, PROT_READ | PROT_WRITE) != 0)
        return 1;
    if (guarded[0] != 0)
        return 2;
    guarded[page] = 1;
    return guarded[page] == 1 ? 7 : 3;
}
static int made_read_only(void) {
    prepare();
    if (mm_guard(guarded, 4 * page) != 0 || mm_protect(guarded, 4 * page, PROT_READ) != 0 || guarded[page] != 0)
        return 1;
    *(volatile char *)guarded = 1; /* SIGSEGV, as without a guard */
    return 2;
}
/* A guard over what an earlier one replaced: the file ends before that. */
static int guarded_again(void) {
    int fd;
    char *start = map_pages("again", 8, &fd);
    if (mm_guard(start, 8 * page) != 0 || ftruncate(fd, (off_t)(6 * page)) != 0)
        return 1;
    start[7 * page] = 'z';
    if (mm_unguard(start, 8 * page) != 0 || mm_guard(start, 8 * page) != 0 || mm_guard_tripped(start) != 0)
        return 2;
    if (ftruncate(fd, (off_t)(2 * page)) != 0 || start[4 * page] != 0)
        return 3;
    return start[7 * page] == 'z' && mm_guard_tripped(start) == 1 ? 7 : 4;
}
/* A handler that is there already needs no new place: more often than there are places. */
static void other(int signal) { handled += 100 * signal; }
static int handlers_put_back(void) {
    prepare();
    for (int i = 0; i < 200; i++) {
        signal(SIGBUS, i % 2 ? plain : other);
        if (mm_guard(guarded, 4 * page) != 0)
            return 1;
        handled = 0;
        raise(SIGBUS);
        if (handled != (i % 2 ? 1 : 100) * SIGBUS)
            return 2;
        if (mm_unguard(guarded, 4 * page) != 0)
            return 3;
    }
    return 7;
}

/* Two threads guard one range at one time: one of them does. */
enum { BOTH = 20000 };
static atomic_int guards;
static void *guards_too(void *number) {
    (void)number;
    for (int i = 0; i < BOTH; i++) {
        pthread_barrier_wait(&barrier);
        if (mm_guard(guarded, 4 * page) == 0)
            guards++;
        else if (errno != EEXIST)
            guards += 1000;
        pthread_barrier_wait(&barrier);
        if (guards != 1)
            return "wrong";
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
            guards = 0;
            if (mm_unguard(guarded, 4 * page) != 0)
                return "unguard";
        }
    }
    return NULL;
}
static int both_guard(void) {
    prepare();
    pthread_t thread[2];
    void *wrong[2];
    pthread_barrier_init(&barrier, NULL, 2);
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, guards_too, NULL);
    for (int i = 0; i < 2; i++) {
        pthread_join(thread[i], &wrong[i]);
        if (wrong[i])
            return 1;
    }
    return 7;
}

/* Other threads guard and unguard ranges of their own, and this one's faults find its guard all the same. */
static void *guards_and_unguards(void *number) {
    (void)number;
    char *mine = mm_map(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    while (!stop)
        if (mm_guard(mine, 4 * page) != 0 || mm_unguard(mine, 4 * page) != 0)
            return "guard";
    return NULL;
}
static int beside_others(void) {
    pthread_t thread[3];
    stop = 0;
    for (int i = 0; i < 3; i++)
        pthread_create(&thread[i], NULL, guards_and_unguards, NULL);
    for (int round = 0; round < 2000; round++) {
        int fd;
        char *start = map_pages("beside", 4, &fd);
        if (mm_guard(start, 4 * page) != 0 || ftruncate(fd, 0) != 0 || start[page] != 0)
            return 1;
        mm_unguard(start, 4 * page);
        mm_unmap(start, 4 * page);
        close(fd);
    }
    stop = 1;
    for (int i = 0; i < 3; i++) {
        void *wrong;
        pthread_join(thread[i], &wrong);
        if (wrong)
            return 2;
    }
    return 7;
}

/* No room for a store: mm_guard is not about that, and the handler that was there is told. */
static volatile int told;
static void why(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    told = info->si_errno;
    siglongjmp(back, 1);
}
static int full_tmpfs(void) {
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        (mkdir("small", 0700) != 0 && errno != EEXIST) || mount("none", "small", "tmpfs", 0, "size=1m") != 0)
        return 77;
    int filler = open("small/filler", O_RDWR | O_CREAT, 0600);
    static char block[4096];
    while (write(filler, block, sizeof block) > 0)
        ;
    return errno == ENOSPC ? 0 : 1;
}
static int no_room(void) {
    int fd, full = full_tmpfs();
    if (full)
        return full;
    char *start = map_pages("small/file", 4, &fd);
    struct sigaction action = {.sa_flags = SA_SIGINFO, .sa_sigaction = why};
    sigaction(SIGBUS, &action, NULL);
    if (mm_guard(start, 4 * page) != 0)
        return 2;
    if (sigsetjmp(back, 1) == 0) {
        start[page] = 1;
        return 3;
    }
    return told == ENOSPC && mm_guard_tripped(start) == 0 ? 7 : 4;
}
/* Whoever may write a board's file takes the room from under it, and kills nobody. */
static int board_without_room(void) {
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        (mkdir("small", 0700) != 0 && errno != EEXIST) || mount("none", "small", "tmpfs", 0, "size=4m") != 0)
        return 77;
    struct minichat_options options = {.size = sizeof options, .nick = "a", .flags = MINICHAT_CREATE};
    struct minichat *board = NULL;
    minichat_open(&board, "small/board", &options);
    int fd = open("small/board", O_RDWR), filler = open("small/filler", O_RDWR | O_CREAT, 0600);
    struct stat stat;
    static char block[4096];
    if (!board || fd < 0 || filler < 0 || fstat(fd, &stat) != 0)
        return 1;
    if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, stat.st_size) != 0)
        return 2;
    while (write(filler, block, sizeof block) > 0)
        ;
    int lost = 0;
    for (int i = 0; i < 100 && !lost; i++)
        lost = minichat_post(board, "x", 1, 0, NULL) != 0 ? errno : 0;
    if (lost != ESTALE && lost != EBADMSG)
        return 3;
    if (minichat_post(board, "x", 1, 0, NULL) == 0 || minichat_nick(board, "b", 1) == 0)
        return 4;
    minichat_close(board);
    return 7;
}
static void needs_root(int (*scene)(void), const char *name) {
    int came = in_child(scene);
    if (came == 1077)
        SKIP("it takes root to mount a small file system", "%s", name);
    else
        CHECK_EQ(came, 1007, name);
}

int main(void) {
    page = (size_t)sysconf(_SC_PAGESIZE);
    tap_directory();
    arguments();
    cutting();
    many_pages();
    threads();
    together();
    CHECK_EQ(in_child(dies), SIGBUS, "an unguarded fault kills with SIGBUS");
    CHECK_EQ(in_child(handler_before), 1007, "a handler installed before gets what is not guarded, and may jump out");
    CHECK_EQ(in_child(mask_before), 1007, "with the mask that it asked for");
    CHECK_EQ(in_child(once_before), SIGBUS, "one that is to be called once is called once");
    CHECK_EQ(in_child(ignored_before), SIGBUS, "SIG_IGN ignores what is sent, not a fault");
    CHECK_EQ(in_child(sent), SIGBUS, "a SIGBUS that is sent kills");
    CHECK_EQ(in_child(sent_to_handler), 1007, "or goes to the handler that was there");
    CHECK_EQ(in_child(handler_after), 1007, "a handler installed after passes on to ours");
    CHECK_EQ(in_child(handler_after_then_guard), SIGBUS, "guarded again over it: no endless loop");
    CHECK_EQ(in_child(in_a_child), 1007, "a forked child is guarded for itself");
    CHECK_EQ(in_child(read_only), SIGSEGV, "a read-only range stays read-only");
    CHECK_EQ(in_child(on_the_alternate_stack), 1007, "on an alternate stack");
    CHECK_EQ(in_child(made_writable), 1007, "what was made writable after the guard stays so");
    CHECK_EQ(in_child(made_read_only), SIGSEGV, "what was made read-only after the guard stays so");
    CHECK_EQ(in_child(guarded_again), 1007, "guarded again over what was replaced: the file's end is found below it");
    CHECK_EQ(in_child(handlers_put_back), 1007, "two handlers put back two hundred times: each needs one place");
    CHECK_EQ(in_child(both_guard), 1007, "two threads guard one range twenty thousand times: one of them does");
    CHECK_EQ(in_child(beside_others), 1007, "while others guard and unguard theirs, every fault finds its guard");
    needs_root(no_room, "no room for a store: passed on, with ENOSPC in si_errno, and not tripped");
    needs_root(board_without_room, "a board whose room is taken away: an errno, and nobody dies");
    return tap_end();
}
