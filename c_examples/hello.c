/* Shows a file through its mapping, or says why it cannot: try a directory, /dev/null, an empty file. */
#include <mapboard.h>
#include <stdio.h>

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "hello.txt";
    size_t length;
    char *text = mm_map_file(path, PROT_READ, MAP_PRIVATE, &length);
    if (text == MAP_FAILED) { /* (void *)-1, never NULL */
        mm_perror(path);
        return 1;
    }
    fwrite(text, 1, length, stdout); /* a mapped file has no final '\0' */
    return mm_unmap(text, length) != 0;
}
