#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct stat st;
    int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;
    if (fd == -1 || fstat(fd, &st) == -1) {
        perror("upper");
        return 1;
    }
    char *text = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (text == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    close(fd);
    long changed = 0;
    for (off_t i = 0; i < st.st_size; i++)
        if (text[i] >= 'a' && text[i] <= 'z') {
            text[i] -= 'a' - 'A';
            changed++;
        }
    munmap(text, st.st_size);
    printf("%ld\n", changed);
    return 0;
}
