/* What one reads in a mapping, and who sees what one stores there. */
#include "situation.h"
#include <linux/magic.h>
#include <sys/vfs.h>

static int byte_of(int fd, size_t at) {
    unsigned char byte = 0;
    return pread(fd, &byte, 1, (off_t)at) == 1 ? byte : -1;
}

static long size_of(int fd) {
    struct stat status;
    NEED(fstat(fd, &status) == 0);
    return status.st_size;
}

static void after_the_end(void) {
    int fd = new_file("file", 10);
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "a file of 10 bytes");
    size_t zeros = 10;
    while (zeros < page && p[zeros] == 0)
        zeros++;
    EQUAL(zeros, page, "after its end zeros, to the end of the page");
    EQUAL(poke(p + 10, 's') + poke(p + page - 1, 's'), 0, "stores there raise no signal");
    PASSES(mm->sync(p, page, MS_SYNC), "msync");
    EQUAL(size_of(fd), 10, "the size stays");
    EQUAL(byte_of(fd, 10), -1, "and the file ends where it did");
}

/* Stores a stray byte after the end of the file, lets the file grow over it, and reads that byte. */
static int stray_byte(int fd) {
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "a file of 10 bytes");
    EQUAL(poke(p + 100, 's'), 0, "a stray store");
    NEED(ftruncate(fd, (off_t)page) == 0);
    EQUAL(peek(p + 100), byte_of(fd, 100), "the mapping and read() agree");
    return byte_of(fd, 100);
}

static void later_extension(void) {
    int memory = memfd_create("file", MFD_CLOEXEC), fd = new_file("file", 10);
    NEED(memory >= 0 && ftruncate(memory, 10) == 0);
    EQUAL(stray_byte(memory), 's', "tmpfs keeps the stray byte");
    struct statfs system;
    NEED(fstatfs(fd, &system) == 0);
    if (system.f_type == EXT4_SUPER_MAGIC)
        EQUAL(stray_byte(fd), 0, "ext4 shows zero");
    else
        ALIKE(stray_byte(fd), "this is not ext4, but file system type %#lx", (unsigned long)system.f_type);
}

static void shared_stores(void) {
    int fd = new_file("file", page);
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "a mapping");
    char *second = MAPS(mm->map(NULL, page, R, MAP_SHARED, fd, 0), "another one");
    EQUAL(poke(p + 1, 's'), 0, "a store");
    EQUAL(byte_of(reopen(fd, O_RDONLY), 1), 's', "read() sees it at once, without msync");
    EQUAL(peek(second + 1), 's', "and so does the other mapping");
    IN_CHILD poke(p + 2, 'c');
    EQUAL(peek(second + 2), 'c', "also what another process stored");
    NEED(pwrite(fd, "w", 1, 3) == 1);
    EQUAL(peek(p + 3), 'w', "and what write() wrote");
}

static void private_stores(void) {
    int fd = new_file("file", 2 * page);
    char *p = MAPS(mm->map(NULL, 2 * page, RW, MAP_PRIVATE, fd, 0), "two private pages");
    EQUAL(peek(p), 'x', "show the file");
    NEED(pwrite(fd, "w", 1, 0) == 1);
    EQUAL(peek(p), 'w', "write() shows in a page not yet copied");
    EQUAL(poke(p + 1, 's'), 0, "a store copies the page");
    EQUAL(byte_of(fd, 1), 'x', "which the file does not see");
    NEED(pwrite(fd, "v", 1, 0) == 1 && pwrite(fd, "v", 1, (off_t)page) == 1);
    EQUAL(peek(p), 'w', "write() does not show in the copy");
    EQUAL(peek(p + page), 'v', "but in the other page");
}

static void write_implies_read(void) {
    char *p = MAPS(mm->map(NULL, page, W, ANONYMOUS, -1, 0), "PROT_WRITE alone");
    EQUAL(poke(p, 's'), 0, "a store");
#ifdef __x86_64__
    EQUAL(peek(p), 's', "a load");
#else
    ALIKE(peek(p), "a load, as this machine has it");
#endif
}

int main(void) {
    side_by_side("42 between the end of the file and the end of its page", after_the_end);
    side_by_side("43 what a later extension shows there", later_extension);
    side_by_side("44 a shared store is visible at once", shared_stores);
    side_by_side("45 MAP_PRIVATE: write() shows until the page is copied", private_stores);
    side_by_side("46 PROT_WRITE implies readable on x86", write_implies_read);
    return tap_end();
}
