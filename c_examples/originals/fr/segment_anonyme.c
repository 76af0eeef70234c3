/*
 * Diapositive « mmap », exemple 1, dans sa forme d'origine. Entre « cours : début » et « cours : fin » ce
 * sont les lignes du cours, telles quelles ; le reste a été ajouté pour en faire un programme (en-têtes,
 * main, affichage).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int main(void) {
    /* cours : début */
char* base = mmap (NULL, 4096, PROT_WRITE | PROT_READ, MAP_SHARED |  
MAP_ANONYMOUS, -1, 0);

if (base == MAP_FAILED) { printf ("mmap failed \n"); exit(1); }
    /* cours : fin */

    printf("premier octet : %d, dernier octet : %d\n", base[0], base[4095]);
    strcpy(base, "bonjour du segment");
    base[4095] = '!';
    printf("après écriture : %s %c\n", base, base[4095]);
    return munmap(base, 4096) == -1;
}
