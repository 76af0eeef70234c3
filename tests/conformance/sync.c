/* What msync accepts, refuses, and brings to the disk. */
#include "situation.h"
#include <linux/magic.h>
#include <sys/vfs.h>

static void flags(void) {
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, new_file("file", page), 0), "a page");
    FAILS(mm->sync(p, page, MS_SYNC | MS_ASYNC), EINVAL, "MS_SYNC | MS_ASYNC");
    for (int bit = 8; bit > 0 && bit < 0x40000000; bit *= 2)
        FAILS(mm->sync(p, page, MS_SYNC | bit), EINVAL, "unknown bit %#x", (unsigned)bit);
    FAILS(mm->sync(p, page, -1), EINVAL, "all bits");
    FAILS(mm->sync(p + 1, page, MS_SYNC), EINVAL, "addr unaligned");
    FAILS(mm->sync(p + 1, 0, MS_SYNC), EINVAL, "addr unaligned, length 0");
    PASSES(mm->sync(p, page, 0), "0");
    PASSES(mm->sync(p, page, MS_SYNC), "MS_SYNC");
    PASSES(mm->sync(p, page, MS_ASYNC), "MS_ASYNC");
    PASSES(mm->sync(p, page, MS_SYNC | MS_INVALIDATE), "MS_SYNC | MS_INVALIDATE");
    PASSES(mm->sync(p, page, MS_ASYNC | MS_INVALIDATE), "MS_ASYNC | MS_INVALIDATE");
    PASSES(mm->sync(p, page, MS_INVALIDATE), "MS_INVALIDATE");
}

/* How much of the mapping at `p` is stored and not yet on the disk, in KiB. */
static long dirty(const char *p) {
    char line[256], start[32];
    long kib = 0;
    int here = 0;
    FILE *maps = fopen("/proc/self/smaps", "re");
    NEED(maps != NULL);
    snprintf(start, sizeof start, "%lx-", (unsigned long)(uintptr_t)p);
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            here = strncmp(line, start, strlen(start)) == 0;
        else if (here && strstr(line, "_Dirty:")) /* Shared_ and Private_ */
            kib += strtol(strchr(line, ':') + 1, NULL, 10);
    }
    fclose(maps);
    return kib;
}

/* Memory file systems have no disk to bring anything to: their pages stay dirty. */
static int has_a_disk(int fd) {
    struct statfs system;
    NEED(fstatfs(fd, &system) == 0);
    return system.f_type != TMPFS_MAGIC && system.f_type != RAMFS_MAGIC &&
           system.f_type != OVERLAYFS_SUPER_MAGIC;
}

static void lengths(void) {
    int fd = new_file("file", page);
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "a page");
    PASSES(mm->sync(NULL, 0, MS_SYNC), "0, at NULL");
    PASSES(mm->sync(p, 0, MS_SYNC), "0, in the mapping");
    PASSES(mm->sync(p, SIZE_MAX, MS_SYNC), "SIZE_MAX");
    FAILS(mm->sync(p, SIZE_MAX - page + 1, MS_SYNC), ENOMEM, "SIZE_MAX less a page");
    char *hole = MAPS(mm->map(NULL, page, RW, ANONYMOUS, -1, 0), "a page");
    PASSES(mm->unmap(hole, page), "that is unmapped");
    PASSES(mm->sync(hole, SIZE_MAX, MS_SYNC), "SIZE_MAX there: it does not even look");
    PASSES(mm->sync(p, 1, MS_SYNC), "1");
}

static void holes_and_locks(void) {
    int fd = new_file("file", 3 * page);
    char *p = MAPS(mm->map(NULL, 3 * page, RW, MAP_SHARED, fd, 0), "three pages");
    PASSES(mm->unmap(p + page, page), "a hole in the middle");
    EQUAL(poke(p, 'a') + poke(p + 2 * page, 'c'), 0, "the others are stored to");
    FAILS(mm->sync(p, 3 * page, MS_SYNC), ENOMEM, "over the hole");
    if (has_a_disk(fd))
        EQUAL(dirty(p) + dirty(p + 2 * page), 0, "what is before and after it was brought to the disk");
    else
        ALIKE(dirty(p) + dirty(p + 2 * page), "this file system has no disk of its own: what is dirty");
    FAILS(mm->sync(p + page, page, MS_SYNC), ENOMEM, "the hole alone");
    FAILS(mm->sync(p + page, page, MS_ASYNC), ENOMEM, "also with MS_ASYNC");
    NEED(mlock(p, page) == 0);
    FAILS(mm->sync(p, page, MS_SYNC | MS_INVALIDATE), EBUSY, "MS_INVALIDATE on a locked page");
    FAILS(mm->sync(p, page, MS_ASYNC | MS_INVALIDATE), EBUSY, "with MS_ASYNC");
    PASSES(mm->sync(p, page, MS_SYNC), "without MS_INVALIDATE");
}

static void nothing_to_bring(void) {
    int fd = new_file("file", page);
    PASSES(mm->sync(MAPS(mm->map(NULL, page, RW, MAP_PRIVATE, fd, 0), "private"), page, MS_SYNC), "private");
    PASSES(mm->sync(MAPS(mm->map(NULL, page, RW, ANONYMOUS, -1, 0), "anonymous"), page, MS_SYNC),
           "anonymous");
    PASSES(mm->sync(MAPS(mm->map(NULL, page, R, MAP_SHARED, fd, 0), "to read"), page, MS_SYNC), "PROT_READ");
    PASSES(mm->sync(MAPS(mm->map(NULL, page, NONE, MAP_SHARED, fd, 0), "no access"), page, MS_SYNC),
           "PROT_NONE");
}

int main(void) {
    side_by_side("51 flags", flags);
    side_by_side("52 length 0, SIZE_MAX, SIZE_MAX less a page", lengths);
    side_by_side("53 ENOMEM over a hole, EBUSY on a locked page", holes_and_locks);
    side_by_side("54 private, read-only and inaccessible mappings are no error", nothing_to_bring);
    return tap_end();
}
