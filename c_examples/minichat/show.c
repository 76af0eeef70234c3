#define _POSIX_C_SOURCE 200809L /* localtime_r */
#include "show.h"

#include "day.h"
#include "json.h"
#include "mention.h"
#include "say.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

void show_day(struct show *show, int64_t nanoseconds) {
    int64_t day = day_of(nanoseconds);
    if (day == 0 || day == show->day)
        return;
    show->day = day;
    notice(WORD_DAY, HOLES(day_name(nanoseconds).text));
}

/* 14:03, where the day stands above; else show_moment(). */
static struct moment moment_of(const struct show *show, int64_t nanoseconds) {
    struct moment moment = show_moment(nanoseconds);
    char *time_alone = strrchr(moment.text, ' ');
    if (show->day != 0 && time_alone)
        memmove(moment.text, time_alone + 1, strlen(time_alone));
    return moment;
}

/* What was said, our name in it so that the eye finds it. */
static void put_text(struct show *show, const struct minichat_message *message) {
    const char *text = message->text;
    size_t left = message->text_length, begin, end;
    while (show->nick && mention_find(text, left, show->nick, &begin, &end)) {
        show->called |= message->pid != (uint32_t)getpid();
        put(stdout, text, begin);
        style(CALL);
        put(stdout, text + begin, end - begin);
        style(PLAIN);
        text += end;
        left -= end;
    }
    put(stdout, text, left);
}

static void message_text(struct show *show, const struct minichat_message *message) {
    if (show->mark != 0 && message->number > show->mark) {
        notice(WORD_NEW_FROM_HERE, NULL);
        show->mark = 0;
    }
    if (message->missed > 0)
        notice(message->missed == 1 ? WORD_MISSED_ONE : WORD_MISSED_MANY, HOLES(NUMBER(message->missed)));
    if (show->day != 0)
        show_day(show, message->time_ns);
    struct moment moment = moment_of(show, message->time_ns);
    struct name name = crowd_name(show->crowd, message->nick, message->seat);
    bool action = message->flags & MINICHAT_ACTION;
    style(FAINT);
    fputs(moment.text, stdout);
    style(PLAIN);
    fputs(action ? " * " : " <", stdout);
    style_name(message->nick);
    put(stdout, name.text, strlen(name.text));
    style(PLAIN);
    fputs(action ? " " : "> ", stdout);
    put_text(show, message);
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

static void person_text(const struct show *show, const struct minichat_person *person) {
    struct name name = crowd_name(show->crowd, person->nick, person->seat);
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

void show_message(struct show *show, const struct minichat_message *message) {
    if (show->json)
        message_json(message);
    else
        message_text(show, message);
    if (show->log)
        log_message(show->log, message, show->crowd);
}

void show_person(const struct show *show, const struct minichat_person *person) {
    if (show->json)
        person_json(person);
    else
        person_text(show, person);
}

/* What reading gives. SPOILED: one message that somebody wrote over; it has been passed. */
enum reading { MESSAGES, SPOILED, NOTHING, FAILURE };

static enum reading read_some(struct minichat *chat, struct minichat_message *out, size_t room, size_t *got) {
    uint64_t dernier = minichat_dernier(chat);
    ssize_t count = minichat_read(chat, out, room);
    *got = count > 0 ? (size_t)count : 0;
    if (count >= 0)
        return count > 0 ? MESSAGES : NOTHING;
    return errno == EBADMSG && minichat_dernier(chat) > dernier ? SPOILED : FAILURE;
}

ssize_t show_news(struct show *show, struct minichat *chat, void (*before)(void)) {
    struct minichat_message messages[MINICHAT_MESSAGES];
    size_t got, total = 0;
    enum reading reading;
    while ((reading = read_some(chat, messages, MINICHAT_MESSAGES, &got)) <= SPOILED) {
        before();
        if (reading == SPOILED && !show->json)
            notice(WORD_SPOILED_MESSAGE, NULL);
        for (size_t i = 0; i < got; i++)
            show_message(show, &messages[i]);
        total += got;
    }
    if (show->log)
        log_flush(show->log);
    return reading == FAILURE ? -1 : (ssize_t)total;
}

ssize_t show_last(struct show *show, struct minichat *chat, size_t count) {
    struct minichat_message messages[MINICHAT_MESSAGES];
    size_t got, total = 0;
    enum reading reading;
    uint64_t dernier = minichat_dernier(chat);
    minichat_seek(chat, 0);
    do
        reading = read_some(chat, messages + total, MINICHAT_MESSAGES - total, &got);
    while ((total += got) < MINICHAT_MESSAGES && reading <= SPOILED);
    minichat_seek(chat, dernier); /* as if we had not looked back */
    messages[0].missed = 0;       /* the last were asked for: those before are no loss */
    for (size_t i = total > count ? total - count : 0; i < total; i++)
        show_message(show, &messages[i]);
    return reading == FAILURE ? -1 : (ssize_t)total;
}
