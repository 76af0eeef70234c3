#define _POSIX_C_SOURCE 200809L
#include "place.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file of this board: its random number is its name, so a board that was made anew has not been read. */
static bool path_of(struct minichat *chat, char path[PATH_MAX]) {
    struct minichat_info info = {.size = sizeof info};
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int length;
    if (minichat_info(chat, &info) != 0)
        return false;
    if (state && *state == '/') /* a relative one is to be ignored, says the XDG specification */
        length = snprintf(path, PATH_MAX, "%s/minichat/%016" PRIx64, state, info.board_id);
    else if (home && *home == '/')
        length = snprintf(path, PATH_MAX, "%s/.local/state/minichat/%016" PRIx64, home, info.board_id);
    else
        return false;
    return length < PATH_MAX - (int)sizeof ".XXXXXX";
}

uint64_t place_load(struct minichat *chat) {
    char path[PATH_MAX];
    uint64_t number = 0;
    struct minichat_info info = {.size = sizeof info};
    FILE *file = path_of(chat, path) ? fopen(path, "re") : NULL;
    if (!file)
        return 0;
    bool known = fscanf(file, "%" SCNu64, &number) == 1 && minichat_info(chat, &info) == 0;
    fclose(file);
    return known && number <= info.last ? number : 0;
}

/* Makes the directories on the way; those that are there stay as they are. */
static void make_way(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

/* Written beside and renamed: two conversations that end at once leave the number of one of them, whole. */
void place_save(struct minichat *chat) {
    char path[PATH_MAX], beside[PATH_MAX];
    uint64_t number = minichat_dernier(chat);
    if (number == 0 || !path_of(chat, path))
        return;
    make_way(path);
    strcat(strcpy(beside, path), ".XXXXXX");
    int fd = mkstemp(beside);
    if (fd < 0)
        return;
    bool written = dprintf(fd, "%" PRIu64 "\n", number) > 0;
    if (close(fd) != 0 || !written || rename(beside, path) != 0)
        unlink(beside);
}
