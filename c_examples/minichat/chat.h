/* The conversation: minichat BOARD [NICK] on a terminal. */
#ifndef CHAT_H
#define CHAT_H
#include "options.h"

int chat(const struct options *options);
#endif
