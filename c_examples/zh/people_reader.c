/*
 * 教程实例之二：读进程。映射写进程正在使用的 ./tmp.txt，打印其中的十个 struct people。
 *
 * 与教程不同之处（均为改错）：
 * - 与 MAP_FAILED 比较，不与 0 比较；
 * - 先用 fstat 检查文件长度：文件不够长时映射照样成功，但访问文件末尾以后的页会收到 SIGBUS；
 * - 只读打开、只读映射，而且不用 O_CREAT：读进程不该在写进程之前造出一个空文件；
 * - 文件内容来自别的进程，name 不一定以 '\0' 结尾，打印时限定长度。
 */
#include <mapboard.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEOPLE 10

struct people { /* 写进程里的定义必须完全相同 */
    char name[50];
    int age;
};

int main(void) {
    struct stat st;

    int fd = open("./tmp.txt", O_RDONLY);
    if (fd < 0) {
        perror("打开文件失败 ./tmp.txt");
        exit(1);
    }
    if (fstat(fd, &st) == -1) {
        perror("读取文件长度失败");
        exit(1);
    }
    if ((size_t)st.st_size < sizeof(struct people) * PEOPLE) {
        fprintf(stderr, "文件太短：%lld 字节，需要 %zu 字节\n", (long long)st.st_size,
                sizeof(struct people) * PEOPLE);
        exit(1);
    }

    const struct people *p_map = mm_map(NULL, sizeof(struct people) * PEOPLE, PROT_READ, MAP_SHARED, fd, 0);
    if (p_map == MAP_FAILED) {
        perror("映射失败");
        exit(1);
    }
    close(fd); /* 关闭文件描述符不会解除映射 */

    for (int i = 0; i < PEOPLE; i++)
        printf("NAME:%.*s AGE:%d\n", (int)sizeof p_map[i].name, p_map[i].name, p_map[i].age);

    if (mm_unmap((void *)p_map, sizeof(struct people) * PEOPLE) == -1) {
        perror("解除映射失败");
        exit(1);
    }
    return 0;
}
