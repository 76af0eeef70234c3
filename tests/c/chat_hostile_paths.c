/*
 * What stands where a board is looked for: links, FIFOs, devices, other files, boards that were cut, copied
 * or written over, lock files that are not the board's own. Each answers with its errno, stays as it is, and
 * nothing is made.
 */
#include <dirent.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "chat.h"

#define CREATE MINICHAT_CREATE
#define EXCLUSIVE (MINICHAT_CREATE | MINICHAT_EXCLUSIVE)
#define READ MINICHAT_READ_ONLY

/* A number for all that is in the current directory: names, kinds, modes, sizes, times of change, inodes. */
static uint64_t everything(void) {
    uint64_t sum = 0;
    DIR *directory = opendir(".");
    if (!directory)
        tap_bail("opendir");
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct stat stat;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (lstat(entry->d_name, &stat) != 0)
            tap_bail("%s", entry->d_name);
        uint64_t one =
            mixed(stat.st_ino, stat.st_mode) ^ mixed((uint64_t)stat.st_size, (uint64_t)stat.st_mtim.tv_nsec) ^
            mixed((uint64_t)stat.st_ctim.tv_sec, (uint64_t)stat.st_ctim.tv_nsec) ^ mixed(stat.st_nlink, 1);
        for (const char *c = entry->d_name; *c; c++)
            one = mixed(one, (unsigned char)*c);
        sum += one; /* in whatever order */
    }
    closedir(directory);
    return sum;
}

static void fails(const char *path, unsigned flags, int error, const char *name) {
    struct minichat *chat = NULL;
    uint64_t before = everything();
    errno = 0;
    int got = chat_try(&chat, path, flags, NULL), got_error = errno;
    CHECK(got == -1 && got_error == error, "%s, flags %u: returned %d, errno %d; wanted errno %d", name,
          flags, got, got_error, error);
    CHECK(chat == NULL && everything() == before, "%s, flags %u: nothing made, nothing changed", name, flags);
}

/* In every way; `exclusive` is what MINICHAT_EXCLUSIVE gets. */
static void all_fail(const char *path, int error, int exclusive, const char *name) {
    fails(path, 0, error, name);
    fails(path, CREATE, error, name);
    fails(path, READ, error, name);
    fails(path, EXCLUSIVE, exclusive, name);
    uint64_t before = everything();
    CHECK_ERRNO(minichat_unlink(path), -1, error, name);
    CHECK(everything() == before, "%s: nothing removed", name);
}

/* Only reading works; whoever wants a seat, or removes the board, gets ESTALE. */
static void only_reads(const char *path, const char *name) {
    struct minichat_message message;
    fails(path, 0, ESTALE, name);
    fails(path, CREATE, ESTALE, name);
    fails(path, EXCLUSIVE, EEXIST, name);
    struct minichat *reader = NULL;
    CHECK_EQ(chat_try(&reader, path, READ, NULL), 0, name);
    CHECK(minichat_read(reader, &message, 1) == 1 && strcmp(message.text, "hello") == 0, "%s: it can be read",
          name);
    errno = 0;
    ssize_t who = minichat_who(reader, NULL, 0);
    CHECK(who == 0 || (who == -1 && errno == EACCES), "%s: nobody is seen there (%zd)", name, who);
    minichat_close(reader);
    CHECK_ERRNO(minichat_unlink(path), -1, ESTALE, name);
    CHECK(access(path, F_OK) == 0, "%s: the board stays", name);
}

static void make_file(const char *path, const char *bytes, size_t length) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
        tap_bail("%s", path);
    close(fd);
}

/* A new board with one message and nobody on it. */
static void make_board(void) {
    if ((unlink("board") != 0 && errno != ENOENT) ||
        (unlink("board.lock") != 0 && errno != ENOENT && rmdir("board.lock") != 0))
        tap_bail("board");
    struct minichat *chat = chat_open("board", EXCLUSIVE, "maker");
    chat_post(chat, "hello");
    minichat_close(chat);
}

static void make_socket(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        tap_bail("%s", path);
    close(fd);
}

