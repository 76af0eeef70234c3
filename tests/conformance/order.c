/* The order in which mmap looks at its arguments: when two are wrong, which error is it? */
#include "side_by_side.h"

static void offset_comes_first(void) {
    FAILS(mm->map(NULL, page, R, MAP_PRIVATE, -1, 5), EINVAL, "fd -1, offset 5");
    FAILS(mm->map(NULL, page, R, MAP_PRIVATE, -1, (off_t)page - 1), EINVAL, "fd -1, offset a page less 1");
    FAILS(mm->map(NULL, page, R, MAP_PRIVATE, -1, 0), EBADF, "fd -1, offset 0: now fd is looked at");
}

static void descriptor_comes_second(void) {
    int closed = closed_fd(), path = open(".", O_PATH | O_CLOEXEC);
    FAILS(mm->map(NULL, 0, R, 0, closed, 0), EBADF, "not open, length 0, no type");
    FAILS(mm->map(NULL, 0, R, 0, -1, 0), EBADF, "-1, length 0, no type");
    FAILS(mm->map(NULL, 0, R, 0, path, 0), EBADF, "O_PATH, length 0, no type");
    FAILS(mm->map(NULL, SIZE_MAX, R, 0, closed, 0), EBADF, "not open, length SIZE_MAX");
}

static void length_comes_third(void) {
    int fd = new_file("file", page), writable = reopen(fd, O_WRONLY);
    off_t last = INT64_MAX & -(off_t)page;
    FAILS(mm->map(NULL, 0, R, MAP_PRIVATE, writable, 0), EINVAL, "length 0, descriptor unreadable");
    FAILS(mm->map(NULL, SIZE_MAX, R, 0, fd, 0), ENOMEM, "length SIZE_MAX, no type");
    FAILS(mm->map(NULL, SIZE_MAX - page, R, 0, fd, 0), ENOMEM,
          "length just above the address space, no type");
    FAILS(mm->map((void *)1, SIZE_MAX - page, R, MAP_FIXED, fd, 0), ENOMEM, "the same, MAP_FIXED unaligned");
    FAILS(mm->map(NULL, 2 * page, R, 0, fd, last), EOVERFLOW, "offset + length over 64 bits, no type");
    FAILS(mm->map(NULL, page, R, MAP_PRIVATE, writable, -(off_t)page), EOVERFLOW,
          "offset negative, unreadable");
}

static void then_address_type_rights_kind(void) {
    int fd = new_file("file", page), writable = reopen(fd, O_WRONLY);
    int directory = open(".", O_RDONLY | O_CLOEXEC);
    char *used = MAPS(mm->map(NULL, page, R, ANONYMOUS, -1, 0), "a mapping in the way");
    char *above = (char *)((uintptr_t)1 << 62);
    FAILS(mm->map(above, page, R, MAP_FIXED, fd, 0), ENOMEM, "MAP_FIXED above the address space, no type");
    FAILS(mm->map((void *)1, 2 * page, R, MAP_FIXED, fd, INT64_MAX & -(off_t)page), EINVAL,
          "MAP_FIXED unaligned, offset + length over 64 bits: the address is looked at before the sum");
    FAILS(mm->map(used, page, R, MAP_FIXED_NOREPLACE, fd, 0), EEXIST,
          "MAP_FIXED_NOREPLACE on a mapping, no type");
    FAILS(mm->map(NULL, page, R, 0, writable, 0), EINVAL, "no type, descriptor unreadable");
    FAILS(mm->map(NULL, page, R, 0, directory, 0), EINVAL, "no type, directory");
    FAILS(mm->map(NULL, page, RW, MAP_SHARED, directory, 0), EACCES, "directory, shared and writable");
    FAILS(mm->map(NULL, page, R, MAP_SHARED, directory, 0), ENODEV, "directory, read only");
}

int main(void) {
    side_by_side("1 an unaligned offset is EINVAL before fd is looked at", offset_comes_first);
    side_by_side("2 fd is EBADF before length and flags", descriptor_comes_second);
    side_by_side("3 then the length: EINVAL, ENOMEM, EOVERFLOW", length_comes_third);
    side_by_side("4 then a fixed address, type, rights, kind of file", then_address_type_rights_kind);
    return tap_end();
}
