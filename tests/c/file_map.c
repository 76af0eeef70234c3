/* mm_map_file: a whole file in one call. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/un.h>
#include "locking.h"

static size_t page;

static void make(const char *path, const char *text, size_t length) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text, length) != (ssize_t)length || close(fd) != 0)
        tap_bail("%s", path);
}

static int holds(const char *path, const char *text) {
    char found[64] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, found, sizeof found - 1);
    close(fd);
    return length == (ssize_t)strlen(text) && memcmp(found, text, strlen(text)) == 0;
}

static int descriptors(void) {
    int count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void whole(void) {
    size_t length = 99;
    make("a", "bonjour", 7);
    int before = descriptors();
    errno = 4242;
    char *at = mm_map_file("a", PROT_READ, MAP_PRIVATE, &length);
    CHECK(at != MAP_FAILED && errno == 4242, "private, for reading; errno untouched");
    CHECK_EQ(length, 7, "its length in bytes");
    CHECK(memcmp(at, "bonjour\0", 8) == 0, "its contents, and zeros behind");
    CHECK_EQ(descriptors(), before, "no descriptor stays open");
    CHECK_EQ(mm_unmap(at, length), 0, "unmapped");

    at = mm_map_file("a", PROT_READ | PROT_WRITE, MAP_SHARED, NULL);
    CHECK(at != MAP_FAILED, "shared, for writing; nobody wants the length");
    at[0] = 'B';
    CHECK(holds("a", "Bonjour"), "a shared store is in the file");
    mm_unmap(at, 7);

    at = mm_map_file("a", PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, &length);
    CHECK(at != MAP_FAILED, "private, for writing, with another flag");
    at[0] = 'X';
    CHECK(holds("a", "Bonjour"), "a private store is not in the file");
    mm_unmap(at, 7);

    char *big = calloc(3, page);
    big[3 * page - 1] = 'z';
    make("b", big, 3 * page);
    free(big);
    at = mm_map_file("b", PROT_READ, MAP_SHARED, &length);
    CHECK(at != MAP_FAILED && length == 3 * page && at[3 * page - 1] == 'z', "three pages, all of them");
    mm_unmap(at, length);
    at = mm_map_file("b", PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE, &length);
    CHECK(at != MAP_FAILED, "MAP_SHARED_VALIDATE, for writing");
    mm_unmap(at, length);
    at = mm_map_file("b", PROT_NONE, MAP_SHARED, &length);
    CHECK(at != MAP_FAILED, "PROT_NONE");
    mm_unmap(at, length);
}

static void wrong(void) {
    static char path[PATH_MAX + 1];
    size_t length = 99;
    make("a", "x", 1);
    make("empty", "", 0);
    CHECK_ERRNO(mm_map_file(NULL, PROT_READ, MAP_SHARED, &length), MAP_FAILED, EFAULT, "NULL");
    CHECK_ERRNO(mm_map_file("", PROT_READ, MAP_SHARED, &length), MAP_FAILED, ENOENT, "empty path");
    CHECK_ERRNO(mm_map_file("none", PROT_READ, MAP_SHARED, &length), MAP_FAILED, ENOENT, "no such file");
    memset(path, '/', PATH_MAX);
    CHECK_ERRNO(mm_map_file(path, PROT_READ, MAP_SHARED, &length), MAP_FAILED, ENAMETOOLONG,
                "PATH_MAX bytes");
    CHECK_ERRNO(mm_map_file("empty", PROT_READ, MAP_SHARED, &length), MAP_FAILED, EINVAL, "an empty file");
    CHECK_ERRNO(mm_map_file("/proc/self/maps", PROT_READ, MAP_PRIVATE, &length), MAP_FAILED, EINVAL,
                "a file of /proc");
    CHECK_ERRNO(mm_map_file("a", PROT_READ, 0, &length), MAP_FAILED, EINVAL, "no type");
    CHECK_ERRNO(mm_map_file("a", PROT_READ, MAP_POPULATE, &length), MAP_FAILED, EINVAL,
                "no type but another flag");
    CHECK_ERRNO(mm_map_file("a", PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, &length), MAP_FAILED, EINVAL,
                "MAP_ANONYMOUS");
    CHECK_ERRNO(mm_map_file("a", PROT_READ, MAP_PRIVATE | MAP_FIXED, &length), MAP_FAILED, EINVAL,
                "MAP_FIXED");
    CHECK_ERRNO(mm_map_file("a", PROT_READ, MAP_PRIVATE | 0x100000, &length), MAP_FAILED, EINVAL,
                "MAP_FIXED_NOREPLACE");
    CHECK_ERRNO(mm_map_file("a", PROT_READ, MAP_SHARED | MAP_PRIVATE | (1 << 23), &length), MAP_FAILED,
                EOPNOTSUPP,
                "an unknown flag is the kernel's to refuse (MAP_SHARED_VALIDATE)");
    CHECK_ERRNO(mm_map_file(".", PROT_READ, MAP_PRIVATE, &length), MAP_FAILED, ENODEV, "a directory");
    CHECK_ERRNO(mm_map_file(".", PROT_READ | PROT_WRITE, MAP_SHARED, &length), MAP_FAILED, ENODEV,
                "a directory, for writing");
    CHECK_ERRNO(mm_map_file("/dev/null", PROT_READ, MAP_PRIVATE, &length), MAP_FAILED, ENODEV, "a device");
    if (mkfifo("fifo", 0600) != 0 || symlink("none", "dangling") != 0 || symlink("a", "link") != 0)
        tap_bail("fifo");
    CHECK_ERRNO(mm_map_file("fifo", PROT_READ, MAP_PRIVATE, &length), MAP_FAILED, ENODEV,
                "a FIFO, not waited for");
    CHECK_ERRNO(mm_map_file("dangling", PROT_READ, MAP_PRIVATE, &length), MAP_FAILED, ENOENT,
                "a link that leads nowhere");
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&name, sizeof name) != 0)
        tap_bail("bind");
    CHECK_ERRNO(mm_map_file("socket", PROT_READ, MAP_PRIVATE, &length), MAP_FAILED, ENODEV, "a socket");
    close(fd);
    CHECK_EQ(length, 99, "no length is told when it fails");
    void *at = mm_map_file("link", PROT_READ, MAP_PRIVATE, &length);
    CHECK(at != MAP_FAILED && length == 1, "a link that leads to a file");
    mm_unmap(at, length);
}

/* As an ordinary user, a file that can only be read. */
static int reads_only(struct mm_lock *unused) {
    (void)unused;
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 101;
    if (mm_map_file("a", PROT_READ | PROT_WRITE, MAP_SHARED, NULL) != MAP_FAILED || errno != EACCES)
        return 102;
    if (mm_map_file("a", PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE, NULL) != MAP_FAILED || errno != EACCES)
        return 103;
    char *at = mm_map_file("a", PROT_READ | PROT_WRITE, MAP_PRIVATE, NULL);
    if (at == MAP_FAILED)
        return 104;
    at[0] = 'y';
    if (mm_map_file("a", PROT_READ, MAP_SHARED, NULL) == MAP_FAILED)
        return 105;
    if (mm_map_file("secret", PROT_NONE, MAP_PRIVATE, NULL) != MAP_FAILED || errno != EACCES)
        return 106;
    return 0;
}

