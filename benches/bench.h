/* What the files of the benchmark share. Times are nanoseconds. */
#ifndef BENCH_H
#define BENCH_H

#include <mapboard.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT 128 /* bytes of an ordinary message */

/* ---- clock.c: time, processors, disturbances ---- */

int64_t now(void);
void pause_spinning(int64_t ns);
void pause_sleeping(int64_t ns);

/* How many processors this process may use, and going to one of them: 0, 1 … */
int processors(void);
void go_to_processor(int which);
void go_to_any_processor(void);

/* What the calling thread suffered from others: how often it was put aside against its will, how long it was
 * ready and not running. */
struct quiet {
    long put_aside;
    int64_t waited;
};
struct quiet quiet_now(void);
bool quiet_since(struct quiet before, int64_t bound);

/* Ends the program: a measurement whose result is wrong measures nothing. */
#define CHECK(condition) ((condition) ? (void)0 : check_failed(#condition, __FILE__, __LINE__))
_Noreturn void check_failed(const char *condition, const char *file, int line);

/* ---- rounds.c: ours and the others, by turns ---- */

/* Does `count` operations and returns the nanoseconds that they took; it may leave out what it does not
 * measure. */
typedef double work(void *state, long count);

struct contestant {
    const char *name;
    work *work;
    void *state;
    long count;      /* operations a turn; 0: as many as take `settings.turn` */
    double per_turn; /* units a turn's result is divided by; 0: count */
    bool ignores_noise;
    double median, p99; /* filled in by `compare` */
    double *samples;
};

/* Runs them by turns, a round at a time, and reports: the first is ours, the second what it is held against,
 * the others are reported beside it. With a `goal`: ours may be at most goal * the second; with `limit`: at
 * most so many ns. */
struct row {
    const char *name;
    const char *unit; /* "ns" if NULL */
    double goal;      /* 0: none */
    double limit;     /* 0: none */
    int rounds;       /* 0: settings.rounds */
    bool p99;         /* the goal is about the p99 */
};
void compare(struct row row, struct contestant *contestants, int count);

/* A turn tells that a partner was disturbed, so that the round is repeated. */
void disturbed(void);

/* A count, which is right or wrong; something that could not be measured, and why. */
void report_count(const char *name, long ours, long at_most);
/* A row, or a peer, that cannot be measured here; `name` stays where it is. */
void report_missing(const char *name, const char *why);
/* The last line: what was not measured. Whether all was, and no goal fell short. */
bool report_end(void);
/* A point of a line of the chart. */
void report_growth(const char *line, const char *what, double x, struct contestant *contestants, int count);

struct settings {
    int rounds;
    int64_t turn;
    const char *only;
    const char *csv;
    const char *picture;
    const char *library; /* the .so that is measured */
    const char *mapcheck;
    const char *peers; /* the program of benches/peers */
    const char *self;
    char directory[64]; /* a temporary one */
};
extern struct settings settings;
bool wanted(const char *name);

/* For growth: measures without a row. */
void run_rounds(struct row row, struct contestant *contestants, int count);

/* ---- report.c, picture.c ---- */

struct result {
    const char *row, *unit;
    int contestants;
    struct {
        const char *name;
        double median, p99;
    } of[16];
    double ratio, goal, limit;
    int verdict; /* 1 ok, 0 short, -1 no goal */
};
struct point {
    const char *line, *what, *who;
    double x, median, p99;
};
extern struct result results[];
extern struct point points[];
extern int result_count, point_count, repeated, kept_disturbed, shorts;
void print_table(void);
void write_csv(const char *path);
void write_picture(const char *path);

/* ---- partner.c: a second process ---- */

/* In the partner: done once before the first turn, on its processor. The partner's state is a copy of the
 * parent's. */
struct role {
    void (*enter)(void *state);
    void (*turn)(void *state, long count);
};
struct partner;
struct partner *partner_start(struct role role, void *state, int processor);
/* Starts a turn; returns when the partner is about to begin. */
void partner_go(struct partner *partner, long count);
/* Waits for its end, and tells `disturbed` if the partner was. */
void partner_done(struct partner *partner);
/* What the partner measured. */
double *partner_value(struct partner *partner);
void partner_ignore_noise(struct partner *partner);
void partner_end(struct partner *partner);

/* Memory that partners see, zeroed. */
void *shared_memory(size_t size);

/* ---- board helpers ---- */

struct minichat *board_open(const char *name, unsigned flags);
void board_close_all(const char *name);
const char *board_path(const char *name);
extern char text[MINICHAT_TEXT_MAX + 1];

/* ---- the rows ---- */

void rows_map(void);
void rows_explain(void);
void rows_mapcheck(void);
void rows_board(void);
void rows_channels(void);
void rows_growth(void);
void rows_program(void);
/* The programs that run under mapcheck: `bench --load NAME COUNT` prints nanoseconds an operation. */
int load(const char *name, long count);

/* ---- limits.c ---- */

/* Cache-line ping-pong; raw futex round trip, its sleeper surely asleep or not; partners on `processor`. */
struct contestant limit_line(void);
struct contestant limit_futex(int processor, bool asleep);
void limits_end(void);

/* Compare-and-swap, exchange, and a copy, on as many lines as a board has. */
double cas_xchg_memcpy(void *length, long count);

#endif
