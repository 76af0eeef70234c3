/* mm_create_file: one shared file, whoever comes first. What happens without room: file_room.c. */
#define _GNU_SOURCE
#include <stdint.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include "locking.h"

static size_t page;

static off_t size_of(const char *path) {
    struct stat stat_;
    return stat(path, &stat_) == 0 ? stat_.st_size : -1;
}

static off_t room_of(const char *path) {
    struct stat stat_;
    return stat(path, &stat_) == 0 ? stat_.st_blocks * 512 : -1;
}

static void first_and_second(void) {
    struct stat stat_;
    umask(020);
    errno = 4242;
    char *one = mm_create_file("a", 3 * page, 0666);
    CHECK(one != MAP_FAILED && errno == 4242, "created; errno untouched");
    umask(022);
    CHECK(stat("a", &stat_) == 0 && (stat_.st_mode & 07777) == 0646, "its mode cut by the umask");
    CHECK_EQ(stat_.st_size, 3 * page, "as long as asked");
    CHECK(room_of("a") >= (off_t)(3 * page), "its room set apart, before anything is stored");
    CHECK_EQ(opens_of(&stat_, NULL), 0, "no descriptor stays open");
    CHECK(one[0] == 0 && one[3 * page - 1] == 0, "zeros");
    one[0] = 'a';
    one[3 * page - 1] = 'z';

    char *two = mm_create_file("a", 3 * page, 0600);
    CHECK(two != MAP_FAILED && two != one && two[0] == 'a' && two[3 * page - 1] == 'z',
          "the second finds what the first stored");
    two[1] = 'b';
    CHECK(one[1] == 'b', "and the first sees the second's stores");
    CHECK(stat("a", &stat_) == 0 && (stat_.st_mode & 07777) == 0646, "the mode of a file that exists stays");
    mm_unmap(two, 3 * page);

    two = mm_create_file("a", page, 0600);
    CHECK(two != MAP_FAILED && two[0] == 'a', "a shorter length maps the beginning");
    CHECK_EQ(size_of("a"), 3 * page, "and never makes the file shorter");
    mm_unmap(two, page);

    two = mm_create_file("a", 5 * page + 7, 0600);
    CHECK(two != MAP_FAILED && two[0] == 'a' && two[3 * page - 1] == 'z' && two[5 * page + 6] == 0,
          "a longer one keeps the contents");
    CHECK_EQ(size_of("a"), 5 * page + 7, "and makes the file as long as asked, to the byte");
    two[2] = 'c';
    CHECK(one[2] == 'c', "for the older mapping it is the same file");
    mm_unmap(two, 5 * page + 7);
    mm_unmap(one, 3 * page);

    int fd = open("sparse", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (ftruncate(fd, 16 * page) != 0 || pwrite(fd, "x", 1, 8 * page) != 1)
        tap_bail("sparse");
    close(fd);
    two = mm_create_file("sparse", 16 * page, 0600);
    CHECK(two != MAP_FAILED && two[8 * page] == 'x', "a file with holes");
    CHECK(room_of("sparse") >= (off_t)(16 * page), "gets room for them");
    mm_unmap(two, 16 * page);
}

static void wrong(void) {
    static char path[PATH_MAX + 1];
    CHECK_ERRNO(mm_create_file(NULL, page, 0600), MAP_FAILED, EFAULT, "NULL");
    CHECK_ERRNO(mm_create_file("", page, 0600), MAP_FAILED, ENOENT, "empty path");
    CHECK_ERRNO(mm_create_file("no/such", page, 0600), MAP_FAILED, ENOENT, "no such directory");
    memset(path, '/', PATH_MAX);
    CHECK_ERRNO(mm_create_file(path, page, 0600), MAP_FAILED, ENAMETOOLONG, "PATH_MAX bytes");
    CHECK_ERRNO(mm_create_file("b", 0, 0600), MAP_FAILED, EINVAL, "length 0");
    CHECK_ERRNO(mm_create_file("b", SIZE_MAX, 0600), MAP_FAILED, EFBIG, "more than a file can have");
    CHECK_ERRNO(mm_create_file("b", (size_t)1 << 63, 0600), MAP_FAILED, EFBIG, "one more than off_t can say");
    CHECK(access("b", F_OK) != 0, "nothing was created");
    CHECK_ERRNO(mm_create_file("b", INT64_MAX, 0600), MAP_FAILED, ENOMEM, "more than the address space has");
    CHECK_ERRNO(mm_create_file("b", (size_t)1 << 62, 0600), MAP_FAILED, ENOMEM,
                "more than the address space has");
    CHECK(access("b", F_OK) != 0, "what was created is removed");
    CHECK_ERRNO(mm_create_file(".", page, 0600), MAP_FAILED, ENODEV, "a directory");
    CHECK_ERRNO(mm_create_file("/dev/null", page, 0600), MAP_FAILED, ENODEV, "a device");
    if (mkfifo("fifo", 0600) != 0 || symlink("nowhere", "dangling") != 0)
        tap_bail("fifo");
    CHECK_ERRNO(mm_create_file("fifo", page, 0600), MAP_FAILED, ENODEV, "a FIFO, not waited for");
    CHECK_ERRNO(mm_create_file("dangling", page, 0600), MAP_FAILED, ENOENT, "a link that leads nowhere");
    CHECK(access("nowhere", F_OK) != 0, "where nothing is created");

    /* The limit of the process: EFBIG, and SIGXFSZ. */
    struct rlimit limit, small;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        tap_bail("getrlimit");
    char *at = mm_create_file("c", 2 * page, 0600);
    strcpy(at, "kept");
    small = limit;
    small.rlim_cur = 4 * page;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK_ERRNO(mm_create_file("b", 1000 * page, 0600), MAP_FAILED, EFBIG, "RLIMIT_FSIZE");
    CHECK(access("b", F_OK) != 0, "what was created is removed");
    CHECK_ERRNO(mm_create_file("c", 1000 * page, 0600), MAP_FAILED, EFBIG,
                "RLIMIT_FSIZE, a file that exists");
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_DFL);
    CHECK(size_of("c") == (off_t)(2 * page) && strcmp(at, "kept") == 0, "it is as it was");
    mm_unmap(at, 2 * page);
}

