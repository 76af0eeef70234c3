/* --log FILE: what was read, kept as lines with their dates. */
#ifndef LOG_H
#define LOG_H
#include "crowd.h"

#include <stdio.h>

struct log {
    const char *path;
    FILE *file;     /* NULL: none, or it failed */
    uint64_t after; /* messages up to this one are in it */
    bool failed;
};

/* Opens the file, to add to what is in it. False after a complaint: it cannot be written, or it is the board itself. */
bool log_open(struct log *log, const char *path, const char *board);

void log_message(struct log *log, const struct minichat_message *message, const struct crowd *crowd);

/* Writes out what was said. That it could not is told once, and the conversation goes on. */
void log_flush(struct log *log);

/* `status`, or an exit code if something could not be written. */
int log_close(struct log *log, int status);
#endif
