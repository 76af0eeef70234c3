/* What mm_explain, mm_explain_slug and mm_perror write, and where: buffers of any size, three languages, one write. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mapboard.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <tap.h>
#include <unistd.h>

static const char *const languages[] = {"en", "fr", "zh"};

/* Whether the first `length` bytes are whole UTF-8 characters. */
static int is_utf8(const char *text, size_t length) {
    size_t i = 0;
    while (i < length) {
        unsigned char lead = (unsigned char)text[i];
        size_t more = lead < 0x80 ? 0 : lead < 0xc2 ? 9 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 9;
        for (i++; more > 0; more--, i++)
            if (more > 3 || i >= length || ((unsigned char)text[i] & 0xc0) != 0x80)
                return 0;
    }
    return 1;
}

static void fail_once(int fd) {
    if (mm_map(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED)
        tap_bail("a read-only descriptor was mapped for writing");
}

/* The sentence in every size from 0 to more than enough: a beginning of it, of whole characters, with its NUL. */
static void every_size(const char *language) {
    char whole[1024], part[1024];
    setenv("MAPBOARD_LANG", language, 1);
    size_t length = mm_explain(whole, sizeof whole);
    CHECK(length > 80 && length < sizeof whole && strlen(whole) == length, "%s: the length is that of the sentence", language);
    CHECK(is_utf8(whole, length), "%s: the sentence is UTF-8", language);
    CHECK(!strchr(whole, '\n'), "%s: no newline", language);
    int same = 1, terminated = 1, characters = 1, untouched = 1;
    for (size_t size = 0; size <= length + 2; size++) {
        memset(part, '#', sizeof part);
        same &= mm_explain(part, size) == length;
        size_t written = size ? strnlen(part, size) : 0;
        terminated &= size == 0 || written < size;
        characters &= is_utf8(part, written) && !memcmp(part, whole, written) && (size <= length || written == length);
        /* As much as there is room for: no more than 3 bytes are missing. */
        characters &= size == 0 || size > length || written + 4 >= size;
        for (size_t i = size; i < sizeof part; i++)
            untouched &= part[i] == '#';
    }
    CHECK(same, "%s: in every size the same length is returned", language);
    CHECK(terminated, "%s: in every size there is a NUL", language);
    CHECK(characters, "%s: in every size it is cut between characters, as late as possible", language);
    CHECK(untouched, "%s: in every size nothing is written behind the buffer", language);
    CHECK_EQ(mm_explain(NULL, 0), length, "a NULL buffer of size 0");
    CHECK_EQ(mm_explain(NULL, 100), length, "a NULL buffer counts as size 0");
}

struct choice {
    const char *mapboard, *all, *messages, *lang, *begins;
};

static void set(const char *name, const char *value) {
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

static void language_of_the_user(void) {
    static const struct choice choices[] = {
        {NULL, NULL, NULL, NULL, "the descriptor is"},
        {NULL, NULL, NULL, "fr_FR.UTF-8", "le descripteur est"},
        {NULL, NULL, "zh_CN.UTF-8", "fr_FR.UTF-8", "文件描述符是"},
        {NULL, "C", "zh_CN.UTF-8", "fr_FR.UTF-8", "the descriptor is"},
        {"fr", "C", "zh_CN.UTF-8", NULL, "le descripteur est"},
        {"", "", "", "zh_TW", "文件描述符是"},
        {"xx", "fr", "fr", "fr", "the descriptor is"},
        {"zh", "fr_CA.ISO-8859-1", NULL, NULL, "文件描述符是"},
    };
    char text[512];
    volatile int none = -1; /* the header warns of a plain -1 */
    mm_map(NULL, 4096, PROT_READ, MAP_SHARED, none, 0);
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        const struct choice *c = &choices[i];
        set("MAPBOARD_LANG", c->mapboard);
        set("LC_ALL", c->all);
        set("LC_MESSAGES", c->messages);
        set("LANG", c->lang);
        mm_explain(text, sizeof text);
        CHECK(!strncmp(text, c->begins, strlen(c->begins)), "MAPBOARD_LANG=%s LC_ALL=%s LC_MESSAGES=%s LANG=%s: %s",
              c->mapboard ? c->mapboard : "-", c->all ? c->all : "-", c->messages ? c->messages : "-",
              c->lang ? c->lang : "-", text);
    }
}

/* What one call writes to the standard error output, each write as a datagram of its own: how many, the first in text. */
static int writes_of_perror(const char *prefix, char *text, size_t size) {
    int ends[2], count = 0;
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) != 0)
        tap_bail("socketpair");
    fflush(stderr);
    int saved = dup(STDERR_FILENO);
    dup2(ends[0], STDERR_FILENO);
    errno = EXDEV;
    mm_perror(prefix);
    int error = errno;
    dup2(saved, STDERR_FILENO);
    close(saved);
    CHECK_EQ(error, EXDEV, "mm_perror keeps errno");
    char more[2048];
    ssize_t got;
    memset(text, 0, size);
    while ((got = recv(ends[1], count ? more : text, count ? sizeof more : size - 1, 0)) >= 0)
        count++;
    close(ends[0]);
    close(ends[1]);
    return count;
}

static void perror_like(void) {
    char sentence[1024], text[2048], wanted[2048];
    mm_explain(sentence, sizeof sentence);
    CHECK_EQ(writes_of_perror("tp3", text, sizeof text), 1, "mm_perror writes once");
    snprintf(wanted, sizeof wanted, "tp3: %s\n", sentence);
    CHECK(!strcmp(text, wanted), "prefix, colon, sentence, newline: %s", text);
    CHECK_EQ(writes_of_perror(NULL, text, sizeof text), 1, "without a prefix too");
    snprintf(wanted, sizeof wanted, "%s\n", sentence);
    CHECK(!strcmp(text, wanted), "NULL: the sentence alone");
    writes_of_perror("", text, sizeof text);
    CHECK(!strcmp(text, wanted), "\"\": the sentence alone");
    int saved = dup(STDERR_FILENO);
    close(STDERR_FILENO);
    errno = EXDEV;
    mm_perror("nowhere");
    int error = errno;
    dup2(saved, STDERR_FILENO);
    close(saved);
    CHECK_EQ(error, EXDEV, "nothing to write to is nobody's error");
}

int main(void) {
    char text[1024];
    setenv("MAPBOARD_LANG", "en", 1);
    CHECK(!strcmp(mm_explain_slug(), "none"), "nothing has failed: none");
    CHECK(mm_explain(text, sizeof text) > 0 && strstr(text, "no mm_ function has failed"), "and a sentence: %s", text);

    tap_directory();
    int fd = open("data.bin", O_RDONLY | O_CREAT, 0600);
    errno = 0;
    fail_once(fd);
    CHECK_EQ(errno, EACCES, "errno is the kernel's");
    errno = EXDEV;
    CHECK(!strcmp(mm_explain_slug(), "fd-read-only"), "the slug");
    mm_explain(text, sizeof text);
    CHECK_EQ(errno, EXDEV, "explaining keeps errno");
    CHECK(strstr(text, "“data.bin”"), "the file as its user wrote it: %s", text);
    for (int i = 0; i < 3; i++)
        every_size(languages[i]);

    /* Success clears nothing. */
    void *p = mm_map(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED && !strcmp(mm_explain_slug(), "fd-read-only"), "a success leaves the last failure");
    CHECK(mm_unmap(p, 4096) == 0, "unmapped");

    language_of_the_user();
    setenv("MAPBOARD_LANG", "fr", 1);
    perror_like();
    return tap_end();
}
