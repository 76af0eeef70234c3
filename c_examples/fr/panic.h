/*
 * PANIC_EXIT("quoi") : dit ce qui a échoué, pourquoi et où, puis quitte avec le code 1.
 *
 * Une macro tient sur une seule ligne logique : pour continuer la ligne, contre-oblique immédiatement
 * suivie de RETURN (un espace entre les deux, et la ligne s'arrête là). Le do { } while (0) fait de la
 * macro une seule instruction, sûre après un if sans accolades.
 */
#ifndef PANIC_H
#define PANIC_H
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define PANIC_EXIT(msg)                                                                                  \
    do {                                                                                                 \
        fprintf(stderr, "\n %s : error \"%s\" in file %s in line %d\n", msg, strerror(errno), __FILE__,  \
                __LINE__);                                                                               \
        exit(1);                                                                                         \
    } while (0)
#endif
