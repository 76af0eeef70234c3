/*
 * Diapositive « mmap », exemple 3 : couplage partagé d'un fichier, en écriture.
 *
 *   projection_partagee FICHIER
 *
 * Corrigé par rapport au cours :
 * - PROT_READ | PROT_WRITE : PROT_WRITE seul ne donne pas partout le droit de relire ce qu'on vient
 *   d'écrire ;
 * - lseek et write sont vérifiés : si le fichier n'a pas reçu sa taille, le premier accès tue (SIGBUS) ;
 * - l'échec se compare à MAP_FAILED, pas à (caddr_t) -1 : même valeur, mais caddr_t n'est pas dans POSIX ;
 * - mm_sync avant la fin : les écritures sont déjà visibles de tous ; il les met à l'abri d'une coupure de
 *   courant.
 *
 * mm_create_file(FICHIER, taille, 0644) fait tout cela en un appel, et réserve en plus la place sur le
 * disque.
 */
#include <mapboard.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TAILLE 4096

/* Relit le fichier par open et read : ce qu'un autre programme y voit. */
static void montrer(const char *fichier) {
    char octets[TAILLE];
    int file = open(fichier, O_RDONLY);
    if (file == -1 || read(file, octets, TAILLE) != TAILLE) {
        perror(fichier);
        exit(3);
    }
    close(file);
    printf("dans le fichier : %.2s, puis %d, et à la fin %c\n", octets, octets[2], octets[TAILLE - 1]);
}

int main(int argc, char *argv[]) {
    if (argc != 2) {
        fprintf(stderr, "usage : %s FICHIER\n", argv[0]);
        exit(64);
    }
    const char *fichier = argv[1];

    /* En lecture et écriture : avant d'écrire dans une page, le noyau y lit le contenu du fichier. */
    int file = open(fichier, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (file == -1) {
        perror(fichier);
        exit(1);
    }

    /*
     * La projection n'agrandit pas le fichier, lseek non plus : c'est l'octet écrit en dernière position qui
     * lui donne sa taille. Sinon, erreur bus au premier accès au segment.
     */
    char carqlq = 'x';
    if (lseek(file, TAILLE - 1, SEEK_SET) == -1 || write(file, &carqlq, 1) != 1) {
        perror("donner sa taille au fichier");
        exit(1);
    }

    /* MAP_SHARED est nécessaire pour que les écritures soient visibles dans le fichier. */
    char *base = mm_map(NULL, TAILLE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (base == MAP_FAILED) {
        perror("mm_map");
        exit(2);
    }
    close(file);

    base[0] = 'a';
    base[1] = 'b';
    montrer(fichier);

    if (mm_sync(base, TAILLE, MS_SYNC) == -1 || mm_unmap(base, TAILLE) == -1) {
        perror("fin de la projection");
        exit(4);
    }
    return 0;
}