static void must(int result, const char *what) {
    if (result != 0)
        tap_bail("%s", what);
}

static void copy(const char *from, const char *to) {
    static char bytes[FILE_BYTES];
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    if (length < 0)
        tap_bail("%s", from);
    close(fd);
    make_file(to, bytes, (size_t)length);
}

/* ---- what is no board ---------------------------------------------------------------------------------- */

static void other_things(void) {
    make_board();
    must(symlink("board", "link"), "symlink");
    all_fail("link", ELOOP, ELOOP, "a symbolic link to a board");
    must(symlink("nowhere", "dangling"), "symlink");
    all_fail("dangling", ELOOP, ELOOP, "a symbolic link to nowhere");
    must(mkfifo("fifo", 0600), "mkfifo");
    all_fail("fifo", EMEDIUMTYPE, EMEDIUMTYPE, "a FIFO");
    make_socket("socket");
    all_fail("socket", EMEDIUMTYPE, EMEDIUMTYPE, "a socket");
    must(mkdir("directory", 0700), "mkdir");
    all_fail("directory", EISDIR, EISDIR, "a directory");
    all_fail("directory/", EISDIR, EISDIR, "a directory, with a slash");
    all_fail(".", EISDIR, EISDIR, "the current directory");
    all_fail("/", EISDIR, EISDIR, "the root directory");
    all_fail("/dev/null", EMEDIUMTYPE, EMEDIUMTYPE, "a device");
    CHECK(access("/dev/null.lock", F_OK) != 0, "and no lock file beside it");
    make_file("empty", "", 0);
    all_fail("empty", EMEDIUMTYPE, EEXIST, "an empty file");
    make_file("short", "MAPB", 4);
    all_fail("short", EMEDIUMTYPE, EEXIST, "a file shorter than the mark");
    static char text[FILE_BYTES];
    memset(text, 'x', sizeof text);
    make_file("other", text, sizeof text);
    all_fail("other", EMEDIUMTYPE, EEXIST, "another file of a board's size");
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof text; i += 8)
        sum += word_at("other", (off_t)i) != UINT64_C(0x7878787878787878);
    CHECK_EQ(sum, 0, "which is what it was, byte for byte");
    struct stat stat_before, stat_after;
    must(stat("board", &stat_before), "stat");
    fails("board", EXCLUSIVE, EEXIST, "a board");
    must(stat("board", &stat_after), "stat");
    CHECK(stat_before.st_mtim.tv_nsec == stat_after.st_mtim.tv_nsec,
          "MINICHAT_EXCLUSIVE leaves a board alone");
}

/* ---- boards that are spoiled --------------------------------------------------------------------------- */

static void headers(void) {
    static const int answers[FILE_HEADER_WORDS] = {
        EMEDIUMTYPE, EPROTONOSUPPORT, EPROTONOSUPPORT, EPROTONOSUPPORT, EBADMSG, 0, 0, ESTALE,
    };
    static const char *const names[FILE_HEADER_WORDS] = {
        "magic", "byte order", "version", "fingerprint", "size", "board id", "time", "lock inode",
    };
    make_board();
    for (int word = 0; word < FILE_HEADER_WORDS; word++) {
        uint64_t right = word_at("board", 8 * word);
        int wrong = 0;
        for (int bit = 0; bit < 64; bit++) {
            word_put("board", 8 * word, right ^ UINT64_C(1) << bit);
            int reading = answers[word] == ESTALE ? 0 : answers[word];
            wrong += chat_open_error("board", 0) != answers[word] ||
                     chat_open_error("board", CREATE) != answers[word] ||
                     chat_open_error("board", READ) != reading ||
                     ERROR_OF(answers[word] ? minichat_unlink("board") : 0) != answers[word];
        }
        CHECK_EQ(wrong, 0, names[word]);
        word_put("board", 8 * word, right);
    }
    CHECK_EQ(chat_open_error("board", 0), 0, "and as it was, it opens");
    for (int word = 0; word < 4; word++)
        word_put("board", 8 * word, __builtin_bswap64(word_at("board", 8 * word)));
    all_fail("board", EPROTONOSUPPORT, EEXIST, "a board of the other byte order");
}

