/*
 * « Mémoire partagée anonyme », l'exemple de Michael Kerrisk, dans sa forme d'origine. Entre « cours :
 * début » et « cours : fin » ce sont les lignes du cours, telles quelles ; ont été ajoutés les en-têtes et
 * les deux accolades finales, que la diapositive coupe. _BSD_SOURCE est d'époque : voir
 * docs/course-claims.md.
 */
/* cours : début */
#define _BSD_SOURCE
/* cours : fin */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "panic.h"

/* cours : début */
int
main(int argc, char *argv[]){
    int *addr;                /* Pointer to shared memory region */
    /* Parent creates mapped region prior to calling fork() */
    addr = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (addr == MAP_FAILED) PANIC_EXIT("mmap");
    *addr = 1;                /* Initialize integer in mapped region */
    switch (fork()) {         /* Parent and child share mapping */
    case -1: PANIC_EXIT("fork");
    case 0:                   /* Child: increment shared integer and exit */
        printf("Child started, value = %d\n", *addr);
        (*addr)++;
        if (munmap(addr, sizeof(int)) == -1)
            PANIC_EXIT("munmap");
        exit(EXIT_SUCCESS);
    default:                  /* Parent: wait for child to terminate */
        if (wait(NULL) == -1)
            PANIC_EXIT("wait");
        printf("In parent, value = %d\n", *addr);
        if (munmap(addr, sizeof(int)) == -1)
            PANIC_EXIT("munmap");
        exit(EXIT_SUCCESS);
/* cours : fin */
    }
}
