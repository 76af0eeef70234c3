/*
 * 教程只用一句话描述了 /dev/zero 的用法，没有给出代码。这里是用原始 mmap 调用写成的程序。
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void use(const char *name, char *map) {
    if (map == MAP_FAILED) {
        perror(name);
        exit(1);
    }
    printf("%s：开头是 %d，末尾是 %d\n", name, map[0], map[4095]);
    fflush(stdout);

    switch (fork()) {
    case -1:
        perror("fork");
        exit(1);
    case 0:
        strcpy(map, "子进程写入的内容");
        exit(0);
    }
    wait(NULL);
    printf("%s：父进程读到“%s”\n", name, map);
    munmap(map, 4096);
}

int main(void) {
    FILE *zero = fopen("/dev/zero", "r+");
    if (zero == NULL) {
        perror("/dev/zero");
        exit(1);
    }
    char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(zero), 0);
    fclose(zero);
    use("/dev/zero", map);

    map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    use("MAP_ANONYMOUS", map);
    return 0;
}
