/*
 * Diapositive « mmap », exemple 4 : le « minichat », version tableau blanc.
 *
 *   tableau_blanc TABLEAU PSEUDO [INTERVALLE_MS [TOURS]]
 *
 * Un fichier partagé contient les 20 derniers messages ; minichat_open le projette dans chaque participant,
 * sans qu'il faille un serveur. Chaque ligne tapée paraît chez tous. Toutes les secondes (INTERVALLE_MS), on
 * affiche les nouveaux messages, s'il y en a : `dernier` est le numéro du dernier message vu. Le programme
 * s'arrête à la fin de l'entrée (^D), ou après TOURS tours.
 *
 * La version complète, avec /who, /nick, /me et sans attente d'une seconde, est c_examples/minichat.
 */
#include <mapboard.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void echec(const char *quoi) {
    perror(quoi);
    exit(1);
}

/* Affiche les messages plus récents que `dernier` et rend le nouveau `dernier`. */
static uint64_t afficher_nouveaux(struct minichat *chat, uint64_t dernier) {
    struct minichat_message message;
    char texte[4 * MINICHAT_TEXT_MAX + 1];
    ssize_t lus;

    while ((lus = minichat_read(chat, &message, 1)) == 1) {
        if (message.missed > 0)
            printf("(%" PRIu64 " messages manqués après le n° %" PRIu64 ")\n", message.missed, dernier);
        /* Le texte vient d'un autre : minichat_display neutralise ce qui commanderait le terminal. */
        minichat_display(texte, sizeof texte, message.text, message.text_length);
        printf("%" PRIu64 " %s : %s\n", message.number, message.nick, texte);
        dernier = message.number;
    }
    if (lus == -1)
        echec("minichat_read");
    fflush(stdout);
    return dernier;
}

/* Poste une ligne tapée ; rend 0 à la fin de l'entrée. */
static int poster_une_ligne(struct minichat *chat) {
    static char *ligne; /* getline l'agrandit : aucune ligne n'est coupée en silence */
    static size_t capacite;

    if (getline(&ligne, &capacite, stdin) == -1)
        return 0;
    size_t longueur = strcspn(ligne, "\n");
    if (longueur > 0 && minichat_post(chat, ligne, longueur, 0, NULL) == -1)
        perror("message refusé"); /* trop long, ou pas en UTF-8 : on le dit et on continue */
    return 1;
}

int main(int argc, char *argv[]) {
    if (argc < 3) {
        fprintf(stderr, "usage : %s TABLEAU PSEUDO [INTERVALLE_MS [TOURS]]\n", argv[0]);
        exit(64);
    }
    int intervalle = argc > 3 ? atoi(argv[3]) : 1000;
    long tours = argc > 4 ? atol(argv[4]) : -1; /* -1 : sans fin */
    struct minichat_options options = {
        .size = sizeof options, .flags = MINICHAT_CREATE, .mode = 0600, .nick = argv[2], .after = 0};
    struct minichat *chat;

    if (minichat_open(&chat, argv[1], &options) == -1)
        echec(argv[1]);

    /* Sans tampon, getline ne garde aucune ligne que poll ne verrait plus. */
    setvbuf(stdin, NULL, _IONBF, 0);
    struct pollfd clavier = {.fd = STDIN_FILENO, .events = POLLIN};
    uint64_t dernier = 0;
    int fini = 0;

    dernier = afficher_nouveaux(chat, dernier);
    while (!fini && tours-- != 0) {
        if (poll(&clavier, 1, intervalle) == -1)
            echec("poll");
        fini = clavier.revents != 0 && !poster_une_ligne(chat);
        dernier = afficher_nouveaux(chat, dernier);
    }
    printf("dernier = %" PRIu64 "\n", dernier);
    return minichat_close(chat) == -1;
}
