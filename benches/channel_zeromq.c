/* ZeroMQ (libzmq3-dev) over ipc: a PAIR socket at each end. */
#include "bench.h"
#include "channel.h"

#include <zmq.h>

struct made {
    char address[128];
    void *context, *socket;
};

static void *make(const char *directory) {
    struct made *made = calloc(1, sizeof *made);
    CHECK(made != NULL);
    snprintf(made->address, sizeof made->address, "ipc://%s/zeromq", directory);
    return made;
}

/* Contexts have threads, which no fork survives: each side makes its own. */
static void enter(void *state, int side) {
    struct made *made = state;
    made->context = zmq_ctx_new();
    made->socket = zmq_socket(made->context, ZMQ_PAIR);
    CHECK(made->context != NULL && made->socket != NULL);
    CHECK((side ? zmq_connect : zmq_bind)(made->socket, made->address) == 0);
}

static void send(void *state, const void *message) {
    struct made *made = state;
    CHECK(zmq_send(made->socket, message, CHANNEL_MESSAGE, 0) == CHANNEL_MESSAGE);
}

static void receive(void *state, void *message) {
    struct made *made = state;
    CHECK(zmq_recv(made->socket, message, CHANNEL_MESSAGE, 0) == CHANNEL_MESSAGE);
}

static void end(void *state) {
    struct made *made = state;
    zmq_close(made->socket);
    zmq_ctx_term(made->context);
    free(made);
}

const struct channel channel_zeromq = {"ZeroMQ ipc", make, enter, send, receive, end};
