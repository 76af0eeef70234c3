/* Channels that a program builds from shared memory: with a robust mutex and condition variables; and as the
 * course's students write theirs, a mapped file and a lock file. */
#include "bench.h"
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PLACES 20

struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t filled, emptied;
    unsigned long written, taken;
    char messages[PLACES][CHANNEL_MESSAGE];
};

struct queues {
    struct queue *to[2];
    int side;
};

static void *make_mutex(const char *directory) {
    (void)directory;
    struct queues *queues = calloc(1, sizeof *queues);
    CHECK(queues != NULL);
    pthread_mutexattr_t mutex;
    pthread_condattr_t condition;
    CHECK(pthread_mutexattr_init(&mutex) == 0 && pthread_condattr_init(&condition) == 0);
    CHECK(pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED) == 0);
    CHECK(pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST) == 0);
    CHECK(pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED) == 0);
    for (int side = 0; side < 2; side++) {
        struct queue *queue = queues->to[side] = shared_memory(sizeof *queue);
        CHECK(pthread_mutex_init(&queue->mutex, &mutex) == 0);
        CHECK(pthread_cond_init(&queue->filled, &condition) == 0 &&
              pthread_cond_init(&queue->emptied, &condition) == 0);
    }
    return queues;
}

static void enter_mutex(void *made, int side) { ((struct queues *)made)->side = side; }

static void hold(struct queue *queue) {
    int error = pthread_mutex_lock(&queue->mutex);
    if (error == EOWNERDEAD)
        error = pthread_mutex_consistent(&queue->mutex);
    CHECK(error == 0);
}

static void send_mutex(void *made, const void *message) {
    struct queues *queues = made;
    struct queue *queue = queues->to[!queues->side];
    hold(queue);
    while (queue->written - queue->taken == PLACES)
        CHECK(pthread_cond_wait(&queue->emptied, &queue->mutex) == 0);
    memcpy(queue->messages[queue->written++ % PLACES], message, CHANNEL_MESSAGE);
    pthread_cond_signal(&queue->filled);
    pthread_mutex_unlock(&queue->mutex);
}

static void receive_mutex(void *made, void *message) {
    struct queues *queues = made;
    struct queue *queue = queues->to[queues->side];
    hold(queue);
    while (queue->written == queue->taken)
        CHECK(pthread_cond_wait(&queue->filled, &queue->mutex) == 0);
    memcpy(message, queue->messages[queue->taken++ % PLACES], CHANNEL_MESSAGE);
    pthread_cond_signal(&queue->emptied);
    pthread_mutex_unlock(&queue->mutex);
}

static void end_mutex(void *made) {
    struct queues *queues = made;
    munmap(queues->to[0], sizeof(struct queue));
    munmap(queues->to[1], sizeof(struct queue));
    free(queues);
}

const struct channel channel_mutex = {
    "robust mutex + condition", make_mutex, enter_mutex, send_mutex, receive_mutex, end_mutex};

/* ---- the naive one ---- */

/* The reader looks again and again, under the lock, as everyone does who has no way to wait. */
struct board {
    unsigned long written[2], taken[2];
    char messages[2][PLACES][CHANNEL_MESSAGE];
};

struct naive {
    struct board *board;
    char lock_path[128];
    int lock, side;
};

static void *make_file(const char *directory) {
    struct naive *naive = calloc(1, sizeof *naive);
    CHECK(naive != NULL);
    snprintf(naive->lock_path, sizeof naive->lock_path, "%s/naive.lock", directory);
    char path[128];
    snprintf(path, sizeof path, "%s/naive", directory);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    CHECK(file >= 0 && ftruncate(file, sizeof *naive->board) == 0);
    naive->board = mmap(NULL, sizeof *naive->board, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CHECK(naive->board != MAP_FAILED);
    close(file);
    unlink(path);
    return naive;
}

static void enter_file(void *made, int side) {
    struct naive *naive = made;
    naive->side = side;
    naive->lock = open(naive->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    CHECK(naive->lock >= 0);
}

static void lock(struct naive *naive, short type) {
    struct flock what = {.l_type = type, .l_whence = SEEK_SET, .l_len = 1};
    CHECK(fcntl(naive->lock, F_SETLKW, &what) == 0);
}

static void send_file(void *made, const void *message) {
    struct naive *naive = made;
    int to = !naive->side;
    for (bool sent = false; !sent;) {
        lock(naive, F_WRLCK);
        if (naive->board->written[to] - naive->board->taken[to] < PLACES) {
            memcpy(naive->board->messages[to][naive->board->written[to]++ % PLACES], message,
                   CHANNEL_MESSAGE);
            sent = true;
        }
        lock(naive, F_UNLCK);
    }
}

static void receive_file(void *made, void *message) {
    struct naive *naive = made;
    int to = naive->side;
    for (bool received = false; !received;) {
        lock(naive, F_WRLCK);
        if (naive->board->taken[to] < naive->board->written[to]) {
            memcpy(message, naive->board->messages[to][naive->board->taken[to]++ % PLACES], CHANNEL_MESSAGE);
            received = true;
        }
        lock(naive, F_UNLCK);
    }
}

static void end_file(void *made) {
    struct naive *naive = made;
    munmap(naive->board, sizeof *naive->board);
    close(naive->lock);
    unlink(naive->lock_path);
    free(naive);
}

const struct channel channel_file = {"file + fcntl lock", make_file,    enter_file,
                                     send_file,           receive_file, end_file};
