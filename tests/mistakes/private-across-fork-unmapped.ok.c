/* Room to work in, of which each process has its own copy on purpose: the parent works there before and after, and never
 * looks for what a child has left. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 1 << 16 };

int main(void) {
    char *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return 2;
    memset(room, 'p', ROOM);
    for (int child = 0; child < 3; child++)
        if (fork() == 0) {
            memset(room, 'a' + child, ROOM);
            exit(munmap(room, ROOM) == 0 ? 0 : 2);
        }
    while (wait(NULL) > 0)
        ;
    memset(room, 'q', ROOM);
    puts(room[0] == 'q' ? "mine" : "whose?");
    munmap(room, ROOM);
    return 0;
}
