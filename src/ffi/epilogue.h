
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
