/*
 * Diapositive « mmap », exemple 4 : le cours décrit le « minichat » version tableau blanc sans donner de
 * code. Voici le programme décrit, avec les appels bruts : un fichier partagé contenant les 20 derniers
 * messages, projeté dans chaque participant, sans serveur ; toutes les secondes, s'il y en a de nouveaux,
 * on les affiche (`dernier`). Le verrou est celui que le cours enseigne, sur le premier octet d'un fichier
 * vide à part.
 *
 *   tableau_blanc TABLEAU PSEUDO [INTERVALLE_MS [TOURS]]
 *
 * Ce qu'il ne fait pas et que fait minichat_* : refuser un fichier qui n'est pas un tableau, survivre à un
 * participant arrêté pendant qu'il tient le verrou ou à un fichier tronqué, ne rien couper, protéger le
 * terminal.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "panic.h"

#define MESSAGES 20

struct message {
    unsigned long numero;
    char pseudo[64];
    char texte[801];
};

struct tableau {
    unsigned long numero; /* du message le plus récent */
    struct message messages[MESSAGES];
};

static struct tableau *tableau;
static int fd_verrou;

static void verrouiller(short type) {
    struct flock verrou = {.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    if (fcntl(fd_verrou, F_SETLKW, &verrou) == -1)
        PANIC_EXIT("fcntl");
}

static void ouvrir(const char *nom) {
    char nom_verrou[4096];
    snprintf(nom_verrou, sizeof nom_verrou, "%s.verrou", nom);
    fd_verrou = open(nom_verrou, O_RDWR | O_CREAT, 0600);
    if (fd_verrou == -1)
        PANIC_EXIT(nom_verrou);
    int fd = open(nom, O_RDWR | O_CREAT, 0600);
    if (fd == -1)
        PANIC_EXIT(nom);
    /* La taille avant la projection ; ftruncate ne change rien si le tableau existe déjà. */
    if (ftruncate(fd, sizeof *tableau) == -1)
        PANIC_EXIT("ftruncate");
    tableau = mmap(NULL, sizeof *tableau, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (tableau == MAP_FAILED)
        PANIC_EXIT("mmap");
    close(fd);
}

static void poster(const char *pseudo, const char *texte) {
    verrouiller(F_WRLCK);
    struct message *message = &tableau->messages[++tableau->numero % MESSAGES];
    message->numero = tableau->numero;
    snprintf(message->pseudo, sizeof message->pseudo, "%s", pseudo);
    snprintf(message->texte, sizeof message->texte, "%s", texte);
    verrouiller(F_UNLCK);
}

static unsigned long afficher_nouveaux(unsigned long dernier) {
    verrouiller(F_RDLCK);
    unsigned long premier = tableau->numero > MESSAGES ? tableau->numero - MESSAGES + 1 : 1;
    if (dernier + 1 < premier) {
        printf("(%lu messages manqués après le n° %lu)\n", premier - dernier - 1, dernier);
        dernier = premier - 1;
    }
    while (dernier < tableau->numero) {
        const struct message *message = &tableau->messages[++dernier % MESSAGES];
        printf("%lu %s : %s\n", message->numero, message->pseudo, message->texte);
    }
    verrouiller(F_UNLCK);
    fflush(stdout);
    return dernier;
}

static int poster_une_ligne(const char *pseudo) {
    static char *ligne;
    static size_t capacite;

    if (getline(&ligne, &capacite, stdin) == -1)
        return 0;
    ligne[strcspn(ligne, "\n")] = '\0';
    if (*ligne != '\0')
        poster(pseudo, ligne);
    return 1;
}

int main(int argc, char *argv[]) {
    if (argc < 3) {
        fprintf(stderr, "usage : %s TABLEAU PSEUDO [INTERVALLE_MS [TOURS]]\n", argv[0]);
        exit(64);
    }
    int intervalle = argc > 3 ? atoi(argv[3]) : 1000;
    long tours = argc > 4 ? atol(argv[4]) : -1;

    ouvrir(argv[1]);
    setvbuf(stdin, NULL, _IONBF, 0);
    struct pollfd clavier = {.fd = STDIN_FILENO, .events = POLLIN};
    unsigned long dernier = 0;
    int fini = 0;

    dernier = afficher_nouveaux(dernier);
    while (!fini && tours-- != 0) {
        if (poll(&clavier, 1, intervalle) == -1)
            PANIC_EXIT("poll");
        fini = clavier.revents != 0 && !poster_une_ligne(argv[2]);
        dernier = afficher_nouveaux(dernier);
    }
    printf("dernier = %lu\n", dernier);
    return munmap(tableau, sizeof *tableau) == -1;
}
