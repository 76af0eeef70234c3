/*
 * A program that has closed its standard streams: no descriptor of the library's may take their numbers, or the
 * program's next printf would write over a board.
 */
#include "chat.h"

enum { STREAMS = 3, DESCRIPTORS = 64 };

/* In the child: which of what was opened has the number of a standard stream, one bit each; 128: something failed. */
static int opens_with_closed(unsigned closed) {
    for (int fd = 0; fd < STREAMS; fd++)
        if (closed & 1u << fd)
            close(fd);
    struct minichat *made = NULL, *joined = NULL, *reader = NULL;
    struct minichat_person person;
    size_t length = 4096;
    if (chat_try(&made, "board", MINICHAT_CREATE, "made") != 0 || chat_try(&joined, "board", 0, "joined") != 0 ||
        chat_try(&reader, "board", MINICHAT_READ_ONLY, NULL) != 0 || minichat_fd(joined) < STREAMS ||
        minichat_fd(reader) < STREAMS)
        return 128;
    struct mm_lock *lock = mm_lock_open("lock", 0600);
    if (!lock || mm_lock_exclusive(lock) != 0 || mm_create_file("file", length, 0600) == MAP_FAILED ||
        minichat_who(reader, &person, 1) < 1)
        return 128;
    int taken = 0;
    for (int fd = 0; fd < STREAMS; fd++)
        taken |= (closed & 1u << fd && fcntl(fd, F_GETFD) != -1) << fd;
    for (int fd = STREAMS; fd < DESCRIPTORS; fd++) {
        int flags = fcntl(fd, F_GETFD);
        taken |= (flags != -1 && !(flags & FD_CLOEXEC)) << 3; /* and all of them are closed by exec */
    }
    /* What the program prints goes nowhere, and above all not into the board. */
    for (int fd = 0; fd < STREAMS; fd++)
        if (closed & 1u << fd)
            taken |= (write(fd, "printed", 7) != -1) << 4;
    uint64_t number = 0;
    taken |= (minichat_post(joined, "there", 5, 0, &number) != 0 || number != 1) << 5;
    minichat_close(reader);
    minichat_close(joined);
    minichat_close(made);
    mm_lock_close(lock);
    return taken;
}

int main(void) {
    tap_directory();
    chat_alarm();
    for (unsigned closed = 1; closed < 1u << STREAMS; closed++) {
        pid_t pid = chat_fork();
        if (pid == 0) {
            for (int fd = STREAMS; fd < DESCRIPTORS; fd++)
                close(fd); /* what the test was started with */
            _exit(opens_with_closed(closed));
        }
        char name[100];
        snprintf(name, sizeof name, "standard streams closed, as bits: %u: their numbers stay free", closed);
        CHECK_EQ(chat_status(pid), 0, name);
        minichat_unlink("board");
        unlink("file");
        unlink("lock");
    }
    return tap_end();
}
