/* Redis publish and subscribe (redis-server, libhiredis-dev), over a Unix socket, with a server of our own.
 */
#include "bench.h"
#include "channel.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct made {
    char address[128];
    pid_t server;
    int side;
    redisContext *publisher, *subscriber;
};

static redisContext *reach(struct made *made) {
    for (int i = 0; i < 500; i++) {
        redisContext *context = redisConnectUnix(made->address);
        if (context != NULL && context->err == 0)
            return context;
        if (context)
            redisFree(context);
        pause_sleeping(10000000);
    }
    return NULL;
}

static void *make(const char *directory) {
    struct made *made = calloc(1, sizeof *made);
    CHECK(made != NULL);
    snprintf(made->address, sizeof made->address, "%s/redis", directory);
    made->server = fork();
    if (made->server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        go_to_any_processor();
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, 1);
        dup2(nowhere, 2);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", made->address, "--save", "",
               "--dir", directory, (char *)NULL);
        _exit(127);
    }
    redisContext *probe = made->server > 0 ? reach(made) : NULL;
    if (probe == NULL) {
        if (made->server > 0) {
            kill(made->server, SIGKILL);
            waitpid(made->server, NULL, 0);
        }
        free(made);
        return NULL;
    }
    redisFree(probe);
    return made;
}

static void enter(void *state, int side) {
    struct made *made = state;
    made->side = side;
    made->publisher = reach(made);
    made->subscriber = reach(made);
    CHECK(made->publisher != NULL && made->subscriber != NULL);
    redisReply *reply = redisCommand(made->subscriber, "SUBSCRIBE side%d", side);
    CHECK(reply != NULL);
    freeReplyObject(reply);
}

static void send(void *state, const void *message) {
    struct made *made = state;
    redisReply *reply;
    do { /* 0: nobody has subscribed yet */
        reply = redisCommand(made->publisher, "PUBLISH side%d %b", !made->side, message,
                             (size_t)CHANNEL_MESSAGE);
        CHECK(reply != NULL && reply->type == REDIS_REPLY_INTEGER);
    } while (reply->integer == 0 && (freeReplyObject(reply), true));
    freeReplyObject(reply);
}

static void receive(void *state, void *message) {
    struct made *made = state;
    redisReply *reply;
    CHECK(redisGetReply(made->subscriber, (void **)&reply) == REDIS_OK);
    CHECK(reply->type == REDIS_REPLY_ARRAY && reply->elements == 3 &&
          reply->element[2]->len == CHANNEL_MESSAGE);
    memcpy(message, reply->element[2]->str, CHANNEL_MESSAGE);
    freeReplyObject(reply);
}

static void end(void *state) {
    struct made *made = state;
    redisFree(made->publisher);
    redisFree(made->subscriber);
    kill(made->server, SIGTERM);
    waitpid(made->server, NULL, 0);
    unlink(made->address);
    free(made);
}

const struct channel channel_redis = {"Redis publish/subscribe", make, enter, send, receive, end};
