/*
 * What the tests of minichat_* share: opening, messages that show by themselves whether they are whole, the
 * places of the file (src/chat/layout.rs), and children that do not outlive the test.
 */
#ifndef CHAT_H
#define CHAT_H
#include <fcntl.h>
#include <limits.h>
#include <mapboard.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include "tap.h"

/* A function of this header: a test need not use all. */
#define TEST_HELPER __attribute__((unused)) static

/* Bytes of the file: the layout's own words, so that a test can write what no participant writes. */
#define FILE_HEADER_WORDS 8
#define FILE_RING(slot) (640 + 64 * (off_t)(slot))
#define FILE_PERSON(seat) (4096 + 384 * (off_t)(seat))
#define FILE_BUFFER(buffer) (28672 + 1024 * (off_t)(buffer))
#define FILE_BYTES (28672 + 1024 * 64 * 21)

/* A ring's entry: the number, two marks (somebody sleeps, somebody watches), the buffer. */
#define ENTRY_OF(number, buffer) ((uint64_t)(number) << 16 | (uint64_t)(buffer))
#define ENTRY_BUFFER(entry) ((entry) & 0x3fff)
#define ENTRY_MARKS UINT64_C(0xc000)
#define NUMBER_MAX ((UINT64_C(1) << 48) - 1)

/* The call must return `wanted` and leave errno alone. */
#define CHECK_QUIET(call, wanted, ...)                                                                       \
    do {                                                                                                     \
        errno = 4242;                                                                                        \
        long long tap_got = (long long)(call);                                                               \
        int tap_errno = errno;                                                                               \
        char tap_name[200];                                                                                  \
        snprintf(tap_name, sizeof tap_name, __VA_ARGS__);                                                    \
        tap_line(tap_got == (long long)(wanted) && tap_errno == 4242, __FILE__, __LINE__,                    \
                 "%s (returned %lld, errno %d; wanted %lld, errno untouched)", tap_name, tap_got, tap_errno, \
                 (long long)(wanted));                                                                       \
    } while (0)

/* errno of a call that returns -1 when it fails; 0 for success. */
#define ERROR_OF(call) ((call) == -1 ? errno : 0)

TEST_HELPER int chat_try(struct minichat **out, const char *path, unsigned flags, const char *nick) {
    struct minichat_options options = {.size = sizeof options, .flags = flags, .nick = nick};
    return minichat_open(out, path, &options);
}

/* A participant; the test cannot go on without. */
TEST_HELPER struct minichat *chat_open(const char *path, unsigned flags, const char *nick) {
    struct minichat *chat = NULL;
    if (chat_try(&chat, path, flags, nick) != 0)
        tap_bail("minichat_open(%s)", path);
    return chat;
}

/* errno of an open that is closed again at once; 0 for success. */
TEST_HELPER int chat_open_error(const char *path, unsigned flags) {
    struct minichat *chat = NULL;
    if (chat_try(&chat, path, flags, NULL) != 0)
        return errno;
    minichat_close(chat);
    return 0;
}

TEST_HELPER uint64_t chat_post(struct minichat *chat, const char *text) {
    uint64_t number = 0;
    if (minichat_post(chat, text, strlen(text), 0, &number) != 0)
        tap_bail("minichat_post");
    return number;
}

TEST_HELPER struct minichat_info chat_info(struct minichat *chat) {
    struct minichat_info info = {.size = sizeof info};
    if (minichat_info(chat, &info) != 0)
        tap_bail("minichat_info");
    return info;
}

