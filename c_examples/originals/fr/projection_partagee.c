/*
 * Diapositive « mmap », exemple 3, dans sa forme d'origine, fautes comprises (lseek et write sans contrôle,
 * PROT_WRITE seul, (caddr_t) -1). Entre « cours : début » et « cours : fin » ce sont les lignes du cours,
 * telles quelles, « ... » mis à part ; le reste a été ajouté pour en faire un programme (en-têtes, main,
 * déclarations, affichage).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static void montrer(const char *fichier) {
    char octets[4096];
    int file = open(fichier, O_RDONLY);
    if (file == -1 || read(file, octets, 4096) != 4096)
        exit(3);
    close(file);
    printf("dans le fichier : %.2s, puis %d, et à la fin %c\n", octets, octets[2], octets[4095]);
}

int main(int argc, char *argv[]) {
    int file, taille = 4096;
    char *base, *fichier = argc > 1 ? argv[1] : "";

    /* cours : début */
/* un fichier couplé avec mmap doit être ouvert en lecture ou en lecture/écriture */  
if ((file = open (fichier, O_RDWR | O_CREAT | O_TRUNC, 0644)) == -1) {  
    printf("erreur ...\n"); exit(1);  
}  
  
/* Il faut fixer la taille du fichier avant le couplage au minimum à la taille couverte par la  
projection en mémoire : lseek (taille-1) + write d'un octet */  
  
/* Sinon, erreur bus au premier accès au segment mémoire */  
  
char carqlq = 'x';  
  
lseek (file, taille - 1, SEEK_SET);  
  
write (file, &carqlq, 1);  
  
  
/* MAP_SHARED est nécessaire pour que les écritures soient visibles dans le fichier */  
if ((base = mmap (NULL, taille, PROT_WRITE, MAP_SHARED, file, 0)) == (caddr_t) -1) {  
    printf ("erreur mmap\n"); exit(2);  
}  
  
base[0]='a' ; base[1]='b' ;
    /* cours : fin */

    montrer(fichier);
    return munmap(base, taille) == -1;
}
