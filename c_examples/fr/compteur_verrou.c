/*
 * « Mémoire partagée », dernière page : synchroniser par un verrou de fichier. Le fichier du verrou est
 * vide, connu de tous les processus, et n'est pas projeté : seul son premier octet sert, à être verrouillé.
 *
 *   compteur_verrou [FICHIER_DU_VERROU]
 *
 * - avant d'écrire dans la mémoire partagée : verrou exclusif ; après l'écriture : libérer ;
 * - avant de lire : verrou partagé, que plusieurs lecteurs tiennent ensemble ; après la lecture : libérer.
 *
 * Des enfants augmentent un total et leur propre compte. Entre les deux écritures la mémoire est
 * incohérente : sans verrou, des incréments se perdent et un lecteur voit un total qui n'est pas la somme
 * des comptes.
 *
 * Un verrou fcntl (POSIX) tombe dès que le processus ferme n'importe quel descripteur du fichier ; celui de
 * mm_lock pose le même verrou sur le même octet, mais ne tombe qu'à mm_lock_release, mm_lock_close ou la
 * fin du processus.
 */
#include <mapboard.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "panic.h"

#define ECRIVAINS 4
#define TOURS 500

struct comptes {
    long total;
    long de[ECRIVAINS]; /* ce que chacun a ajouté */
};

static void ecrire(struct comptes *comptes, struct mm_lock *verrou, int moi) {
    for (int tour = 0; tour < TOURS; tour++) {
        if (mm_lock_exclusive(verrou) == -1)
            PANIC_EXIT("mm_lock_exclusive");
        long total = comptes->total;
        comptes->de[moi]++;
        sched_yield(); /* laisse passer un autre processus au pire moment : le verrou doit l'arrêter */
        comptes->total = total + 1;
        if (mm_lock_release(verrou) == -1)
            PANIC_EXIT("mm_lock_release");
    }
}

/* Rend le total, ou -1 s'il n'est pas la somme des comptes. */
static long lire(const struct comptes *comptes, struct mm_lock *verrou) {
    if (mm_lock_shared(verrou) == -1)
        PANIC_EXIT("mm_lock_shared");
    long total = comptes->total, somme = 0;
    for (int i = 0; i < ECRIVAINS; i++)
        somme += comptes->de[i];
    if (mm_lock_release(verrou) == -1)
        PANIC_EXIT("mm_lock_release");
    return total == somme ? total : -1;
}

/* Lit sans cesse jusqu'à voir le total final ; son code de retour dit s'il a vu une incohérence. */
static int surveiller(const struct comptes *comptes, struct mm_lock *verrou) {
    long total;
    do
        total = lire(comptes, verrou);
    while (total >= 0 && total < ECRIVAINS * TOURS);
    return total != ECRIVAINS * TOURS;
}

int main(int argc, char *argv[]) {
    const char *fichier = argc > 1 ? argv[1] : "compteur.verrou";
    struct mm_lock *verrou = mm_lock_open(fichier, 0600); /* ouvert, ou créé vide */
    if (verrou == NULL)
        PANIC_EXIT(fichier);
    struct comptes *comptes =
        mm_map(NULL, sizeof *comptes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (comptes == MAP_FAILED)
        PANIC_EXIT("mm_map");

    for (int i = 0; i <= ECRIVAINS; i++) { /* les écrivains, puis un lecteur */
        switch (fork()) {
        case -1:
            PANIC_EXIT("fork");
        case 0:
            if (i == ECRIVAINS)
                exit(surveiller(comptes, verrou));
            ecrire(comptes, verrou, i);
            exit(EXIT_SUCCESS);
        }
    }

    int etat, echecs = 0;
    while (wait(&etat) != -1)
        echecs += etat != 0;
    printf("total : %ld\n", lire(comptes, verrou));
    printf("lectures incohérentes ou processus en échec : %d\n", echecs);

    unlink(fichier);
    if (mm_lock_close(verrou) == -1 || mm_unmap(comptes, sizeof *comptes) == -1)
        PANIC_EXIT("fin");
    return echecs != 0;
}
