/* Ours and the others, by turns. In each round everyone has one turn, so that a slow minute of the machine is
 * slow for all; a round in which somebody was put aside by another process is repeated. The ratio is the
 * median of the rounds' ratios. */
#include "bench.h"

#include <string.h>

#define REPEATS 40 /* of a round, then it counts as it is */

struct settings settings = {.rounds = 41, .turn = 500000};
int repeated, kept_disturbed;
static bool partner_disturbed;

void disturbed(void) { partner_disturbed = true; }

bool wanted(const char *name) { return settings.only == NULL || strstr(name, settings.only) != NULL; }

static double turn(struct contestant *who, bool *quiet) {
    struct quiet before = quiet_now();
    int64_t start = now();
    partner_disturbed = false;
    double ns = who->work(who->state, who->count);
    int64_t bound = 20000 + (now() - start) / 20;
    if (!who->ignores_noise && (!quiet_since(before, bound) || partner_disturbed))
        *quiet = false;
    return ns / (who->per_turn > 0 ? who->per_turn : (double)who->count);
}

/* So many operations that a turn takes long enough to be measured and is short enough to be left alone. */
static void find_count(struct contestant *who) {
    bool quiet;
    if (who->count > 0) {
        turn(who, &quiet); /* warm */
        return;
    }
    for (who->count = 1; who->count < 1L << 24; who->count *= 2) {
        double best = 1e18; /* of three: the first has page faults, and any may be disturbed */
        for (int i = 0; i < 3; i++) {
            double ns = turn(who, &quiet) * (who->per_turn > 0 ? who->per_turn : (double)who->count);
            best = ns < best ? ns : best;
        }
        if (best >= (double)settings.turn / 2)
            break;
    }
}

static int by_size(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double quantile(const double *samples, int count, double share) {
    double *sorted = malloc(sizeof *sorted * (size_t)count);
    CHECK(sorted != NULL);
    memcpy(sorted, samples, sizeof *sorted * (size_t)count);
    qsort(sorted, (size_t)count, sizeof *sorted, by_size);
    double at = share * (count - 1);
    int low = (int)at;
    double value = sorted[low];
    if (low + 1 < count)
        value += (at - low) * (sorted[low + 1] - value);
    free(sorted);
    return value;
}

void run_rounds(struct row row, struct contestant *contestants, int count) {
    int rounds = row.rounds > 0 ? row.rounds : settings.rounds;
    if (rounds > settings.rounds)
        rounds = settings.rounds;
    for (int i = 0; i < count; i++) {
        find_count(&contestants[i]);
        contestants[i].samples = malloc(sizeof(double) * (size_t)rounds);
        CHECK(contestants[i].samples != NULL);
    }
    for (int round = 0; round < rounds; round++) {
        for (int attempt = 0;; attempt++) {
            bool quiet = true;
            for (int i = 0; i < count; i++) {
                int who = (i + round) % count; /* nobody always comes first */
                contestants[who].samples[round] = turn(&contestants[who], &quiet);
            }
            if (quiet)
                break;
            if (attempt == REPEATS) {
                kept_disturbed++;
                break;
            }
            repeated++;
            pause_sleeping(1000000L << (attempt < 6 ? attempt / 2 : 3));
        }
    }
    for (int i = 0; i < count; i++) {
        contestants[i].median = quantile(contestants[i].samples, rounds, 0.5);
        contestants[i].p99 = quantile(contestants[i].samples, rounds, 0.99);
    }
    if (count > 1)
        for (int round = 0; round < rounds; round++)
            contestants[0].samples[round] /= contestants[1].samples[round];
}

static void finish(struct contestant *contestants, int count) {
    for (int i = 0; i < count; i++)
        free(contestants[i].samples);
}

struct result results[256];
struct point points[1024];
int result_count, point_count, shorts;

void compare(struct row row, struct contestant *contestants, int count) {
    run_rounds(row, contestants, count);
    int rounds = row.rounds > 0 && row.rounds < settings.rounds ? row.rounds : settings.rounds;
    CHECK(result_count < 256 && count <= 16);
    struct result *result = &results[result_count++];
    *result = (struct result){.row = row.name, .unit = row.unit ? row.unit : "ns", .contestants = count};
    for (int i = 0; i < count; i++) {
        result->of[i].name = contestants[i].name;
        result->of[i].median = contestants[i].median;
        result->of[i].p99 = contestants[i].p99;
    }
    result->ratio = count > 1 ? quantile(contestants[0].samples, rounds, 0.5) : 0;
    result->goal = row.goal;
    result->limit = row.limit;
    double ours = row.p99 ? contestants[0].p99 : contestants[0].median;
    result->verdict = -1;
    if (row.goal > 0 || row.limit > 0)
        result->verdict = (row.goal == 0 || result->ratio <= row.goal) &&
                          (row.limit == 0 || ours <= row.limit);
    shorts += result->verdict == 0;
    finish(contestants, count);

    printf("bench: %s ours=%.4g", row.name, ours);
    if (count > 1)
        printf(" peer=%.4g ratio=%.3g", contestants[1].median, result->ratio);
    else
        printf(" peer=- ratio=-");
    if (row.goal > 0)
        printf(" goal=%.3g", row.goal);
    else if (row.limit > 0)
        printf(" goal=%.4g%s", row.limit, result->unit);
    else
        printf(" goal=-");
    printf(" %s\n", result->verdict < 0 ? "-" : result->verdict ? "ok" : "short");
    fflush(stdout);
}

void report_count(const char *name, long ours, long at_most) {
    CHECK(result_count < 256);
    struct result *result = &results[result_count++];
    *result = (struct result){.row = name, .unit = "", .contestants = 1, .limit = (double)at_most};
    result->of[0].name = "mapboard";
    result->of[0].median = result->of[0].p99 = (double)ours;
    result->verdict = ours <= at_most;
    shorts += !result->verdict;
    printf("bench: %s ours=%ld peer=- ratio=- goal=%ld %s\n", name, ours, at_most,
           result->verdict ? "ok" : "short");
    fflush(stdout);
}

static const char *missing[64];
static int missing_count;

void report_missing(const char *name, const char *why) {
    CHECK(missing_count < 64);
    missing[missing_count++] = name;
    printf("bench: %s not measured: %s\n", name, why);
    fflush(stdout);
}

bool report_end(void) {
    printf("bench: %s", missing_count == 0 ? "everything that was asked for was measured" : "not measured, as told above: ");
    for (int i = 0; i < missing_count; i++)
        printf("%s%s", i == 0 ? "" : ", ", missing[i]);
    printf("\n");
    return shorts == 0 && missing_count == 0;
}

void report_growth(const char *line, const char *what, double x, struct contestant *contestants, int count) {
    run_rounds((struct row){.name = line, .rounds = 11}, contestants, count);
    printf("growth: %s %s=%g", line, what, x);
    for (int i = 0; i < count; i++) {
        CHECK(point_count < 1024);
        points[point_count++] = (struct point){
            line, what, contestants[i].name, x, contestants[i].median, contestants[i].p99};
        printf(" %s=%.4g", contestants[i].name, contestants[i].median);
    }
    printf("\n");
    fflush(stdout);
    finish(contestants, count);
}
