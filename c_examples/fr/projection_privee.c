/*
 * Diapositive « mmap », exemple 2 : couplage privé d'un fichier, en lecture.
 *
 *   projection_privee FICHIER
 *
 * Corrigé par rapport au cours : un fichier vide est dit tel (une projection de longueur 0 est refusée,
 * EINVAL) ; le descripteur est fermé dès que la projection existe, elle lui survit ; chaque erreur donne sa
 * raison. La taille est un size_t, ce que demande mm_map : un int ne suffit plus au-delà de 2 Gio.
 */
#include <mapboard.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char *argv[]) {
    if (argc != 2) {
        fprintf(stderr, "usage : %s FICHIER\n", argv[0]);
        exit(64);
    }
    const char *fichier = argv[1];
    struct stat statbuf; /* caractéristiques du fichier */

    int file_in = open(fichier, O_RDONLY);
    if (file_in == -1) {
        perror(fichier);
        exit(1);
    }
    if (fstat(file_in, &statbuf) < 0) {
        perror("fstat");
        exit(2);
    }
    size_t taille = (size_t)statbuf.st_size;
    if (taille == 0) {
        fprintf(stderr, "%s : fichier vide, rien à projeter\n", fichier);
        exit(3);
    }
    char *base = mm_map(NULL, taille, PROT_READ, MAP_PRIVATE, file_in, 0);
    if (base == MAP_FAILED) {
        perror("mm_map");
        exit(3);
    }
    close(file_in);

    /* Un fichier projeté n'a pas de '\0' final : c'est la taille qui dit où s'arrêter, jamais %s. */
    printf("%zu octets :\n", taille);
    fwrite(base, 1, taille, stdout);

    if (mm_unmap(base, taille) == -1) {
        perror("mm_unmap");
        exit(4);
    }
    return 0;
}
