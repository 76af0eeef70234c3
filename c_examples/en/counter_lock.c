/*
 * Many writers, one counter: the course's lock. It is a separate, empty file that all processes know; its
 * first byte is locked before the shared memory is touched, and released afterwards.
 */
#include <mapboard.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 4
#define ROUNDS 500

static _Noreturn void fail(const char *what) {
    perror(what);
    exit(1);
}

static void add(long *total, struct mm_lock *lock) {
    for (int round = 0; round < ROUNDS; round++) {
        mm_lock_exclusive(lock);
        long seen = *total;
        sched_yield(); /* lets somebody else run, at the worst moment: the lock must stop them */
        *total = seen + 1;
        mm_lock_release(lock);
    }
}

int main(void) {
    struct mm_lock *lock = mm_lock_open("counter.lock", 0600); /* opened, or created empty */
    if (lock == NULL)
        fail("counter.lock");
    long *total = mm_create_file("counter.bin", sizeof *total, 0600); /* sized and mapped, shared */
    if (total == MAP_FAILED)
        fail("counter.bin");

    for (int i = 0; i < WRITERS; i++) {
        switch (fork()) {
        case -1:
            fail("fork");
        case 0:
            add(total, lock);
            exit(0);
        }
    }
    while (wait(NULL) != -1)
        ;
    mm_lock_shared(lock);
    printf("%ld of %d\n", *total, WRITERS * ROUNDS);
    mm_lock_release(lock);

    unlink("counter.bin");
    unlink("counter.lock");
    return mm_lock_close(lock) != 0 || mm_unmap(total, sizeof *total) != 0;
}
