/* The foot of the screen: the line being typed, or for a moment a question in its place. */
#ifndef FOOT_H
#define FOOT_H
#include "line.h"
#include "words.h"

/* As line.h has them. */
bool foot_open(const char *prompt);
void foot_close(void);
void foot_hide(void);
void foot_show(void);
void foot_resized(void);

/* A question stands there until foot_answered(); another one takes its place. It is shown by foot_show(). */
void foot_ask(enum word word, const char *const holes[]);
bool foot_asking(void);
void foot_answered(void);
#endif
