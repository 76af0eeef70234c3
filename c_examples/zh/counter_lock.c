/*
 * 多个进程写同一个计数器：用文件锁来同步。锁文件是单独的一个空文件，所有进程都知道它；访问共享内存之前锁住它的
 * 第一个字节，访问之后解锁。
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
        sched_yield(); /* 在最坏的时刻让出处理器：锁必须挡住别人 */
        *total = seen + 1;
        mm_lock_release(lock);
    }
}

int main(void) {
    struct mm_lock *lock = mm_lock_open("counter.lock", 0600); /* 打开锁文件，没有就建一个空的 */
    if (lock == NULL)
        fail("counter.lock");
    long *total = mm_create_file("counter.bin", sizeof *total, 0600); /* 定长度、预留空间、共享映射 */
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
    printf("%ld，应为 %d\n", *total, WRITERS * ROUNDS);
    mm_lock_release(lock);

    unlink("counter.bin");
    unlink("counter.lock");
    return mm_lock_close(lock) != 0 || mm_unmap(total, sizeof *total) != 0;
}
