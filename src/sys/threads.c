/*
 * Where libc says that this process has one thread only (glibc 2.32); NULL: it does not say. In C because stable Rust has
 * no weak symbols.
 */
extern char __libc_single_threaded __attribute__((weak));

const char *const mapboard_single_threaded = &__libc_single_threaded;
