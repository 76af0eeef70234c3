/*
 * One integer, two processes (after Michael Kerrisk): the parent maps it before fork, the child adds one,
 * the parent waits for the child's end and reads what the child wrote.
 */
#include <mapboard.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void fail(const char *what) {
    perror(what);
    exit(1);
}

int main(void) {
    /* An int has 4 bytes; the kernel maps a whole page. */
    int *counter = mm_map(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counter == MAP_FAILED)
        fail("mm_map");
    *counter = 1;

    switch (fork()) { /* parent and child share the mapping */
    case -1:
        fail("fork");
    case 0:
        printf("child: %d\n", *counter);
        (*counter)++;
        exit(0); /* the end of a process unmaps all that it has mapped */
    }
    if (wait(NULL) == -1) /* all the synchronisation that is needed here */
        fail("wait");
    printf("parent: %d\n", *counter);
    return mm_unmap(counter, sizeof *counter) != 0;
}
