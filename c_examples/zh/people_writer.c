/*
 * 教程实例之一：写进程。把 ./tmp.txt 映射到内存，写入十个 struct people，休眠期间让读进程来读。
 *
 *   people_writer [休眠秒数]          默认 10 秒，与原程序相同
 *
 * 与教程不同之处（均为改错）：
 * - mmap 失败时返回 MAP_FAILED，即 (void *)-1，不是 0；与 0 比较永远发现不了失败；
 * - lseek 和 write 的返回值要检查：文件没有变长，访问映射区时进程会被 SIGBUS 杀死；
 * - 权限 00777 会把数据文件变成可执行文件，这里用 0644；
 * - 映射成功后立即 close(fd)，映射不受影响；
 * - 输出到管道时标准输出是整块缓冲的，休眠前必须 fflush，否则读者看不到 "initialized over."。
 */
#include <mapboard.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PEOPLE 10

struct people { /* 读进程里的定义必须完全相同 */
    char name[50];
    int age;
};

int main(int argc, char *argv[]) {
    unsigned seconds = argc > 1 ? (unsigned)atoi(argv[1]) : 10;

    int fd = open("./tmp.txt", O_RDWR | O_CREAT, 0644);
    if (fd < 0) {
        perror("打开文件失败 ./tmp.txt");
        exit(1);
    }

    /* 映射不会使文件变长，lseek 也不会；在最后一个位置写一个字节才会。 */
    if (lseek(fd, sizeof(struct people) * PEOPLE - 1, SEEK_SET) == -1 || write(fd, "", 1) != 1) {
        perror("设定文件长度失败");
        exit(1);
    }

    struct people *p_map =
        mm_map(NULL, sizeof(struct people) * PEOPLE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p_map == MAP_FAILED) {
        perror("映射失败");
        exit(1);
    }
    close(fd);

    for (int i = 0; i < PEOPLE; i++) {
        snprintf(p_map[i].name, sizeof p_map[i].name, "%d-Student", i);
        p_map[i].age = i;
    }
    printf("initialized over.\n");
    fflush(stdout);

    sleep(seconds); /* 读进程此时已能看到全部数据，不必等 munmap 或 msync */

    if (mm_unmap(p_map, sizeof(struct people) * PEOPLE) == -1) {
        perror("解除映射失败");
        exit(1);
    }
    printf("unmap ok.\n");
    return 0;
}