static void sizes(void) {
    static const struct {
        off_t size;
        int error;
    } cuts[] = {
        {0, EMEDIUMTYPE},
        {7, EMEDIUMTYPE},
        {8, EBADMSG},
        {63, EBADMSG},
        {64, EBADMSG},
        {4096, EBADMSG},
        {FILE_BYTES - 4096, EBADMSG},
        {FILE_BYTES - 1, EBADMSG},
        {FILE_BYTES + 1, EBADMSG},
        {FILE_BYTES + 4096, EBADMSG},
        {(off_t)1 << 32 | FILE_BYTES, EBADMSG},
    };
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        char name[64];
        make_board();
        must(truncate("board", cuts[i].size), "truncate");
        snprintf(name, sizeof name, "a board of %lld bytes", (long long)cuts[i].size);
        all_fail("board", cuts[i].error, EEXIST, name);
    }
}

/* ---- lock files that are not the board's own ----------------------------------------------------------- */

static void lock_files(void) {
    make_board();
    must(rename("board.lock", "kept.lock"), "rename");
    only_reads("board", "without a lock file");
    CHECK(access("board.lock", F_OK) != 0, "and none is made");
    make_file("board.lock", "", 0);
    only_reads("board", "with another lock file");
    must(unlink("board.lock"), "unlink");
    must(symlink("kept.lock", "board.lock"), "symlink");
    only_reads("board", "with a symbolic link to its lock file");
    must(unlink("board.lock"), "unlink");
    must(mkfifo("board.lock", 0600), "mkfifo");
    only_reads("board", "with a FIFO as lock file");
    must(unlink("board.lock"), "unlink");
    make_socket("board.lock");
    only_reads("board", "with a socket as lock file");
    must(unlink("board.lock"), "unlink");
    must(mkdir("board.lock", 0700), "mkdir");
    only_reads("board", "with a directory as lock file");
    must(rmdir("board.lock"), "rmdir");
    make_file("other.txt", "", 0);
    must(link("other.txt", "board.lock"), "link");
    only_reads("board", "with a hard link to another file");
    must(unlink("board.lock"), "unlink");
    must(link("kept.lock", "board.lock"), "link");
    CHECK_EQ(chat_open_error("board", 0), 0, "with a hard link to its lock file it is as good as before");
    must(unlink("kept.lock"), "unlink");
    must(unlink("other.txt"), "unlink");

    copy("board", "copy");
    only_reads("copy", "a copy");
    copy("board.lock", "copy.lock");
    only_reads("copy", "a copy with a copied lock file");
    must(unlink("copy.lock"), "unlink");
    must(link("board.lock", "copy.lock"), "link");
    CHECK_EQ(chat_open_error("copy", 0), 0, "a copy with the lock file itself shares its seats");
    must(unlink("copy.lock"), "unlink");
    must(unlink("copy"), "unlink");
    must(rename("board", "moved"), "rename");
    must(rename("board.lock", "moved.lock"), "rename");
    CHECK_EQ(chat_open_error("moved", 0), 0, "a board that was moved with its lock file");
    CHECK_EQ(minichat_unlink("moved"), 0, "and is removed there");

    /* At creation. */
    must(symlink("elsewhere", "board.lock"), "symlink");
    fails("board", CREATE, ESTALE, "no board, a symbolic link as lock file");
    must(unlink("board.lock"), "unlink");
    must(mkfifo("board.lock", 0600), "mkfifo");
    fails("board", CREATE, ESTALE, "no board, a FIFO as lock file");
    must(unlink("board.lock"), "unlink");
    must(mkdir("board.lock", 0700), "mkdir");
    fails("board", CREATE, ESTALE, "no board, a directory as lock file");
    must(rmdir("board.lock"), "rmdir");
    make_socket("board.lock");
    fails("board", CREATE, ESTALE, "no board, a socket as lock file");
    must(unlink("board.lock"), "unlink");
}

/* ---- names --------------------------------------------------------------------------------------------- */

