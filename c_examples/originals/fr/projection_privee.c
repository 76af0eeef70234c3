/*
 * Diapositive « mmap », exemple 2, dans sa forme d'origine. Entre « cours : début » et « cours : fin » ce
 * sont les lignes du cours, telles quelles ; le reste a été ajouté pour en faire un programme (en-têtes,
 * main, déclarations, affichage).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char *argv[]) {
    int file_in;
    size_t taille;
    char *base, *fichier = argc > 1 ? argv[1] : "";

    /* cours : début */
struct stat statbuf; //caractéristiques du fichier

if ((file_in = open (fichier, O_RDONLY)) == -1) { printf ("erreur ...\n"); exit(1); }

if (fstat (file_in, &statbuf) < 0) { printf("erreur fstat"); exit(2); }

taille = statbuf.st_size;

base = mmap (NULL, taille, PROT_READ, MAP_PRIVATE, file_in, 0) ;

if (base == MAP_FAILED) { printf ("mmap failed \n"); exit(3); }
    /* cours : fin */

    printf("%zu octets :\n", taille);
    fwrite(base, 1, taille, stdout);
    return munmap(base, taille) == -1;
}
