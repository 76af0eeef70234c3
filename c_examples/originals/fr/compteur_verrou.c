/*
 * « Mémoire partagée », dernière page : le cours décrit le verrou sans donner de code. Voici le programme
 * avec les appels bruts, mmap et fcntl, et le verrou POSIX que le cours demande : sur le premier octet d'un
 * fichier vide, exclusif pour écrire, partagé pour lire.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "panic.h"

#define ECRIVAINS 4
#define TOURS 500

struct comptes {
    long total;
    long de[ECRIVAINS];
};

/* F_WRLCK : exclusif ; F_RDLCK : partagé ; F_UNLCK : libérer. */
static void verrouiller(int fd, short type) {
    struct flock verrou = {.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    if (fcntl(fd, F_SETLKW, &verrou) == -1)
        PANIC_EXIT("fcntl");
}

static void ecrire(struct comptes *comptes, int fd, int moi) {
    for (int tour = 0; tour < TOURS; tour++) {
        verrouiller(fd, F_WRLCK);
        long total = comptes->total;
        comptes->de[moi]++;
        sched_yield();
        comptes->total = total + 1;
        verrouiller(fd, F_UNLCK);
    }
}

static long lire(const struct comptes *comptes, int fd) {
    verrouiller(fd, F_RDLCK);
    long total = comptes->total, somme = 0;
    for (int i = 0; i < ECRIVAINS; i++)
        somme += comptes->de[i];
    verrouiller(fd, F_UNLCK);
    return total == somme ? total : -1;
}

static int surveiller(const struct comptes *comptes, int fd) {
    long total;
    do
        total = lire(comptes, fd);
    while (total >= 0 && total < ECRIVAINS * TOURS);
    return total != ECRIVAINS * TOURS;
}

int main(int argc, char *argv[]) {
    const char *fichier = argc > 1 ? argv[1] : "compteur.verrou";
    int fd = open(fichier, O_RDWR | O_CREAT, 0600); /* F_WRLCK demande un descripteur ouvert en écriture */
    if (fd == -1)
        PANIC_EXIT(fichier);
    struct comptes *comptes =
        mmap(NULL, sizeof *comptes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (comptes == MAP_FAILED)
        PANIC_EXIT("mmap");

    for (int i = 0; i <= ECRIVAINS; i++) {
        switch (fork()) {
        case -1:
            PANIC_EXIT("fork");
        case 0:
            if (i == ECRIVAINS)
                exit(surveiller(comptes, fd));
            ecrire(comptes, fd, i);
            exit(EXIT_SUCCESS);
        }
    }

    int etat, echecs = 0;
    while (wait(&etat) != -1)
        echecs += etat != 0;
    printf("total : %ld\n", lire(comptes, fd));
    printf("lectures incohérentes ou processus en échec : %d\n", echecs);

    unlink(fichier);
    close(fd);
    return munmap(comptes, sizeof *comptes) == -1 || echecs != 0;
}
