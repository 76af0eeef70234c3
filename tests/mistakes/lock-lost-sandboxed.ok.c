/* Nothing of the file is closed while the lock is held. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <stddef.h>

static void lock(int fd, int type) {
    struct flock whole = {.l_type = (short)type, .l_whence = SEEK_SET};
    if (fcntl(fd, F_SETLK, &whole) != 0)
        exit(2);
}

/* A file of `size` bytes, open for reading and writing. */
static int make(const char *name, const char *text, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text, size) != (ssize_t)size)
        exit(2);
    return fd;
}

int main(void) {
    struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {1, allow};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return 77;
    int fd = make("data.lock", "", 0);
    lock(fd, F_WRLCK);
    int other = open("another.lock", O_RDWR | O_CREAT, 0600);
    close(other);
    lock(fd, F_UNLCK);
    close(open("data.lock", O_RDONLY));
    return 0;
}