/* A well-mixed number from two: the test's own randomness, the same for the same seed. */
TEST_HELPER uint64_t mixed(uint64_t seed, uint64_t count) {
    uint64_t z = seed * UINT64_C(0x9e3779b97f4a7c15) + count * UINT64_C(0xd1342543de82ef95) + 1;
    z = (z ^ z >> 32) * UINT64_C(0xd6e8feb86659fd93);
    z = (z ^ z >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return z ^ z >> 32;
}

/* The seed to be used: MAPBOARD_SEED, or a new one; printed, so that a failure can be tried again. */
TEST_HELPER uint64_t seed(void) {
    const char *given = getenv("MAPBOARD_SEED");
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t seed =
        given ? strtoull(given, NULL, 0) : mixed((uint64_t)now.tv_sec, (uint64_t)now.tv_nsec) >> 32;
    printf("# MAPBOARD_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

/* Message `sequence` of `writer`: "writer sequence " and as many letters as follow from both. How long it
 * is. */
TEST_HELPER size_t chat_length(unsigned writer, uint64_t sequence) {
    size_t head = (size_t)snprintf(NULL, 0, "%u %llu ", writer, (unsigned long long)sequence);
    return head + (size_t)(mixed(writer, sequence) % (MINICHAT_TEXT_MAX + 1 - head));
}

/* The message itself, with NUL behind it; its length. */
TEST_HELPER size_t chat_text(char text[MINICHAT_TEXT_MAX + 1], unsigned writer, uint64_t sequence) {
    size_t head = (size_t)sprintf(text, "%u %llu ", writer, (unsigned long long)sequence);
    uint64_t state = mixed(writer, sequence);
    size_t length = head + (size_t)(state % (MINICHAT_TEXT_MAX + 1 - head));
    for (size_t i = head; i < length; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        text[i] = (char)('a' + (state >> 33) % 26);
    }
    text[length] = 0;
    return length;
}

/* The next message of the same length: it takes the same instructions to post, and says something else. */
TEST_HELPER uint64_t chat_next_alike(unsigned writer, uint64_t sequence) {
    size_t length = chat_length(writer, sequence);
    do
        sequence++;
    while (chat_length(writer, sequence) != length);
    return sequence;
}

/* Whether the message is one of chat_text(), every byte of it; by whom, and which. */
TEST_HELPER int chat_whole(const struct minichat_message *message, unsigned *writer, uint64_t *sequence) {
    char text[MINICHAT_TEXT_MAX + 1], *end;
    *writer = (unsigned)strtoul(message->text, &end, 10);
    *sequence = strtoull(end, &end, 10);
    size_t length = chat_text(text, *writer, *sequence);
    return message->text_length == length && memcmp(message->text, text, length + 1) == 0;
}

/* Posts it. minichat_post()'s result. */
TEST_HELPER int chat_say(struct minichat *chat, unsigned writer, uint64_t sequence, uint64_t *number) {
    char text[MINICHAT_TEXT_MAX + 1];
    size_t length = chat_text(text, writer, sequence);
    return minichat_post(chat, text, length, 0, number);
}

/* How many of the last 20 messages are there, whole and without a gap up to number `newest`; -1: not so. */
TEST_HELPER int chat_last_whole(struct minichat *chat, uint64_t newest) {
    struct minichat_message messages[MINICHAT_MESSAGES];
    uint64_t before = newest > MINICHAT_MESSAGES ? newest - MINICHAT_MESSAGES : 0, sequence;
    unsigned writer;
    ssize_t count = minichat_peek(chat, before, messages, MINICHAT_MESSAGES);
    for (ssize_t i = 0; i < count; i++)
        if (messages[i].number != before + 1 + (uint64_t)i || messages[i].missed != 0 ||
            !chat_whole(&messages[i], &writer, &sequence))
            return -1;
    return count == (ssize_t)(newest - before) ? (int)count : -1;
}

/* Words of a file, from its bytes. */
TEST_HELPER uint64_t word_at(const char *path, off_t offset) {
    uint64_t word;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || pread(fd, &word, sizeof word, offset) != sizeof word)
        tap_bail("%s", path);
    close(fd);
    return word;
}

TEST_HELPER void word_put(const char *path, off_t offset, uint64_t word) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || pwrite(fd, &word, sizeof word, offset) != sizeof word)
        tap_bail("%s", path);
    close(fd);
}

/* A child that the kernel kills when the test ends; chat_alarm() ends the test. */
TEST_HELPER pid_t chat_fork(void) {
    fflush(stdout);
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        tap_bail("fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(99);
    }
    return child;
}

/* Its exit status; 1000 and the signal's number when a signal ended it. */
TEST_HELPER int chat_status(pid_t child) {
    int status;
    while (waitpid(child, &status, 0) != child)
        if (errno != EINTR)
            tap_bail("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* A test that would hang ends; with MAPBOARD_SOAK it may take half an hour. */
TEST_HELPER void chat_alarm(void) { alarm(getenv("MAPBOARD_SOAK") ? 1800 : 120); }

/* Memory that children share. */
TEST_HELPER void *shared_memory(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        tap_bail("mmap");
    return memory;
}
#endif