static void opens(const char *path, const char *name) { CHECK_EQ(chat_open_error(path, CREATE), 0, name); }

static void names(const char *directory) {
    static char path[5000];
    all_fail("missing/board", ENOENT, ENOENT, "a directory that does not exist");
    all_fail("empty/board", ENOTDIR, ENOTDIR, "a file as directory");
    fails("nothing/", CREATE, ENOENT, "a name with a slash behind it");
    memset(path, 'n', 300);
    path[256] = 0;
    all_fail(path, ENAMETOOLONG, ENAMETOOLONG, "a name of 256 bytes");
    path[251] = 0;
    fails(path, CREATE, ENAMETOOLONG, "a name of 251 bytes: no room for .lock");
    path[250] = 0;
    opens(path, "a name of 250 bytes");
    CHECK_EQ(minichat_unlink(path), 0, "and away");
    /* "././…/board", as long as a path may be with ".lock" behind it, and one byte longer. */
    size_t longest = PATH_MAX - 1 - strlen(".lock");
    memset(path, '/', sizeof path);
    memcpy(path, "./", 2);
    strcpy(path + longest - 5, "board");
    opens(path, "the longest path");
    memset(path, '/', longest);
    memcpy(path, "./", 2);
    strcpy(path + longest - 4, "board");
    all_fail(path, ENAMETOOLONG, ENAMETOOLONG, "a path that is one byte longer");
    memset(path, '/', sizeof path);
    path[0] = '.';
    fails(path, CREATE, ENAMETOOLONG, "bytes without an end"); /* not read beyond PATH_MAX */
    snprintf(path, sizeof path, "%s/board", directory);
    opens(path, "its absolute path");
    opens("./board", "./board");
    opens("directory/../board", "directory/../board");
    snprintf(path, sizeof path, "//%s///board", directory);
    opens(path, "many slashes");
    struct minichat *one = chat_open("board", 0, NULL), *other = chat_open(path, 0, NULL);
    CHECK(chat_info(one).board_id == chat_info(other).board_id && minichat_who(one, NULL, 0) == 2,
          "all one board");
    minichat_close(other);
    minichat_close(one);
    opens("directory/board", "in another directory");
    CHECK(access("directory/board.lock", F_OK) == 0, "with its lock file beside it");
    must(symlink("directory", "way"), "symlink");
    opens("way/board", "through a link to the directory");
    CHECK_EQ(minichat_unlink("way/board"), 0, "removed through it");
    CHECK(access("directory/board", F_OK) != 0 && access("directory/board.lock", F_OK) != 0, "both files");
}

/* ---- without permission: by somebody who is not root --------------------------------------------------- */

static void denied(void) {
    make_board();
    must(mkdir("closed", 0700), "mkdir");
    must(mkdir("readable", 0755), "mkdir");
    must(chmod(".", 0755), "chmod");
    must(chmod("board", 0444), "chmod");
    copy("board", "secret");
    must(chmod("secret", 0), "chmod");
    must(chmod("board.lock", 0), "chmod");
    must(chmod("readable", 0555), "chmod");
    must(chmod("closed", 0), "chmod");
    pid_t child = chat_fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            tap_bail("setuid");
        uint64_t before = everything();
        int errors[] = {
            chat_open_error("board", 0),           chat_open_error("board", READ),
            chat_open_error("secret", READ),       chat_open_error("readable/new", CREATE),
            chat_open_error("closed/new", CREATE), ERROR_OF(minichat_unlink("board")),
        };
        int wanted[] = {EACCES, 0, EACCES, EACCES, EACCES, EACCES};
        for (int i = 0; i < 6; i++)
            if (errors[i] != wanted[i])
                _exit(1 + i);
        _exit(everything() == before ? 0 : 20);
    }
    CHECK_EQ(chat_status(child), 0, "without permission: EACCES, but what may be read is read");
    must(chmod("closed", 0700), "chmod");
}

int main(void) {
    umask(022);
    const char *directory = tap_directory();
    alarm(60);
    other_things();
    headers();
    sizes();
    lock_files();
    names(directory);
    denied();
    return tap_end();
}
