/*
 * 教程正文：有些系统不支持匿名映射，可以用 fopen 打开 /dev/zero，再对该文件进行映射，达到同样的效果。
 * 这里两种方式各做一遍，输出相同。
 *
 * 教程没有说清的三点：
 * - mmap 需要文件描述符，fopen 得到的是 FILE *，用 fileno 取出描述符；
 * - 要写 MAP_SHARED 的映射区，fopen 的方式必须是 "r+"，用 "r" 则 mmap 返回 EACCES；
 * - 匿名映射并非不能和其他进程共享：MAP_SHARED 的匿名映射和 fork 出的子进程共享，映射 /dev/zero 也一样。
 */
#include <mapboard.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH 4096

static _Noreturn void fail(const char *what) {
    perror(what);
    exit(1);
}

static void use(const char *name, char *map) {
    printf("%s：开头是 %d，末尾是 %d\n", name, map[0], map[LENGTH - 1]);
    fflush(stdout); /* 否则子进程会把缓冲区里的内容再输出一遍 */

    switch (fork()) {
    case -1:
        fail("fork");
    case 0:
        strcpy(map, "子进程写入的内容");
        exit(0);
    }
    if (wait(NULL) == -1)
        fail("wait");
    printf("%s：父进程读到“%s”\n", name, map);

    if (mm_unmap(map, LENGTH) == -1)
        fail("mm_unmap");
}

int main(void) {
    FILE *zero = fopen("/dev/zero", "r+");
    if (zero == NULL)
        fail("/dev/zero");
    char *map = mm_map(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(zero), 0);
    if (map == MAP_FAILED)
        fail("/dev/zero");
    fclose(zero); /* 关闭文件不会解除映射 */
    use("/dev/zero", map);

    map = mm_map(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
        fail("MAP_ANONYMOUS");
    use("MAP_ANONYMOUS", map);
    return 0;
}
