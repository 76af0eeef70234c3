/*
 * The flags of a message reach the reader as the header has them: MINICHAT_ACTION or 0. A message with any other bit,
 * under a checksum that is right, was written by no participant.
 */
#include "forge.h"

int main(void) {
    tap_directory();
    chat_alarm();
    struct minichat *chat = chat_open("board", MINICHAT_CREATE, "reader");
    struct minichat_message message;
    struct forged it = {.nick = "n", .text = "text", .nick_length = 1, .text_length = 4, .seat = 64};
    for (uint32_t bit = 0; bit <= 16; bit++) {
        it.flags = bit < 16 ? 1u << bit : 0x6897;
        forge_message("board", 1, &it);
        if (it.flags == MINICHAT_ACTION) {
            CHECK_EQ(minichat_peek(chat, 0, &message, 1), 1, "MINICHAT_ACTION is read");
            CHECK_EQ(message.flags, MINICHAT_ACTION, "as such");
        } else {
            char name[60];
            snprintf(name, sizeof name, "flags %#x", (unsigned)it.flags);
            CHECK_ERRNO(minichat_peek(chat, 0, &message, 1), -1, EBADMSG, name);
        }
    }
    it.flags = 0;
    forge_message("board", 1, &it);
    CHECK_EQ(minichat_peek(chat, 0, &message, 1), 1, "no flags are read");
    CHECK_EQ(message.flags, 0, "as none");
    minichat_close(chat);
    minichat_unlink("board");
    return tap_end();
}
