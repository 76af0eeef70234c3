/*
 * 教程实例之一（写进程）的原样，包括其中的错误：与 0 比较、lseek 和 write 不检查、00777。
 * 除本注释外没有增删任何一行，头文件和 main 教程里本来就有。
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <stdlib.h>
#include <sys/mman.h>
struct people
{
char name[50];
int age;
};
int main()
{
struct people * p_map, * ptmp;
int i = 0;
int fd = open ("./tmp.txt", O_RDWR | O_CREAT, 00777);
if(fd < 0)
{
printf("open file error.\n");
exit(1);
}
lseek(fd, sizeof(struct people) * 10 - 1, SEEK_SET);
write(fd, "", 1);
p_map = (struct people *)mmap(NULL, sizeof(struct people) * 10,
PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
if(p_map == 0)
{
printf("mmap error.\n");
exit(1);
}
ptmp = p_map;
for(i = 0; i < 10; i++)
{
sprintf(ptmp[i].name, "%d-Student", i);
ptmp[i].age = i;
}
printf("initialized over.\n");
sleep(10);
munmap(p_map, sizeof(struct people) * 10);
printf("unmap ok.\n");
}
