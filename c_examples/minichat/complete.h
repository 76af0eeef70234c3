/* Tab: the names of those who are here, and the commands. */
#ifndef COMPLETE_H
#define COMPLETE_H
#include "session.h"

/*
 * What to put in place of the last `*replaced` bytes of `before`, the line up to the cursor; the caller frees it. NULL: it
 * is not clear what, and what it could be was told.
 */
char *complete(struct session *session, const char *before, size_t *replaced);
#endif
