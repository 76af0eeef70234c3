/*
 * On an older kernel, where the mappings can only be read as text and statx() does not exist, the explanations are the
 * same; only the mount of a full disk is not known.
 */
#define _GNU_SOURCE
#include "failures.h"
#include "older.h"

int main(void) {
    static char before[FAILURES][1024], after[1024];
    static int made[FAILURES];
    setenv("MAPBOARD_LANG", "en", 1);
    tap_directory();
    failures_prepare();
    close(open("too large.bin", O_RDWR | O_CREAT, 0600));
    for (size_t i = 0; i < FAILURES; i++) {
        made[i] = failure_make(&failures[i]);
        mm_explain(before[i], sizeof before[i]);
    }
    if (!older_pretend()) {
        SKIP("seccomp filters are forbidden here", "explanations on an older kernel");
        return tap_end();
    }
    for (size_t i = 0; i < FAILURES; i++) {
        if (!made[i] || !failure_make(&failures[i]))
            continue;
        const char *slug = mm_explain_slug();
        mm_explain(after, sizeof after);
        if (failures[i].fail == fail_disk_full) /* the free space changes, and the mount is not known */
            CHECK(!strcmp(slug, "disk-full") && strstr(after, "its file system has"), "%s: %s", failures[i].slug, after);
        else
            CHECK(!strcmp(before[i], after), "%s: %s", failures[i].slug, after);
    }
    return tap_end();
}
