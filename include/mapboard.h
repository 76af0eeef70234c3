#ifndef MAPBOARD_H
#define MAPBOARD_H

/*
 * libmapboard 0.1.0: mmap that explains itself, and the course's whiteboard chat. Link with -lmapboard.
 * Made from the sources by `make header`: change src/ffi, not this file.
 *
 * Errors: errno is the only channel, so perror() works. A function that succeeds leaves errno as it was. A pointer
 * that must not be NULL answers EFAULT, a closed handle EBADF, a flag bit of ours that does not exist EINVAL; bits of
 * PROT_, MAP_ and MS_ that the library does not know pass through to the kernel.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/types.h>

#define MAPBOARD_VERSION "0.1.0"

#if !defined __linux__ || !defined __LP64__ || !(defined __x86_64__ || defined __aarch64__)
#error "mapboard is for Linux on 64-bit x86-64 and aarch64 (off_t must have 64 bits)"
#endif

/* Before C++11 and in C there is no such word. */
#if defined __cplusplus && __cplusplus >= 201103L
#define MAPBOARD_NOEXCEPT noexcept
#else
#define MAPBOARD_NOEXCEPT
#endif

/*
 * -Dmmap=mm_map on the command line renames libc's own declaration. With _FILE_OFFSET_BITS=64 that declaration has an
 * assembler name, mmap64, which wins: the program would compile, and silently call the kernel past us.
 */
#if defined mmap && defined _FILE_OFFSET_BITS && _FILE_OFFSET_BITS == 64
#error "-Dmmap=… does not reach mmap with _FILE_OFFSET_BITS=64: use -include mapboard.h -DMAPBOARD_REPLACE_MMAP instead"
#endif


#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Maps a file or anonymous memory: mmap(2), with the same arguments, results and errno.
 */
void *mm_map(void *addr, size_t length, int prot, int flags, int fd, off_t offset) MAPBOARD_NOEXCEPT;

/**
 * munmap(2).
 */
int mm_unmap(void *addr, size_t length) MAPBOARD_NOEXCEPT;

/**
 * mprotect(2).
 */
int mm_protect(void *addr, size_t length, int prot) MAPBOARD_NOEXCEPT;

/**
 * msync(2).
 */
int mm_sync(void *addr, size_t length, int flags) MAPBOARD_NOEXCEPT;

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* MAPBOARD_H */


/*
 * MAPBOARD_REPLACE_MMAP, defined before the include (or on the command line: -include mapboard.h
 * -DMAPBOARD_REPLACE_MMAP, with -D_GNU_SOURCE if the source defines that itself, since its definition then comes too
 * late), makes the raw calls of this source file ours. Object-like, so that addresses of the functions and structure
 * members of these names follow.
 */
#ifdef MAPBOARD_REPLACE_MMAP
#undef mmap
#undef mmap64
#undef munmap
#undef msync
#undef mprotect
#define mmap mm_map
#define mmap64 mm_map
#define munmap mm_unmap
#define msync mm_sync
#define mprotect mm_protect
#endif
