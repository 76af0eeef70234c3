/*
 * 一个整数，两个进程（出自 Michael Kerrisk 的例子）：父进程在 fork 之前建立映射，子进程把它加一，父进程等子进程结束，
 * 再读出子进程写入的值。
 *
 * 教程说匿名映射“无法和其他进程共享”，其实 MAP_SHARED 的匿名映射由 fork 出的子进程共享，这里就是。
 */
#include <mapboard.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void fail(const char *what) {
    perror(what);
    exit(1);
}

int main(void) {
    /* 一个 int 只有 4 个字节，内核映射的是整整一页。 */
    int *counter = mm_map(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counter == MAP_FAILED)
        fail("映射失败");
    *counter = 1;

    switch (fork()) { /* 父子进程共享这个映射 */
    case -1:
        fail("fork");
    case 0:
        printf("子进程：%d\n", *counter);
        (*counter)++;
        exit(0); /* 进程结束时，它的映射全部自动解除 */
    }
    if (wait(NULL) == -1) /* 在这里，等待就是全部的同步 */
        fail("wait");
    printf("父进程：%d\n", *counter);
    return mm_unmap(counter, sizeof *counter) != 0;
}
