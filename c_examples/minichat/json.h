/* JSON (RFC 8259), one object a line. Whatever the text, it is valid, and harmless on a terminal. */
#ifndef JSON_H
#define JSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void json_begin(void); /* { */
void json_end(void);   /* } and a newline */
void json_text(const char *key, const char *text, size_t length);
void json_number(const char *key, int64_t value);
void json_boolean(const char *key, bool value);
void json_null(const char *key);
void json_time(const char *key, int64_t nanoseconds); /* since 1970; as RFC 3339 writes it, in UTC */
void json_list(const char *key);                      /* [ : json_item() each, then */
void json_item(const char *text, size_t length);
void json_list_end(void); /* ] */
#endif
