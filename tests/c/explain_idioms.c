/* Why mm_map_file, mm_create_file, mm_remap and mm_guard failed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mapboard.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

static void explained(const char *slug, const char *words) {
    char text[2048];
    mm_explain(text, sizeof text);
    CHECK(!strcmp(mm_explain_slug(), slug) && strstr(text, words), "[%s] %s", mm_explain_slug(), text);
}

static void files(void) {
    volatile int none = 0;
    close(open("empty.bin", O_RDWR | O_CREAT, 0600));
    CHECK_ERRNO(mm_map_file("empty.bin", PROT_READ, MAP_PRIVATE, NULL), -1, EINVAL, "an empty file");
    explained("file-empty", "“empty.bin” is empty");
    CHECK_ERRNO(mm_map_file("no such file", PROT_READ, MAP_PRIVATE, NULL), -1, ENOENT, "no file");
    explained("unknown", "“no such file” or work with it: there is no such file or directory (ENOENT)");
    CHECK_ERRNO(mm_map_file(".", PROT_READ, MAP_PRIVATE, NULL), -1, ENODEV, "a directory");
    explained("not-mappable", "“.” is a directory");
    CHECK_ERRNO(mm_map_file("empty.bin", PROT_READ, none, NULL), -1, EINVAL, "no type");
    explained("type-missing", "the flags (0)");
    CHECK_ERRNO(mm_map_file("empty.bin", PROT_READ, MAP_SHARED | MAP_FIXED, NULL), -1, EINVAL, "MAP_FIXED");
    explained("flag-unsupported", "mm_map_file refuses MAP_FIXED");
    CHECK_ERRNO(mm_map_file(NULL, PROT_READ, MAP_SHARED, NULL), -1, EFAULT, "NULL");
    explained("unknown", "(EFAULT)");
    CHECK_ERRNO(mm_create_file("new.bin", 0, 0600), -1, EINVAL, "length 0");
    explained("length-zero", "the length given to mm_create_file is 0");
    CHECK_ERRNO(mm_create_file("new.bin", (size_t)-1, 0600), -1, EFBIG, "length -1");
    explained("length-negative", "the length given to mm_create_file is -1");

    /* The failed call, whose file is another than that of the last failure. */
    mm_map_file("empty.bin", PROT_READ, MAP_PRIVATE, NULL);
    mm_lock_open("no/such/directory", 0600);
    CHECK_ERRNO(mm_unmap(MAP_FAILED, 10), -1, EINVAL, "MAP_FAILED");
    explained("map-failed-pointer", "the earlier call mm_map_file(…) failed");
    explained("map-failed-pointer", "“empty.bin” is empty");

    /* A path too long to be kept: nothing is said of a file that only begins like it. */
    char longer[300] = "./";
    memset(longer + 2, 'x', 250);
    mm_map_file(longer, PROT_READ, MAP_PRIVATE, NULL);
    explained("unknown", "cannot open the file or work with it");
}

static int full_disk(void) {
    char text[2048];
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || mkdir("small", 0700) != 0 ||
        mount("none", "small", "tmpfs", 0, "size=1m") != 0)
        return 77;
    if (mm_create_file("small/data.bin", 2 << 20, 0600) != MAP_FAILED || errno != ENOSPC)
        return 1;
    mm_explain(text, sizeof text);
    return strcmp(mm_explain_slug(), "disk-full") != 0 || !strstr(text, "“small/data.bin”: it needs 2097152 bytes (2 MiB)") ||
           !strstr(text, "small” has 1048576 bytes (1 MiB) free");
}

static void in_child(const char *name, int (*wrong)(void)) {
    int status = 1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(wrong());
    if (child < 0 || waitpid(child, &status, 0) != child)
        tap_bail("fork");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        SKIP("it takes root", "%s", name);
    else
        CHECK(status == 0, "%s", name);
}

static void ranges(void) {
    char *p = mm_map(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = open("empty.bin", O_RDONLY);
    if (p == MAP_FAILED || mm_unmap(p + 4096, 4096) != 0)
        tap_bail("mm_map");
    char *next = mm_map(p + 4096, 4096, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
    if (next != p + 4096)
        tap_bail("the page behind");
    CHECK_ERRNO(mm_remap(p, 4096, 8192, 0), -1, ENOMEM, "no room to grow");
    explained("address-in-use", "there is no room to grow to 8192 bytes in place: “empty.bin” is mapped at");
    CHECK_ERRNO(mm_remap(p, 4096, 8192, 64), -1, EINVAL, "a flag that mremap does not know");
    explained("flag-unsupported", "mremap refuses 0x40");
    CHECK_ERRNO(mm_remap(p, 4096, 0, MREMAP_MAYMOVE), -1, EINVAL, "to nothing");
    explained("length-zero", "the length given to mremap is 0");
    CHECK_ERRNO(mm_remap(p + 1, 4096, 8192, MREMAP_MAYMOVE), -1, EINVAL, "from within a page");
    explained("address-unaligned", "1 byte before it");
    CHECK(mm_unmap(next, 4096) == 0, "unmapped");
    CHECK_ERRNO(mm_remap(next, 4096, 8192, MREMAP_MAYMOVE), -1, EFAULT, "what is not mapped");
    explained("range-unmapped", "mremap was given 4096 bytes at");
    CHECK_ERRNO(mm_guard(p + 1, 4096), -1, EINVAL, "a guard within a page");
    explained("address-unaligned", "Give mm_guard the address");
    CHECK_ERRNO(mm_guard(p, 8192), -1, ENOMEM, "a guard over a hole");
    explained("range-unmapped", "mm_guard was given 8192 bytes at");
    CHECK_ERRNO(mm_unguard(p, 4096), -1, EINVAL, "not guarded");
    explained("unknown", "but mm_guard() was not: nothing is guarded there");
    mm_unmap(p, 4096);
    close(fd);
}

int main(void) {
    setenv("MAPBOARD_LANG", "en", 1);
    tap_directory();
    files();
    in_child("a disk that is full", full_disk);
    ranges();
    return tap_end();
}
