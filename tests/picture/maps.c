/*
 * Programs to be drawn: `maps CASE` maps, stores and dies in a way that tests/picture.sh knows page by page.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define NAME "a <b> & \"c\" 'd'\n\x1b[31m \xe2\x80\xae" "e.bin" /* ends with a right-to-left override */

/* A new file of `size` bytes, none of them zero. */
static int make(const char *name, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    char *bytes = malloc(size + 1);
    if (fd < 0 || bytes == NULL)
        exit(70);
    memset(bytes, '.', size);
    if (write(fd, bytes, size) != (ssize_t)size)
        exit(71);
    free(bytes);
    return fd;
}

static char *map(size_t pages, int prot, int flags, int fd, off_t offset) {
    char *start = mmap(NULL, pages * PAGE, prot, flags, fd, offset);
    if (start == MAP_FAILED)
        exit(72);
    return start;
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    const int both = PROT_READ | PROT_WRITE;
    volatile char seen;
    if (strcmp(name, "short") == 0) { /* dies in page 4; the file ends in page 2 */
        char *start = map(5, both, MAP_SHARED, make("short.bin", 2 * PAGE + 1000), 0);
        start[7] = 'x';
        start[2 * PAGE + 999] = 'x';
        start[4 * PAGE + 2048] = 'x';
    } else if (strcmp(name, "offset") == 0) { /* the same, seen from the file's second page on */
        char *start = map(4, both, MAP_SHARED, make("offset.bin", 3 * PAGE + 512), PAGE);
        start[PAGE] = 'x';
        start[3 * PAGE] = 'x';
    } else if (strcmp(name, "cut") == 0) {
        int fd = make("cut.bin", 3 * PAGE + 100);
        char *start = map(4, both, MAP_SHARED, fd, 0);
        start[2 * PAGE] = 'x';
        if (ftruncate(fd, PAGE + 10) != 0)
            return 73;
        seen = start[2 * PAGE];
    } else if (strcmp(name, "private") == 0) { /* reads one of 10 pages, writes 3 */
        char *start = map(10, both, MAP_PRIVATE, make("private.bin", 10 * PAGE), 0);
        seen = start[2 * PAGE];
        start[1 * PAGE] = start[4 * PAGE + 5] = start[9 * PAGE] = 'x';
        return start[4 * PAGE + 5] != 'x';
    } else if (strcmp(name, "anonymous") == 0) { /* writes every third page of 1000, reads page 1 */
        char *start = map(1000, both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        madvise(start, 1000 * PAGE, MADV_NOHUGEPAGE);
        for (int page = 0; page < 1000; page += 3)
            start[page * PAGE] = 'x';
        seen = start[PAGE];
        return start[0] != 'x';
    } else if (strcmp(name, "unmapped") == 0) {
        char *start = map(3, both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        start[0] = 'x';
        munmap(start, 3 * PAGE);
        seen = start[PAGE];
    } else if (strcmp(name, "past") == 0) { /* between two mappings that forbid all access lie two pages */
        char *start = map(5, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        munmap(start + PAGE, 3 * PAGE);
        char *own = mmap(start + PAGE, 2 * PAGE, both, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (own != start + PAGE)
            return 74;
        for (int at = 0; at <= 2 * PAGE; at++)
            own[at] = 'x';
    } else if (strcmp(name, "read-only") == 0) {
        char *start = map(2, PROT_READ, MAP_SHARED, make("read.bin", 2 * PAGE), 0);
        start[PAGE + 10] = 'x';
    } else if (strcmp(name, "wait") == 0) { /* to be killed */
        char *start = map(2, both, MAP_SHARED, make("wait.bin", 2 * PAGE), 0);
        start[0] = 'x';
        puts("ready");
        fflush(stdout);
        pause();
    } else if (strcmp(name, "many") == 0) {
        for (int at = 0; at < 3000; at++)
            map(1, at % 2 ? PROT_READ : both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        char *start = map(2, both, MAP_SHARED, make("many.bin", 10), 0);
        start[PAGE] = 'x';
    } else if (strcmp(name, "huge") == 0) { /* 1 GiB, of which three pages are written */
        size_t size = (size_t)1 << 30;
        char *start = map(size / PAGE, both, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        start[0] = start[9 * PAGE] = start[size - 1] = 'x';
        return start[0] != 'x';
    } else if (strcmp(name, "child") == 0) {
        map(1, both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)[0] = 'x';
        if (fork() == 0) {
            char *start = map(2, both, MAP_SHARED, make("child.bin", 10), 0);
            start[PAGE] = 'x';
        }
        int status;
        wait(&status);
        return WTERMSIG(status) != SIGBUS;
    } else if (strcmp(name, "names") == 0) {
        char *start = map(2, both, MAP_SHARED, make(NAME, 10), 0);
        start[PAGE] = 'x';
    } else if (strcmp(name, "tour") == 0) { /* a little of everything, so that texts come close to each other */
        int fd = make("a-rather-long-name-of-a-file-that-does-not-end-so-soon-and-goes-on-and-on-for-quite-a-while-"
                      "until-nobody-can-read-it.bin", 40000);
        char *one = map(8, both, MAP_SHARED, fd, PAGE);
        one[0] = one[5 * PAGE] = 'x';
        char *two = map(12, both, MAP_PRIVATE, fd, 0);
        two[3 * PAGE] = two[9 * PAGE] = 'x';
        char *three = map(16384, both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (int page = 0; page < 16384; page += 1000)
            three[page * PAGE] = 'x';
        mprotect(three + 8192 * PAGE, 256 * PAGE, PROT_READ);
        munmap(three + 10 * PAGE, 2 * PAGE);
        two = mremap(two, 12 * PAGE, 20 * PAGE, MREMAP_MAYMOVE);
        if (two == MAP_FAILED || ftruncate(fd, 9000) != 0)
            return 75;
        seen = two[2 * PAGE];
        seen = two[3 * PAGE];
    }
    (void)seen;
    return 0;
}
