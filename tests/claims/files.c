/* A mapped file's size, rights and times: what docs/course-claims.md says beyond the numbered statements. */
#define _GNU_SOURCE
#include <mapboard.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "tap.h"

static struct stat status_of(int fd) {
    struct stat st;
    if (fstat(fd, &st) == -1)
        tap_bail("fstat");
    return st;
}

static long long size_of(int fd) {
    return status_of(fd).st_size;
}

static int make(const char *name) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd == -1)
        tap_bail("%s", name);
    return fd;
}

/* Last read long before it was last written: at the next reading even relatime updates st_atime. */
#define LONG_AGO 1000000000

static void age(int fd) {
    if (futimens(fd, (struct timespec[]){{.tv_sec = LONG_AGO}, {.tv_sec = LONG_AGO + 1}}) == -1)
        tap_bail("futimens");
}

static char load(const char *at) {
    return *(const volatile char *)at;
}

static void size(long page) {
    /* The course's way to give the file its size: lseek to the last place, write one byte. */
    int fd = make("sized");
    if (lseek(fd, 2 * page - 1, SEEK_SET) == -1)
        tap_bail("lseek");
    CHECK_EQ(size_of(fd), 0, "lseek alone does not enlarge the file");
    char *early = mm_map(NULL, (size_t)(2 * page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(early != MAP_FAILED, "an empty file can be mapped");
    CHECK_EQ(size_of(fd), 0, "mapping does not enlarge the file");
    CHECK_EQ(write(fd, "x", 1), 1, "one byte is written at the last place");
    CHECK_EQ(size_of(fd), 2 * page, "the byte at the last place gives the file its size");
    CHECK(early[0] == 0 && early[page] == 0 && early[2 * page - 2] == 0 && early[2 * page - 1] == 'x',
          "what lies before the byte at the last place reads as zeros");

    /* The offset is where in the file the mapping begins. */
    if (pwrite(fd, "second", 6, page) != 6)
        tap_bail("pwrite");
    char *second = mm_map(NULL, 6, PROT_READ, MAP_PRIVATE, fd, page);
    CHECK(second != MAP_FAILED && memcmp(second, "second", 6) == 0,
          "the mapping begins at the file's byte number offset");
    mm_unmap(second, 6);
    mm_unmap(early, (size_t)(2 * page));
    close(fd);
}

static void rights(long page) {
    /* A shared mapping for reading asks for nothing more than the right to read. */
    int reading = open("sized", O_RDONLY);
    char *shared = mm_map(NULL, (size_t)page, PROT_READ, MAP_SHARED, reading, 0);
    CHECK(reading != -1 && shared != MAP_FAILED && shared[0] == 0,
          "a shared mapping without PROT_WRITE needs no right to write the file");
    mm_unmap(shared, (size_t)page);
    close(reading);
}

static void times(size_t page) {
    int fd = open("sized", O_RDWR);
    char *bytes = mm_map(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED)
        tap_bail("sized");
    age(fd);
    load(bytes);
    CHECK_EQ(status_of(fd).st_atime, LONG_AGO, "the first access to a page does not update st_atime");
    mm_unmap(bytes, page);
    close(fd);

    /* On tmpfs a page once loaded is mapped for storing too: nothing tells the file system of the store. */
    fd = memfd_create("memory", MFD_CLOEXEC);
    if (fd == -1 || ftruncate(fd, (off_t)page) == -1)
        tap_bail("memfd_create");
    bytes = mm_map(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED)
        tap_bail("memfd_create");
    age(fd);
    load(bytes);
    *bytes = 's';
    mm_sync(bytes, page, MS_SYNC);
    CHECK_EQ(status_of(fd).st_mtime, LONG_AGO + 1, "on tmpfs a store after a load does not update st_mtime");
    mm_unmap(bytes, page);
    close(fd);
}

int main(void) {
    const long page = sysconf(_SC_PAGESIZE);
    tap_directory();
    size(page);
    rights(page);
    times((size_t)page);
    return tap_end();
}
