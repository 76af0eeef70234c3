/*
 * Diapositive « mmap », exemple 1 : un segment de 4096 octets, en lecture et en écriture, anonyme (sans
 * fichier) et partagé.
 *
 * Corrigé par rapport au cours : l'erreur va sur la sortie d'erreur et donne sa raison (perror) ; le
 * segment est rendu par mm_unmap, dont on vérifie le retour.
 */
#include <mapboard.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAILLE 4096

int main(void) {
    char *base = mm_map(NULL, TAILLE, PROT_WRITE | PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) {
        perror("mm_map");
        exit(1);
    }

    /* Le contenu d'un segment anonyme est initialisé à zéro. */
    printf("premier octet : %d, dernier octet : %d\n", base[0], base[TAILLE - 1]);

    /* C'est de la mémoire ordinaire : on y écrit et on la relit par le pointeur. */
    strcpy(base, "bonjour du segment");
    base[TAILLE - 1] = '!';
    printf("après écriture : %s %c\n", base, base[TAILLE - 1]);

    if (mm_unmap(base, TAILLE) == -1) {
        perror("mm_unmap");
        exit(1);
    }
    return 0;
}
