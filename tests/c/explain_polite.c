/*
 * Explaining disturbs nothing: the descriptors and their numbers, the mappings, errno, and above all the POSIX locks,
 * which a process loses when anything in it closes any descriptor of the file.
 */
#define _GNU_SOURCE
#include "failures.h"
#include <dirent.h>
#include <sys/wait.h>

/* What the process has open, as "number path" lines; without the directory that is being read. */
static void descriptors(char *text, size_t size) {
    DIR *directory = opendir("/proc/self/fd");
    if (!directory)
        tap_bail("/proc/self/fd");
    struct dirent *entry;
    size_t length = 0;
    text[0] = 0;
    while ((entry = readdir(directory))) {
        char path[300], link[256];
        snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
        ssize_t got = readlink(path, link, sizeof link - 1);
        if (got < 0 || atoi(entry->d_name) == dirfd(directory))
            continue;
        link[got] = 0;
        length += (size_t)snprintf(text + length, size - length, "%s %s\n", entry->d_name, link);
    }
    closedir(directory);
}

static void mappings(char *text, size_t size) {
    int fd = open("/proc/self/maps", O_RDONLY);
    size_t length = 0;
    ssize_t got;
    while (fd >= 0 && (got = read(fd, text + length, size - length - 1)) > 0)
        length += (size_t)got;
    close(fd);
    text[length] = 0;
}

/* Whether another process finds our lock on the file. */
static int still_locked(void) {
    pid_t child = fork();
    if (child == 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
        int fd = open("data.bin", O_RDWR);
        _exit(fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type != F_WRLCK || lock.l_pid != getppid());
    }
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(void) {
    static char fds[2][1 << 14], maps[2][1 << 16], sentence[2048];
    setenv("MAPBOARD_LANG", "en", 1);
    tap_directory();
    failures_prepare();
    close(open("too large.bin", O_RDWR | O_CREAT, 0600)); /* found, not created and removed: the same list twice */
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    if (fcntl(failures_rw, F_SETLK, &lock) != 0 || !still_locked())
        tap_bail("fcntl");
    mm_explain(sentence, sizeof sentence);
    printf("# warmed up: %s\n", sentence); /* stdio has its buffer from now on */
    for (size_t i = 0; i < FAILURES; i++) {
        if (!failure_make(&failures[i])) {
            SKIP("this machine allows it", "%s", failures[i].slug);
            continue;
        }
        descriptors(fds[0], sizeof fds[0]);
        mappings(maps[0], sizeof maps[0]);
        errno = EXDEV;
        mm_explain(sentence, sizeof sentence);
        const char *slug = mm_explain_slug();
        int error = errno;
        mappings(maps[1], sizeof maps[1]);
        descriptors(fds[1], sizeof fds[1]);
        CHECK(!strcmp(slug, failures[i].slug), "%s: %s", failures[i].slug, sentence);
        CHECK_EQ(error, EXDEV, "errno is kept");
        CHECK(!strcmp(fds[0], fds[1]), "the same descriptors");
        CHECK(!strcmp(maps[0], maps[1]), "the same mappings");
        CHECK(still_locked(), "the lock is held");
    }
    return tap_end();
}
