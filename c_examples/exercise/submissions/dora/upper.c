#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
    (void)argc;
    int fd = open(argv[1], O_RDWR);
    struct stat st;
    fstat(fd, &st);
    char *text = mmap(0, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int changed = 0;
    for (int i = 0; i < st.st_size; i++, text++)
        if (*text >= 'a' && *text <= 'z') {
            *text = *text - 32;
            changed++;
        }
    munmap(text, st.st_size);
    printf("%d\n", changed);
    return 0;
}
