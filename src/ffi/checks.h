
/*
 * Mistakes that show at compile time: mm_map() with length 0, with no mapping type or two, with an offset that is no
 * multiple of a page, or with fd -1 and no MAP_ANONYMOUS, where these are constants. GCC and clang say so in a warning,
 * at every optimisation level; nothing is added to the call. MAPBOARD_NO_CHECKS, defined before the include, turns it
 * off (for a source that declares a function of this name itself, say).
 */
#if !defined MAPBOARD_NO_CHECKS && !defined MAPBOARD_CHECKS && !defined __cplusplus && !defined __TINYC__
#if defined __clang__ ? __clang_major__ >= 14 : defined __GNUC__
#define MAPBOARD_CHECKS

/*
 * Each gives its argument back. Neither inlined nor seen through, so that a call is left to warn of; clang sees through
 * a static function whatever it is told, not through a weak one.
 */
#ifdef __clang__
#define MAPBOARD_OPAQUE __attribute__((noinline, weak, visibility("hidden")))
#else
#define MAPBOARD_OPAQUE static __attribute__((noinline, noipa, unused))
#endif
#define MAPBOARD_WARN(type, name, text)                                                                       \
    MAPBOARD_OPAQUE type mapboard_##name(type value) __attribute__((warning(text)));                          \
    MAPBOARD_OPAQUE type mapboard_##name(type value) { return value; }
MAPBOARD_WARN(size_t, length_zero, "length is 0: mm_map will fail with EINVAL")
MAPBOARD_WARN(int, type_missing, "neither MAP_SHARED nor MAP_PRIVATE: mm_map will fail with EINVAL")
MAPBOARD_WARN(int, type_both, "MAP_SHARED and MAP_PRIVATE: exactly one of them is needed")
MAPBOARD_WARN(int, fd_invalid, "fd is -1 without MAP_ANONYMOUS: mm_map will fail with EBADF")
MAPBOARD_WARN(off_t, offset_unaligned, "offset is no multiple of the page size: mm_map will fail with EINVAL")
#undef MAPBOARD_WARN
#undef MAPBOARD_OPAQUE

/*
 * The value if it is an integer constant expression, and otherwise one without a mistake. (0 times such an expression,
 * made a pointer, is a null pointer constant, and then the conditional has the type of its other branch: C11 6.5.15.)
 */
#define MAPBOARD_IS_CONSTANT(value)                                                                           \
    (__extension__(sizeof(int) == sizeof(*(1 ? ((void *)((long)(value) * 0L)) : (int *)1))))
#define MAPBOARD_KNOWN(value, harmless) __builtin_choose_expr(MAPBOARD_IS_CONSTANT(value), value, harmless)
/* `value` is evaluated once: of the uses of it only the chosen one is. */
#define MAPBOARD_IF(mistake, name, value) __builtin_choose_expr(mistake, mapboard_##name((value)), (value))

#define MAPBOARD_LENGTH(length) MAPBOARD_IF(MAPBOARD_KNOWN(length, 1) == 0, length_zero, length)
/* MAP_SHARED_VALIDATE is 3, as both bits are: written as one number, or with more flags, it is meant. */
#define MAPBOARD_BOTH(flags, text)                                                                            \
    ((MAPBOARD_KNOWN(flags, 1) & 0xf) == 3 && sizeof text > sizeof "0x03" &&                                  \
     (MAPBOARD_KNOWN(flags, 1) & ~(0xf | MAPBOARD_ANONYMOUS)) == 0)
#define MAPBOARD_FLAGS(flags, text)                                                                           \
    __builtin_choose_expr(MAPBOARD_BOTH(flags, text), mapboard_type_both((flags)),                            \
                          MAPBOARD_IF((MAPBOARD_KNOWN(flags, 1) & 0xf) == 0, type_missing, flags))
#define MAPBOARD_FD(fd, flags)                                                                                \
    MAPBOARD_IF(MAPBOARD_KNOWN(fd, 0) == -1 && (MAPBOARD_KNOWN(flags, MAPBOARD_ANONYMOUS) & MAPBOARD_ANONYMOUS) == 0, \
                fd_invalid, fd)
#define MAPBOARD_OFFSET(offset) MAPBOARD_IF((MAPBOARD_KNOWN(offset, 0) & 4095) != 0, offset_unaligned, offset)
#define MAPBOARD_ANONYMOUS 0x20 /* MAP_ANONYMOUS, which strict C99 hides */

/* A call with another number of arguments (a comma in braces makes one more) goes through as it is. */
#define MAPBOARD_CALL6(addr, length, prot, flags, fd, offset)                                                 \
    (addr, MAPBOARD_LENGTH(length), prot, MAPBOARD_FLAGS(flags, #flags), MAPBOARD_FD(fd, flags), MAPBOARD_OFFSET(offset))
#define MAPBOARD_CALL(...) (__VA_ARGS__)
#define MAPBOARD_NINTH(a, b, c, d, e, f, g, h, i, ...) i
#define MAPBOARD_SELECT(...)                                                                                  \
    MAPBOARD_NINTH(__VA_ARGS__, MAPBOARD_CALL, MAPBOARD_CALL, MAPBOARD_CALL6, MAPBOARD_CALL, MAPBOARD_CALL,    \
                   MAPBOARD_CALL, MAPBOARD_CALL, MAPBOARD_CALL, MAPBOARD_CALL)
#define mm_map(...) mm_map MAPBOARD_SELECT(__VA_ARGS__)(__VA_ARGS__)
#endif
#endif
