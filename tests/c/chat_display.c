/* Text made safe for a terminal: what is shown for what, in buffers of every size. */
#include "chat.h"

static void shows(const char *text, size_t length, const char *wanted) {
    char out[4096];
    size_t needed = strlen(wanted);
    errno = 4242;
    size_t got = minichat_display(out, sizeof out, text, length);
    CHECK(got == needed && strcmp(out, wanted) == 0 && errno == 4242, "shown as %s", wanted);
    /* A buffer of any size takes what fits of it, ends with NUL, and is not overrun. */
    int right = 0;
    for (size_t size = 0; size <= needed + 2; size++) {
        memset(out, '~', sizeof out);
        got = minichat_display(size ? out : NULL, size, text, length);
        size_t used = size ? strlen(out) : 0;
        int whole_characters = size == 0 || (wanted[used] & 0xc0) != 0x80;
        right += got == needed && (size == 0 || used < size) && strncmp(out, wanted, used) == 0 &&
                 out[size] == '~' && whole_characters && (size <= needed || used == needed);
    }
    CHECK_EQ(right, needed + 3, "in buffers of every size");
}

#define SHOWS(text, wanted) shows(text, sizeof text - 1, wanted)

int main(void) {
    SHOWS("", "");
    SHOWS("hello", "hello");
    SHOWS("Léa dit « bonjour »", "Léa dit « bonjour »");
    SHOWS("小明：你好！", "小明：你好！");
    SHOWS("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80",
          "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80"); /* joined */
    SHOWS("e\xcc\x81", "e\xcc\x81");
    SHOWS("a\tb", "a b");
    SHOWS("a\nb\r\0c", "a^Jb^M^@c");
    SHOWS("\x1b[2J\x1b]0;title\x07", "^[[2J^[]0;title^G");
    SHOWS("\x7f", "^?");
    SHOWS("\xc2\x80\xc2\x9b"
          "2J\xc2\x9f",
          "<U+0080><U+009B>2J<U+009F>"); /* C1: ESC [ in one character */
    SHOWS("\xe2\x80\xae"
          "evil\xe2\x81\xa6\xe2\x80\x8f",
          "<U+202E>evil<U+2066><U+200F>");
    SHOWS("a\xe2\x80\xa8\xe2\x80\xa9", "a<U+2028><U+2029>");
    SHOWS("a\xe2\x80\x8b\xef\xbb\xbf\xc2\xad", "a<U+200B><U+FEFF><U+00AD>");
    SHOWS("\xf3\xa0\x81\x81\xee\x80\x80\xf4\x8f\xbf\xbf", "<U+E0041><U+E000><U+10FFFF>");
    SHOWS("\xff\xc3(\xe4\xb8", "\\xff\\xc3(\\xe4\\xb8");
    SHOWS("\xc0\x80\xed\xa0\x80", "\\xc0\\x80\\xed\\xa0\\x80");
    SHOWS("a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
          "b\xcc\x81",
          "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81<U+0301><U+0301>b\xcc\x81");

    /* Every byte, every pair of bytes: nothing that steers a terminal comes out, and it is UTF-8. */
    int controls = 0, longer = 0;
    for (int first = 0; first < 256; first++)
        for (int second = 0; second < 256; second++) {
            char text[2] = {(char)first, (char)second}, out[64];
            size_t needed = minichat_display(out, sizeof out, text, 2);
            longer += needed > 20 || needed != strlen(out);
            for (const unsigned char *c = (unsigned char *)out; *c; c++)
                controls += *c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0);
        }
    CHECK_EQ(controls, 0, "no control character in what is shown of any two bytes");
    CHECK_EQ(longer, 0, "of the length that is said");

    /* Reads what it is given, and no more. */
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), out[16];
    if (pages == MAP_FAILED || mprotect(pages + 4096, 4096, PROT_NONE) != 0)
        tap_bail("mmap");
    memcpy(pages + 4093, "ab\xe4", 3);
    CHECK(minichat_display(out, sizeof out, pages + 4093, 3) == 6 && strcmp(out, "ab\\xe4") == 0,
          "a character that is cut at the end of what can be read");
    memset(pages + 4080, 'x', 16);
    CHECK(minichat_display(pages + 4090, 6, "hello, world", 12) == 12 && strcmp(pages + 4090, "hello") == 0 &&
              pages[4089] == 'x',
          "a buffer at the end of what can be written");
    memset(out, '~', sizeof out);
    CHECK_QUIET(minichat_display(out, sizeof out, NULL, 0), 0, "no text at all");
    CHECK(out[0] == 0, "is shown as nothing");
    CHECK_QUIET(minichat_display(NULL, 0, "\x1b", 1), 2, "only the length is asked for");
    CHECK_ERRNO(minichat_display(out, sizeof out, NULL, 1), 0, EFAULT, "text is NULL");
    CHECK_ERRNO(minichat_display(NULL, 1, "a", 1), 0, EFAULT, "out is NULL");
    return tap_end();
}
