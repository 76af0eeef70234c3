/*
 * Boards on which somebody wrote what no participant writes: none of our calls crashes, hangs, answers what
 * it must not or writes where it must not. Then the same while somebody writes all the time. MAPBOARD_SEED
 * repeats a run.
 */
#include "attack/soak.h"
#include "fuzz/board.h"
#include <dirent.h>

struct progress {
    uint64_t round;
    _Atomic uint64_t scribbled; /* how often the one who writes all the time has begun another place */
    char wrong[100];
};
static struct progress *progress; /* shared with the child that does it */

static void fuzz_wrong(const char *what) {
    snprintf(progress->wrong, sizeof progress->wrong, "%s", what);
    _exit(1);
}

static const char *corpus_path(void) {
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/tests/fuzz/corpus", getenv("MB_ROOT") ? getenv("MB_ROOT") : "");
    return path;
}

/* `act` in a child, which may crash. */
static void in_child(void (*act)(uint64_t, uint64_t, double), uint64_t seed, uint64_t rounds, double share,
                     const char *name) {
    memset(progress, 0, sizeof *progress);
    pid_t child = chat_fork();
    if (child == 0) {
        if (mkdir(name, 0700) != 0 || chdir(name) != 0)
            tap_bail("%s", name);
        alarm(soak_seconds() > 0 ? (unsigned)soak_seconds() + 60 : 100);
        fuzz_begin();
        act(seed, rounds, share);
        _exit(0);
    }
    int status = chat_status(child);
    CHECK(status == 0 && progress->round >= 20, "%s: round %llu, seed %llu: %s%s", name,
          (unsigned long long)progress->round, (unsigned long long)seed,
          status == 0 ? "all well" : status < 1000 ? progress->wrong : strsignal(status - 1000),
          status == 1000 + SIGALRM ? " (a call that does not end)" : "");
    char row[100];
    snprintf(row, sizeof row, "hostile file: %s", name);
    ATTACK(row, progress->round, status != 0);
}

static void spoiled(uint64_t seed, uint64_t rounds, double share) {
    uint8_t steps[16 * FUZZ_STEP];
    for (; progress->round < rounds && soak_goes_on(share); progress->round++) {
        uint64_t state = mixed(seed, progress->round);
        for (size_t i = 0; i < sizeof steps; i += 4) {
            uint32_t some = (uint32_t)mixed(state, i);
            memcpy(steps + i, &some, 4);
        }
        fuzz_board(steps, (1 + state % 16) * FUZZ_STEP);
    }
}

/* Those that the fuzzer found to come to different places; how many there are is not said: all there are. */
static void corpus(uint64_t seed, uint64_t rounds, double share) {
    (void)seed, (void)rounds, (void)share;
    char name[PATH_MAX + 300];
    uint8_t steps[64 * FUZZ_STEP];
    DIR *directory = opendir(corpus_path());
    if (!directory)
        tap_bail("%s", corpus_path());
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", corpus_path(), entry->d_name);
        int fd = open(name, O_RDONLY | O_CLOEXEC);
        ssize_t size = read(fd, steps, sizeof steps);
        if (size < 0)
            tap_bail("%s", name);
        close(fd);
        fuzz_board(steps, (size_t)size);
        progress->round++;
    }
    closedir(directory);
}

/* Writes until it is killed: to the words that everything hangs on, most of the time. */
static void scribble(uint64_t seed) {
    unsigned char *board = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fuzz_file, 0);
    if (board == MAP_FAILED)
        _exit(1);
    volatile uint64_t *ring = (uint64_t *)(board + FILE_RING(0));
    for (uint64_t i = 0;; progress->scribbled = ++i) {
        uint64_t some = mixed(seed, i), slot = some % 20, number = slot + 20 * (1 + (some >> 8 & 1));
        volatile uint64_t *buffer = (uint64_t *)(board + FILE_BUFFER((some >> 16) % 42));
        volatile uint64_t *person = (uint64_t *)(board + FILE_PERSON((some >> 16) % 4));
        switch (some >> 32 & 7) {
        case 0:
        case 1: /* the same entry, with one buffer after the other: a reader hardly sees it twice the same */
            for (uint64_t turn = 0; turn < 2000; turn++)
                ring[8 * slot] = ENTRY_OF(number, some >> 50 & 1 ? turn % (64 * 21) : turn * 67 % 65536);
            break;
        case 2: { /* nonsense, and then not: of what stays, every call would only say EBADMSG */
            uint64_t before = ring[8 * slot];
            for (uint64_t turn = 0; turn < 100; turn++)
                ring[8 * slot] = turn % 2 ? before : some;
            break;
        }
        case 3: /* marks, which come and go under everybody's swap */
            for (uint64_t turn = 0; turn < 2000; turn++)
                ring[8 * slot] ^= ENTRY_MARKS & turn << 14;
            break;
        case 4: /* an older message of the slot, or a newer one */
            ring[8 * slot] += some >> 50 & 1 ? ENTRY_OF(20, 0) : -ENTRY_OF(20, 0);
            break;
        case 5:
            person[(some >> 24) % 2 ? 0 : (some >> 25) % 40] = some >> 20;
            break;
        default:
            buffer[(some >> 24) % 128] = mixed(some, 1);
        }
    }
}

static void scribbled(uint64_t seed, uint64_t rounds, double share) {
    pid_t writer = chat_fork();
    if (writer == 0)
        scribble(seed);
    while (progress->scribbled < 100)
        sched_yield();
    for (; progress->round < rounds && soak_goes_on(share); progress->round++) {
        if (progress->round % 16 == 0) {
            fuzz_close();
            if (pwrite(fuzz_file, fuzz_whole, FUZZ_NEAR, 0) != (ssize_t)FUZZ_NEAR)
                tap_bail("pwrite");
        }
        uint64_t some = mixed(seed ^ 1, progress->round);
        struct fuzz_step step = {.what = 0x80, .which = (uint8_t)some, .how = (uint16_t)(some >> 8)};
        step.value = some >> 24;
        fuzz_call(&step);
    }
    fuzz_close();
    printf("# meanwhile %llu places were written to\n", (unsigned long long)progress->scribbled);
    fflush(stdout);
    kill(writer, SIGKILL);
    chat_status(writer);
}

int main(void) {
    tap_directory();
    progress = shared_memory(sizeof *progress);
    soak_goes_on(1);
    uint64_t some = seed();
    if (access(corpus_path(), R_OK) == 0)
        in_child(corpus, some, 0, 1, "boards that the fuzzer found");
    else
        SKIP("MB_ROOT is not set", "boards that the fuzzer found");
    in_child(spoiled, some, soak_times(5000, 1000000), 0.5, "boards that were spoiled");
    in_child(scribbled, some, soak_times(50000, 10000000), 1, "calls while the board is being spoiled");
    return tap_end();
}
