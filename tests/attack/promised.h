/*
 * The errors that include/mapboard.h promises of a function: the names in its description, and those of what
 * the description refers to, another function of ours or a manual page of section 2.
 */
#ifndef PROMISED_H
#define PROMISED_H
#include <ctype.h>
#include <errno.h>
#include "tap.h"

#define PROMISED_NAME(name) {#name, name}
static const struct promised_name {
    const char *name;
    int error;
} promised_names[] = {
    PROMISED_NAME(E2BIG),           PROMISED_NAME(EACCES),
    PROMISED_NAME(EAGAIN),          PROMISED_NAME(EBADF),
    PROMISED_NAME(EBADMSG),         PROMISED_NAME(EBUSY),
    PROMISED_NAME(ECHILD),          PROMISED_NAME(EDEADLK),
    PROMISED_NAME(EDQUOT),          PROMISED_NAME(EEXIST),
    PROMISED_NAME(EFAULT),          PROMISED_NAME(EFBIG),
    PROMISED_NAME(EILSEQ),          PROMISED_NAME(EINTR),
    PROMISED_NAME(EINVAL),          PROMISED_NAME(EIO),
    PROMISED_NAME(EISDIR),          PROMISED_NAME(ELOOP),
    PROMISED_NAME(EMEDIUMTYPE),     PROMISED_NAME(EMFILE),
    PROMISED_NAME(EMLINK),          PROMISED_NAME(EMSGSIZE),
    PROMISED_NAME(ENAMETOOLONG),    PROMISED_NAME(ENFILE),
    PROMISED_NAME(ENODEV),          PROMISED_NAME(ENOENT),
    PROMISED_NAME(ENOLCK),          PROMISED_NAME(ENOMEM),
    PROMISED_NAME(ENOSPC),          PROMISED_NAME(ENOSYS),
    PROMISED_NAME(ENOTDIR),         PROMISED_NAME(ENOTSUP),
    PROMISED_NAME(ENXIO),           PROMISED_NAME(EOPNOTSUPP),
    PROMISED_NAME(EOVERFLOW),       PROMISED_NAME(EPERM),
    PROMISED_NAME(EPROTONOSUPPORT), PROMISED_NAME(EROFS),
    PROMISED_NAME(ESTALE),          PROMISED_NAME(ETIMEDOUT),
    PROMISED_NAME(ETXTBSY),         PROMISED_NAME(EUSERS),
    PROMISED_NAME(EXDEV),           PROMISED_NAME(EPIPE),
};

/* "as open(2) has them": the manual's own lists, as far as the header does not name them itself. */
static const struct promised_page {
    const char *page, *errors;
} promised_pages[] = {
    {"open(2)",
     "EACCES EBUSY EDQUOT EEXIST EINTR EINVAL EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT ENOMEM "
     "ENOSPC ENOTDIR ENXIO EOPNOTSUPP EOVERFLOW EPERM EROFS ETXTBSY EAGAIN"},
    {"mmap(2)", "EACCES EAGAIN ENFILE ENODEV ENOMEM EPERM"},
    {"unlink(2)", "EACCES EBUSY EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS"},
    {"link(2)", "EACCES EDQUOT EIO EMLINK ENOENT ENOMEM ENOSPC EPERM EROFS EXDEV"},
    {"fallocate(2)", "EDQUOT EFBIG EINTR EIO ENODEV ENOSPC ENOSYS EOPNOTSUPP EPERM ETXTBSY"},
};

static char promised_header[200000];

static const char *promised_text(void) {
    if (!promised_header[0]) {
        char path[4200];
        snprintf(path, sizeof path, "%s/mapboard.h", getenv("MB_INCLUDE") ? getenv("MB_INCLUDE") : "include");
        FILE *file = fopen(path, "r");
        if (!file || fread(promised_header, 1, sizeof promised_header - 1, file) == 0)
            tap_bail("%s", path);
        fclose(file);
    }
    return promised_header;
}

/* Adds the names of errors between two places; EAGAIN and EWOULDBLOCK are one. */
static void promised_among(const char *from, const char *to, unsigned char errors[256]) {
    for (const char *at = from; at < to;) {
        size_t length = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        for (size_t i = 0; length && i < sizeof promised_names / sizeof *promised_names; i++)
            if (strlen(promised_names[i].name) == length && strncmp(promised_names[i].name, at, length) == 0)
                errors[promised_names[i].error] = 1;
        at += length ? length : 1;
    }
}

/* Adds what the header promises of `function`. */
static void promised_errors(const char *function, unsigned char errors[256], int depth) {
    const char *text = promised_text(), *at = text, *from = NULL;
    size_t length = strlen(function);
    /* The declaration: the name at a line's start or behind a type, then a parenthesis; not in a comment. */
    while ((at = strstr(at, function))) {
        const char *line = at;
        while (line > text && line[-1] != '\n')
            line--;
        if (at[length] == '(' && line[0] != ' ' && line[0] != '/' && !isalnum((unsigned char)at[-1]) &&
            at[-1] != '_' && line[0] != '#')
            break;
        at += length;
    }
    if (!at)
        tap_bail("%s is not declared", function);
    for (const char *comment = text; (comment = strstr(comment, "/**")) && comment < at; comment += 3)
        from = comment;
    const char *end = from ? strstr(from, "*/") : NULL;
    if (!end)
        tap_bail("%s is not described", function);
    const char *threads = strstr(from, "* Threads"); /* from there on it is not about errors */
    end = threads && threads < end ? threads : end;
    promised_among(from, end, errors);
    for (size_t i = 0; i < sizeof promised_pages / sizeof *promised_pages; i++) {
        const char *page = strstr(from, promised_pages[i].page);
        if (page && page < end)
            promised_among(promised_pages[i].errors,
                           promised_pages[i].errors + strlen(promised_pages[i].errors), errors);
    }
    /* "as for mm_lock_exclusive()", "as mm_map() has them"; not "as minichat_unlink() does" */
    for (const char *as = from; depth < 3 && (as = strstr(as, "as ")) && as < end; as += 3) {
        char other[60];
        const char *name = strncmp(as + 3, "for ", 4) == 0 ? as + 7 : as + 3;
        if (sscanf(name, "%59[a-z_](", other) != 1 || strcmp(other, function) == 0 ||
            (strncmp(other, "mm_", 3) != 0 && strncmp(other, "minichat_", 9) != 0))
            continue;
        const char *behind = name + strlen(other);
        if (strncmp(behind, "()", 2) == 0 &&
            (strchr(".,;:", behind[2]) || strncmp(behind + 2, " ha", 3) == 0))
            promised_errors(other, errors, depth + 1);
    }
}
#endif
