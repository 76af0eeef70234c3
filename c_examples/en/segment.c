/*
 * The slide's first example: a segment of 4096 bytes, readable and writable, anonymous (no file behind it),
 * shared.
 */
#include <mapboard.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH 4096

int main(void) {
    char *base = mm_map(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) { /* (void *)-1, never NULL */
        perror("mm_map");
        exit(1);
    }

    /* An anonymous segment begins as zeros. */
    printf("first byte: %d, last byte: %d\n", base[0], base[LENGTH - 1]);

    /* It is ordinary memory: store through the pointer, load through the pointer. */
    strcpy(base, "hello from the segment");
    printf("after storing: %s\n", base);

    if (mm_unmap(base, LENGTH) == -1) {
        perror("mm_unmap");
        exit(1);
    }
    return 0;
}
