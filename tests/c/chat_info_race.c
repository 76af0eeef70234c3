/* One thread of a handle reads while another asks: a board that goes on meanwhile is not a spoiled one. */
#include <pthread.h>
#include "chat.h"

#define ROUNDS 20000

static struct minichat *poster, *reader;
static _Atomic int done;

static void *goes_on(void *unused) {
    struct minichat_message message;
    (void)unused;
    while (!done)
        if (minichat_post(poster, "text", 4, 0, NULL) != 0 || minichat_read(reader, &message, 1) != 1)
            return (void *)1;
    return NULL;
}

int main(void) {
    tap_directory();
    poster = chat_open("board", MINICHAT_CREATE, NULL);
    reader = chat_open("board", 0, NULL);
    pthread_t thread;
    if (pthread_create(&thread, NULL, goes_on, NULL) != 0)
        tap_bail("pthread_create");
    int failed = 0, behind = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct minichat_info info = {.size = sizeof info};
        uint64_t before = minichat_dernier(reader);
        failed += minichat_info(reader, &info) != 0;
        behind += info.last < before || info.dernier < before;
    }
    done = 1;
    void *wrong;
    pthread_join(thread, &wrong);
    CHECK_EQ(failed, 0, "minichat_info that failed");
    CHECK_EQ(behind, 0, "minichat_info that was behind what another thread had read");
    CHECK(!wrong, "nor did the one who posts and reads");
    minichat_close(poster);
    minichat_close(reader);
    return tap_end();
}
