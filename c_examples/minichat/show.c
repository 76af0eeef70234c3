#include "show.h"

#include "json.h"
#include "say.h"

#include <errno.h>
#include <string.h>
#include <time.h>

struct moment show_moment(int64_t nanoseconds) {
    struct moment moment = {"--:--"};
    time_t then = (time_t)(nanoseconds / 1000000000), now = time(NULL);
    struct tm day, today;
    if (!localtime_r(&then, &day) || !localtime_r(&now, &today))
        return moment;
    bool is_today = day.tm_year == today.tm_year && day.tm_yday == today.tm_yday;
    strftime(moment.text, sizeof moment.text, is_today ? "%H:%M" : "%Y-%m-%d %H:%M", &day);
    return moment;
}

static void message_text(const struct minichat_message *message, const struct crowd *crowd) {
    if (message->missed > 0)
        notice(message->missed == 1 ? WORD_MISSED_ONE : WORD_MISSED_MANY, HOLES(NUMBER(message->missed)));
    struct moment moment = show_moment(message->time_ns);
    struct name name = crowd_name(crowd, message->nick, message->seat);
    bool action = message->flags & MINICHAT_ACTION;
    style(FAINT, 0);
    fputs(moment.text, stdout);
    style(PLAIN, 0);
    fputs(action ? " * " : " <", stdout);
    style(NAME, message->seat);
    put(stdout, name.text, strlen(name.text));
    style(PLAIN, 0);
    fputs(action ? " " : "> ", stdout);
    put(stdout, message->text, message->text_length);
    putchar('\n');
}

static void message_json(const struct minichat_message *message) {
    json_begin();
    json_number("number", (int64_t)message->number);
    json_number("missed", (int64_t)message->missed);
    json_time("time", message->time_ns);
    json_text("nick", message->nick, message->nick_length);
    json_number("seat", message->seat);
    json_number("pid", message->pid);
    json_number("uid", message->uid);
    json_boolean("action", message->flags & MINICHAT_ACTION);
    json_text("text", message->text, message->text_length);
    json_end();
}

static void person_text(const struct minichat_person *person, const struct crowd *crowd) {
    struct name name = crowd_name(crowd, person->nick, person->seat);
    struct moment since = show_moment(person->since_ns);
    say(stdout, WORD_PERSON,
        HOLES(name.text, NUMBER(person->seat), NUMBER(person->pid), NUMBER(person->uid), since.text));
    if (person->flags & MINICHAT_ME) {
        fputs("  ", stdout);
        say(stdout, WORD_YOU, NULL);
    }
    putchar('\n');
}

static void person_json(const struct minichat_person *person) {
    json_begin();
    json_text("nick", person->nick, person->nick_length);
    json_number("seat", person->seat);
    json_number("pid", person->pid);
    json_number("uid", person->uid);
    json_time("since", person->since_ns);
    json_boolean("me", person->flags & MINICHAT_ME);
    json_end();
}

void show_message(const struct minichat_message *message, const struct crowd *crowd, bool json) {
    if (json)
        message_json(message);
    else
        message_text(message, crowd);
}

void show_person(const struct minichat_person *person, const struct crowd *crowd, bool json) {
    if (json)
        person_json(person);
    else
        person_text(person, crowd);
}

/* Was the failure of reading one message's, and was it passed over? */
static bool passed_over(struct minichat *chat, uint64_t dernier) {
    return errno == EBADMSG && minichat_dernier(chat) > dernier;
}

ssize_t show_news(struct minichat *chat, const struct crowd *crowd, bool json, void (*before)(void)) {
    struct minichat_message messages[MINICHAT_MESSAGES];
    ssize_t total = 0;
    for (;;) {
        uint64_t dernier = minichat_dernier(chat);
        ssize_t count = minichat_read(chat, messages, MINICHAT_MESSAGES);
        bool spoiled = count < 0 && passed_over(chat, dernier);
        if (count == 0 || (count < 0 && !spoiled))
            return count < 0 ? -1 : total;
        before();
        if (spoiled && !json)
            notice(WORD_SPOILED_MESSAGE, NULL);
        for (ssize_t i = 0; i < count; i++)
            show_message(&messages[i], crowd, json);
        total += count > 0 ? count : 0;
    }
}

ssize_t show_last(struct minichat *chat, int count, const struct crowd *crowd, bool json) {
    struct minichat_message messages[MINICHAT_MESSAGES];
    ssize_t all = minichat_peek(chat, 0, messages, MINICHAT_MESSAGES);
    if (all > 0)
        messages[0].missed = 0; /* the last were asked for: those before are no loss */
    for (ssize_t i = all > count ? all - count : 0; i < all; i++)
        show_message(&messages[i], crowd, json);
    return all;
}
