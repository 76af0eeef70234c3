/*
 * The slide's third example: a file written through its mapping.
 *
 *   shared_file [FILE]        FILE is shared.bin unless given; what it held is lost
 *
 * mm_create_file(FILE, LENGTH, 0644) does all this in one call, and reserves the room on the disk as well.
 */
#include <mapboard.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LENGTH 4096

static _Noreturn void fail(const char *what) {
    perror(what);
    exit(1);
}

int main(int argc, char *argv[]) {
    const char *path = argc > 1 ? argv[1] : "shared.bin";

    /* For reading too: before a store into a page the kernel reads the page from the file. */
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (fd == -1)
        fail(path);

    /* Mapping does not enlarge a file. Without this the first access would kill us: SIGBUS. */
    if (ftruncate(fd, LENGTH) == -1)
        fail("ftruncate");

    char *base = mm_map(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        fail("mm_map");
    close(fd); /* the mapping outlives the descriptor */

    base[0] = 'a';
    base[1] = 'b';
    base[2] = '\n';

    /* Everybody sees the stores already; this brings them to the disk, safe from a power cut. */
    if (mm_sync(base, LENGTH, MS_SYNC) == -1)
        fail("mm_sync");
    if (mm_unmap(base, LENGTH) == -1)
        fail("mm_unmap");
    return 0;
}
