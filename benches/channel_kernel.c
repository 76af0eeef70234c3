/* Channels that the kernel has: pipes, sockets, message queues. Two of each, one for each direction. */
#include "bench.h"
#include "channel.h"

#include <fcntl.h>
#include <mqueue.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <unistd.h>

struct ends {
    int in[2], out[2]; /* by side */
    int side;
};

static void enter(void *made, int side) {
    struct ends *ends = made;
    ends->side = side;
}

static struct ends *new_ends(void) {
    struct ends *ends = calloc(1, sizeof *ends);
    CHECK(ends != NULL);
    return ends;
}

static void *make_pipe(const char *directory) {
    (void)directory;
    struct ends *ends = new_ends();
    for (int side = 0; side < 2; side++) {
        int pair[2];
        CHECK(pipe2(pair, O_CLOEXEC) == 0);
        ends->in[side] = pair[0];
        ends->out[!side] = pair[1];
    }
    return ends;
}

static void *make_socket(int type) {
    struct ends *ends = new_ends();
    int pair[2];
    CHECK(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair) == 0);
    for (int side = 0; side < 2; side++)
        ends->in[side] = ends->out[side] = pair[side];
    return ends;
}

static void *make_datagram(const char *directory) {
    (void)directory;
    return make_socket(SOCK_DGRAM);
}

static void *make_seqpacket(const char *directory) {
    (void)directory;
    return make_socket(SOCK_SEQPACKET);
}

static void send_descriptor(void *made, const void *message) {
    struct ends *ends = made;
    CHECK(write(ends->out[ends->side], message, CHANNEL_MESSAGE) == CHANNEL_MESSAGE);
}

static void receive_descriptor(void *made, void *message) {
    struct ends *ends = made;
    /* Writes of up to PIPE_BUF bytes are whole, and so is every multiple of them. */
    CHECK(read(ends->in[ends->side], message, CHANNEL_MESSAGE) == CHANNEL_MESSAGE);
}

static void end_descriptor(void *made) {
    struct ends *ends = made;
    for (int side = 0; side < 2; side++) {
        close(ends->in[side]);
        if (ends->out[side] != ends->in[side])
            close(ends->out[side]);
    }
    free(ends);
}

const struct channel channel_pipe = {"pipe",          make_pipe,          enter,
                                     send_descriptor, receive_descriptor, end_descriptor};
const struct channel channel_datagram = {"Unix datagram socket", make_datagram,      enter,
                                         send_descriptor,        receive_descriptor, end_descriptor};
const struct channel channel_seqpacket = {"Unix seqpacket socket", make_seqpacket,     enter,
                                          send_descriptor,         receive_descriptor, end_descriptor};

static void *make_posix(const char *directory) {
    (void)directory;
    struct ends *ends = new_ends();
    for (int side = 0; side < 2; side++) {
        char name[64];
        snprintf(name, sizeof name, "/mapboard-bench-%ld-%d", (long)getpid(), side);
        struct mq_attr attributes = {.mq_maxmsg = 10, .mq_msgsize = CHANNEL_MESSAGE};
        ends->in[side] = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attributes);
        if (ends->in[side] < 0) {
            free(ends);
            return NULL;
        }
        mq_unlink(name);
        ends->out[!side] = ends->in[side];
    }
    return ends;
}

static void send_posix(void *made, const void *message) {
    struct ends *ends = made;
    CHECK(mq_send(ends->out[ends->side], message, CHANNEL_MESSAGE, 0) == 0);
}

static void receive_posix(void *made, void *message) {
    struct ends *ends = made;
    CHECK(mq_receive(ends->in[ends->side], message, CHANNEL_MESSAGE, NULL) == CHANNEL_MESSAGE);
}

static void end_posix(void *made) {
    struct ends *ends = made;
    mq_close(ends->in[0]);
    mq_close(ends->in[1]);
    free(ends);
}

const struct channel channel_posix = {"POSIX message queue", make_posix, enter, send_posix,
                                      receive_posix,         end_posix};

static void *make_sysv(const char *directory) {
    (void)directory;
    struct ends *ends = new_ends();
    for (int side = 0; side < 2; side++) {
        ends->in[side] = ends->out[!side] = msgget(IPC_PRIVATE, 0600);
        if (ends->in[side] < 0) {
            free(ends);
            return NULL;
        }
    }
    return ends;
}

struct envelope {
    long type;
    char message[CHANNEL_MESSAGE];
};

static void send_sysv(void *made, const void *message) {
    struct ends *ends = made;
    struct envelope envelope = {.type = 1};
    memcpy(envelope.message, message, CHANNEL_MESSAGE);
    CHECK(msgsnd(ends->out[ends->side], &envelope, CHANNEL_MESSAGE, 0) == 0);
}

static void receive_sysv(void *made, void *message) {
    struct ends *ends = made;
    struct envelope envelope;
    CHECK(msgrcv(ends->in[ends->side], &envelope, CHANNEL_MESSAGE, 0, 0) == CHANNEL_MESSAGE);
    memcpy(message, envelope.message, CHANNEL_MESSAGE);
}

static void end_sysv(void *made) {
    struct ends *ends = made;
    msgctl(ends->in[0], IPC_RMID, NULL);
    msgctl(ends->in[1], IPC_RMID, NULL);
    free(ends);
}

const struct channel channel_sysv = {"SysV message queue", make_sysv, enter, send_sysv,
                                     receive_sysv,         end_sysv};
