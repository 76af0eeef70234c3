/*
 * « Mémoire partagée anonyme » : l'exemple de Michael Kerrisk. Le père crée le segment avant fork ;
 * l'enfant augmente l'entier, le père attend la fin de l'enfant et lit la valeur écrite par lui. Chacun
 * défait sa propre projection : celle de l'autre reste.
 *
 * Corrigé par rapport au cours : plus de _BSD_SOURCE (obsolète depuis glibc 2.20 ; mapboard.h suffit), et
 * main ne prend pas d'arguments qu'il n'utilise pas. Les deux lignes affichées sont celles de Kerrisk.
 */
#include <mapboard.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "panic.h"

int main(void) {
    /* Un int occupe 4 octets, le noyau projette une page entière : la longueur n'a pas à être un multiple. */
    int *addr = mm_map(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (addr == MAP_FAILED)
        PANIC_EXIT("mm_map");
    *addr = 1; /* valeur initiale de l'entier partagé */

    switch (fork()) { /* le père et l'enfant partagent la projection */
    case -1:
        PANIC_EXIT("fork");
    case 0: /* l'enfant : augmente l'entier partagé et se termine */
        printf("Child started, value = %d\n", *addr);
        (*addr)++;
        if (mm_unmap(addr, sizeof(int)) == -1)
            PANIC_EXIT("mm_unmap");
        exit(EXIT_SUCCESS);
    default: /* le père : attend la fin de l'enfant (wait suffit ici à synchroniser les accès) */
        if (wait(NULL) == -1)
            PANIC_EXIT("wait");
        printf("In parent, value = %d\n", *addr);
        if (mm_unmap(addr, sizeof(int)) == -1)
            PANIC_EXIT("mm_unmap");
        exit(EXIT_SUCCESS);
    }
}
