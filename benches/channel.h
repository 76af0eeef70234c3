/* What a user could pick instead: something that carries messages from one process to another, both ways. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#define CHANNEL_MESSAGE 128 /* bytes of each message */

#ifdef __cplusplus
extern "C" {
#endif

struct channel {
    const char *name;
    /* Before the two processes part; NULL: it cannot be used here. `directory` is a temporary one. */
    void *(*make)(const char *directory);
    /* In each process afterwards: side 0 or 1. */
    void (*enter)(void *made, int side);
    void (*send)(void *made, const void *message);
    void (*receive)(void *made, void *message);
    /* In the process that made it, when the other has gone. */
    void (*end)(void *made);
};

extern const struct channel channel_pipe, channel_datagram, channel_seqpacket, channel_posix, channel_sysv,
    channel_mutex, channel_file;
/* Compiled in if the package is installed. */
extern const struct channel channel_boost, channel_zeromq, channel_redis;

#ifdef __cplusplus
}
#endif
#endif
