/*
 * 教程实例之二（读进程）的原样，包括其中的错误：与 0 比较、不检查文件长度、O_CREAT。
 * 除本注释外没有增删任何一行，头文件和 main 教程里本来就有。
 */
#include <sys/stat.h>
#include <unistd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <fcntl.h>
struct people
{
char name[50];
int age;
};
int main()
{
int fd = 0, i = 0;
struct people * p_map, * p_tmp;
fd = open("./tmp.txt", O_RDWR | O_CREAT, 00777);
if(fd < 0)
{
printf("open file error.\n");
exit(1);
}
p_map = mmap(NULL, sizeof(struct people) * 10,
PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
if(p_map == 0)
{
printf("mmap error.\n");
exit(1);
}
close(fd);
p_tmp = p_map;
for(i = 0; i < 10; i++)
printf("NAME:%s AGE:%d\n", p_tmp[i].name, p_tmp[i].age);
munmap(p_map, sizeof(struct people) * 10);
}
