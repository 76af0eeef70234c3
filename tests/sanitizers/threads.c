/*
 * Threads that share a lock, a board's handle and plain memory: `threads lock|chat|guard|race`, for the tools
 * that look for data races. In `race` there is one, so that a tool that sees nothing is found out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mapboard.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 500 };
static struct mm_lock *lock;
static struct minichat *chat;
static char *guarded;
static long plain; /* no atomic: whoever changes it must have the lock */

static void *counts(void *racing) {
    for (int i = 0; i < ROUNDS; i++) {
        if (!racing && (i % 3 ? mm_lock_exclusive(lock) : mm_lock_exclusive_timed(lock, 60000)) != 0)
            return (void *)1;
        plain++;
        if (!racing && mm_lock_release(lock) != 0)
            return (void *)1;
        if (!racing && i % 7 == 0) {
            if (mm_lock_shared(lock) != 0 || plain <= 0 || mm_lock_release(lock) != 0)
                return (void *)1;
        }
    }
    return NULL;
}

static void *posts(void *unused) {
    (void)unused;
    for (int i = 0; i < ROUNDS; i++)
        if (minichat_post(chat, "a text that is copied", 21, 0, NULL) != 0)
            return (void *)1;
    return NULL;
}

static void *listens(void *unused) {
    struct minichat_message messages[8];
    (void)unused;
    while (minichat_dernier(chat) < 2 * ROUNDS) {
        if (minichat_wait(chat, 1000) < 0 && errno != EINTR)
            return (void *)1;
        if (minichat_read(chat, messages, 8) < 0)
            return (void *)1;
    }
    return NULL;
}

static void *looks(void *unused) {
    struct minichat_person people[4];
    struct minichat_info info = {.size = sizeof info};
    struct minichat_message message;
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        const char *nick = i % 2 ? "Léa" : "小明";
        if (minichat_nick(chat, nick, strlen(nick)) != 0 || minichat_who(chat, people, 4) < 1 ||
            minichat_info(chat, &info) != 0 || minichat_peek(chat, 0, &message, 1) < 0 ||
            minichat_fd(chat) < 0 || minichat_interrupt(chat) != 0)
            return (void *)1;
    }
    return NULL;
}

/* Each its own bytes, beyond the end of the file. */
static void *touches(void *number) {
    for (int i = 0; i < 64; i++)
        guarded[i * 4096 + (intptr_t)number] = 1;
    return NULL;
}

static int all(void *(*first)(void *), void *(*second)(void *), void *(*third)(void *), int racing) {
    pthread_t thread[THREADS];
    void *result, *failed = NULL;
    for (intptr_t i = 0; i < THREADS; i++) {
        void *argument = first == touches ? (void *)i : racing ? (void *)1 : NULL;
        if (pthread_create(&thread[i], NULL, i < 2 ? first : i == 2 ? second : third, argument) != 0)
            return 1;
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], &result);
        if (result)
            failed = result;
    }
    return failed != NULL;
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "lock") == 0 || strcmp(what, "race") == 0) {
        lock = mm_lock_open("threads.lock", 0600);
        int failed = !lock || all(counts, counts, counts, *what == 'r');
        mm_lock_close(lock);
        unlink("threads.lock");
        return *what == 'l' && (failed || plain != (long)THREADS * ROUNDS);
    }
    if (strcmp(what, "chat") == 0) {
        int failed = minichat_open(&chat, "threads.board", NULL) != 0 || all(posts, listens, looks, 0);
        minichat_close(chat);
        return minichat_unlink("threads.board") != 0 || failed;
    }
    int fd = open("threads.file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, 64 * 4096) != 0)
        return 2;
    guarded = mm_map(NULL, 64 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (guarded == MAP_FAILED || mm_guard(guarded, 64 * 4096) != 0 || ftruncate(fd, 0) != 0)
        return 2;
    unlink("threads.file");
    int failed = all(touches, touches, touches, 0) || mm_guard_tripped(guarded) != 1;
    for (int i = 0; i < 64; i++)
        for (int k = 0; k < THREADS; k++)
            failed |= guarded[i * 4096 + k] != 1;
    return mm_unguard(guarded, 64 * 4096) != 0 || mm_unmap(guarded, 64 * 4096) != 0 || failed;
}