/* What the header says of closing: the POSIX lock of the process goes, the lock of mm_lock_open() stays. */
static void locks(void) {
    make("a", "x", 1);
    int fd = open("a", O_RDWR | O_CLOEXEC);
    struct flock posix = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    if (fcntl(fd, F_SETLK, &posix) != 0)
        tap_bail("F_SETLK");
    mm_unmap(mm_map_file("a", PROT_READ, MAP_PRIVATE, NULL), 1);
    CHECK_EQ(seen_outside("a"), F_UNLCK,
             "the process's own POSIX lock on the file is gone, as after any close");
    close(fd);
    struct mm_lock *lock = opened("a");
    mm_lock_exclusive(lock);
    mm_unmap(mm_map_file("a", PROT_READ, MAP_PRIVATE, NULL), 1);
    CHECK_EQ(seen_outside("a"), F_WRLCK, "a lock of mm_lock_open() stays");
    mm_lock_close(lock);
}

int main(void) {
    tap_directory();
    page = sysconf(_SC_PAGESIZE);
    whole();
    wrong();
    make("secret", "x", 1);
    if (chmod(".", 0755) != 0 || chmod("a", 0444) != 0 || chmod("secret", 0) != 0)
        tap_bail("chmod");
    CHECK_EQ(in_child(reads_only, NULL), 0,
             "a file that can only be read: EACCES for shared writing, fine otherwise");
    chmod("a", 0600);
    locks();
    return tap_end();
}
