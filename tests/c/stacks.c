/*
 * How much stack each function needs: on a thread whose stack is painted, what is painted no more was used. None needs more
 * than 8 KB, so a thread with the smallest stack there is can call them all, and those that need more than 4 say so in the
 * header.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>
#include "chat.h"

enum { STACK = 256 * 1024, MOST = 8192 };

static struct minichat *chat, *reader;
static struct minichat_message messages[MINICHAT_MESSAGES];
static struct minichat_person people[MINICHAT_SEATS];
static struct mm_lock *lock;
static char text[4096];
static char *map;
static long page;

static void nothing(void) {}
static void open_create(void) { chat = chat_open("board", MINICHAT_CREATE, "painter"); }
static void open_join(void) { reader = chat_open("board", 0, "reader"); }
static void post(void) {
    static char words[MINICHAT_TEXT_MAX];
    for (size_t i = 0; i + 2 <= sizeof words; i += 2)
        memcpy(words + i, "é", 2);
    minichat_post(chat, words, sizeof words, 0, NULL);
}
static void nick(void) { minichat_nick(chat, "painter", 7); }
static void read_all(void) { minichat_read(reader, messages, MINICHAT_MESSAGES); }
static void peek(void) { minichat_peek(reader, 0, messages, MINICHAT_MESSAGES); }
static void wait_a_little(void) { minichat_wait(reader, 1); }
static void descriptor(void) { minichat_fd(reader); }
static void interrupt(void) { minichat_interrupt(reader); }
static void seek(void) { minichat_seek(reader, 0); }
static void who(void) { minichat_who(reader, people, MINICHAT_SEATS); }
static void info(void) {
    struct minichat_info about = {.size = sizeof about};
    minichat_info(reader, &about);
}
static void who_from_outside(void) {
    struct minichat *outside = chat_open("board", MINICHAT_READ_ONLY, NULL);
    minichat_who(outside, people, MINICHAT_SEATS);
    minichat_close(outside);
}
static void close_reader(void) { minichat_close(reader); }
static void close_chat(void) { minichat_close(chat); }
static void unlink_board(void) { minichat_unlink("board"); }
static void display(void) { minichat_display(text, sizeof text, "a\033b", 3); }
static void lock_open(void) { lock = mm_lock_open("lock", 0600); }
static void lock_exclusive(void) { mm_lock_exclusive(lock); }
static void lock_release(void) { mm_lock_release(lock); }
static void lock_shared_timed(void) { mm_lock_shared_timed(lock, 10); }
static void lock_close(void) { mm_lock_close(lock); }
static void map_it(void) { map = mm_map(NULL, 4 * (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
static void guard(void) { mm_guard(map, 4 * (size_t)page); }
static void unguard(void) { mm_unguard(map, 4 * (size_t)page); }
static void protect(void) { mm_protect(map, (size_t)page, PROT_READ); }
static void sync_it(void) { mm_sync(map, (size_t)page, MS_ASYNC); }
static void remap(void) { map = mm_remap(map, 4 * (size_t)page, 8 * (size_t)page, MREMAP_MAYMOVE); }
static void unmap(void) { mm_unmap(map, 8 * (size_t)page); }
static void create_file(void) { mm_unmap(mm_create_file("file", 100, 0600), 100); }
static void map_file(void) {
    size_t length;
    void *mapped = mm_map_file("file", PROT_READ, MAP_SHARED, &length);
    mm_unmap(mapped, length);
}
static void explain(void) {
    mm_map(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mm_explain(text, sizeof text);
}
static void explain_a_file(void) {
    int fd = open("file", O_RDONLY | O_CLOEXEC);
    mm_map(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    mm_explain(text, sizeof text);
    close(fd);
}
static void explain_a_range(void) {
    mm_protect((void *)(uintptr_t)page, 1 << 20, PROT_READ);
    mm_explain(text, sizeof text);
}
static void explain_a_lock(void) {
    mm_lock_try_shared(lock);
    mm_explain(text, sizeof text);
}
static void say_it(void) {
    mm_map(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mm_perror("painter");
}

static void (*volatile act)(void);
static void *run(void *argument) {
    (void)argument;
    act();
    return NULL;
}

/* Bytes of stack that a thread uses which calls it. */
static size_t used(void (*what)(void)) {
    unsigned char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_attr_t attributes;
    pthread_t thread;
    size_t at = 0;
    if (stack == MAP_FAILED || pthread_attr_init(&attributes) != 0 ||
        pthread_attr_setstack(&attributes, stack, STACK) != 0)
        tap_bail("a stack");
    memset(stack, 0xa5, STACK - 4096); /* its upper end is the thread library's */
    act = what;
    if (pthread_create(&thread, &attributes, run, NULL) != 0)
        tap_bail("pthread_create");
    pthread_join(thread, NULL);
    while (at < STACK && stack[at] == 0xa5)
        at++;
    munmap(stack, STACK);
    pthread_attr_destroy(&attributes);
    return STACK - at;
}

int main(void) {
    tap_directory();
    chat_alarm();
    page = sysconf(_SC_PAGESIZE);
    static const struct {
        const char *name;
        void (*call)(void);
    } calls[] = {
        {"minichat_open, creating", open_create}, {"minichat_open, joining", open_join}, {"minichat_post", post},
        {"minichat_nick", nick}, {"minichat_read", read_all}, {"minichat_peek", peek}, {"minichat_wait", wait_a_little},
        {"minichat_fd", descriptor}, {"minichat_interrupt", interrupt}, {"minichat_seek", seek}, {"minichat_who", who},
        {"minichat_info", info}, {"minichat_who, seen from outside", who_from_outside}, {"minichat_close", close_reader},
        {"minichat_close, the last one", close_chat}, {"minichat_unlink", unlink_board}, {"minichat_display", display},
        {"mm_lock_open", lock_open}, {"mm_lock_exclusive", lock_exclusive}, {"mm_explain, of a lock", explain_a_lock},
        {"mm_lock_release", lock_release}, {"mm_lock_shared_timed", lock_shared_timed}, {"mm_lock_close", lock_close},
        {"mm_map", map_it}, {"mm_guard", guard}, {"mm_unguard", unguard}, {"mm_protect", protect}, {"mm_sync", sync_it},
        {"mm_remap", remap}, {"mm_unmap", unmap}, {"mm_create_file", create_file}, {"mm_map_file", map_file},
        {"mm_explain", explain}, {"mm_explain, of a file", explain_a_file}, {"mm_explain, of a range", explain_a_range},
        {"mm_perror", say_it},
    };
    used(nothing);
    size_t base = used(nothing);
    printf("# a thread that does nothing: %zu\n", base);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        size_t bytes = used(calls[i].call);
        bytes = bytes > base ? bytes - base : 0;
        printf("# %s: %zu\n", calls[i].name, bytes);
        CHECK(bytes <= MOST, "%s needs %zu bytes of stack", calls[i].name, bytes);
    }
    return tap_end();
}