static int forbidden(struct mm_lock *unused) {
    (void)unused;
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 101;
    if (mm_create_file("read-only", page, 0600) != MAP_FAILED || errno != EACCES)
        return 102;
    if (mm_create_file("closed/new", page, 0600) != MAP_FAILED || errno != EACCES)
        return 103;
    return 0;
}

/* Many at once: all of them map one and the same file. */
static void together(void) {
    enum { PROCESSES = 8, ROUNDS = 20 };
    pid_t children[PROCESSES];
    int start[2], whole = 0;
    for (int round = 0; round < ROUNDS; round++) {
        char path[32];
        snprintf(path, sizeof path, "together.%d", round);
        if (pipe2(start, O_CLOEXEC) != 0)
            tap_bail("pipe2");
        fflush(stdout);
        for (int i = 0; i < PROCESSES; i++) {
            children[i] = fork();
            if (children[i] == 0) {
                char byte;
                close(start[1]);
                if (read(start[0], &byte, 1) != 0) /* until the parent closes it, for all at once */
                    _exit(1);
                char *at = mm_create_file(path, (i + 1) * page, 0600);
                if (at == MAP_FAILED)
                    _exit(100 + errno % 100); /* for the line below */
                at[i * page + i] = 'A' + i;
                _exit(0);
            }
        }
        close(start[0]);
        close(start[1]);
        int good = 0;
        for (int i = 0; i < PROCESSES; i++) {
            int status = child_status(children[i]);
            good += status == 0;
            if (status != 0)
                printf("# round %d: process %d ended with %d\n", round, i, status);
        }
        size_t length = 0;
        char *at = mm_map_file(path, PROT_READ, MAP_SHARED, &length);
        if (length != PROCESSES * page)
            printf("# round %d: the file has %zu bytes\n", round, length);
        for (int i = 0; i < PROCESSES && length == PROCESSES * page; i++) {
            good += at[i * page + i] == 'A' + i;
            if (at[i * page + i] != 'A' + i)
                printf("# round %d: the store of process %d is %d\n", round, i, at[i * page + i]);
        }
        whole += good == 2 * PROCESSES;
        mm_unmap(at, length);
    }
    CHECK_EQ(whole, ROUNDS,
             "eight processes create one file at once, each with its own length: all their stores are in it");
}

int main(void) {
    tap_directory();
    page = sysconf(_SC_PAGESIZE);
    first_and_second();
    wrong();
    int fd = open("read-only", O_CREAT | O_CLOEXEC, 0444);
    if (fd < 0 || chmod(".", 0755) != 0 || mkdir("closed", 0555) != 0)
        tap_bail("chmod");
    close(fd);
    CHECK_EQ(in_child(forbidden, NULL), 0,
             "EACCES: a file that can only be read, a directory that is closed");
    together();
    return tap_end();
}
