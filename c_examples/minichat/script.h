/* What scripts ask for: the verbs of the command line, but the conversation. Each returns the exit code. */
#ifndef SCRIPT_H
#define SCRIPT_H
#include "options.h"

int script_post(const struct options *options);
int script_follow(const struct options *options);
int script_last(const struct options *options);
int script_who(const struct options *options);
int script_info(const struct options *options);
int script_unlink(const struct options *options);
int script_list(const struct options *options);
#endif
