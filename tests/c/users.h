/*
 * Several users, for a test that runs as root: a child that is somebody else. The numbers need no entry in
 * /etc/passwd.
 */
#ifndef USERS_H
#define USERS_H
#include <grp.h>
#include "chat.h"

/* The owner of a board; a member of the owner's group; somebody who has nothing to do with either; a second
 * such. */
struct user {
    uid_t uid;
    gid_t gid, group; /* `group`: one more */
};
TEST_HELPER const struct user owner = {61001, 61001, 61001}, member = {61002, 61002, 61001},
                              stranger = {61003, 61003, 61003};

/* From now on; not to be undone. Without this the kernel would not send PR_SET_PDEATHSIG any more. */
TEST_HELPER void become(const struct user *user) {
    pid_t parent = getppid();
    if (setgroups(1, &user->group) != 0 || setgid(user->gid) != 0 || setuid(user->uid) != 0)
        tap_bail("setuid");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(99);
}

/* What `answer` returns when `user` calls it, in a process of its own: 0 … 98. */
TEST_HELPER int as(const struct user *user, int (*answer)(void)) {
    pid_t child = chat_fork();
    if (child == 0) {
        become(user);
        _exit(answer());
    }
    return chat_status(child);
}
#endif
