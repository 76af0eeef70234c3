/* The table, and the same as CSV. */
#include "bench.h"

#include <string.h>

/* Three digits, and the unit that fits. */
static const char *pretty(double ns, const char *unit) {
    static char room[8][32];
    static int turn;
    char *out = room[turn++ % 8];
    if (strcmp(unit, "ns") != 0)
        snprintf(out, sizeof *room, "%.6g %s", ns, unit);
    else if (ns < 1000)
        snprintf(out, sizeof *room, "%.3g ns", ns);
    else if (ns < 1e6)
        snprintf(out, sizeof *room, "%.3g µs", ns / 1e3);
    else
        snprintf(out, sizeof *room, "%.3g ms", ns / 1e6);
    return out;
}

/* As printf's %*s, which counts bytes, for text with a µ. */
static void column(const char *words, int width) {
    int wide = 0;
    for (const char *at = words; *at; at++)
        wide += (*at & 0xc0) != 0x80;
    printf("%*s%s", wide < width ? width - wide : 0, "", words);
}

void print_table(void) {
    printf("\n%-30s %-30s", "what", "who");
    column("median", 11);
    column("p99", 11);
    printf("  %7s  %s\n", "ratio", "goal");
    for (int i = 0; i < result_count; i++) {
        const struct result *result = &results[i];
        for (int k = 0; k < result->contestants; k++) {
            printf("%-30s %-30s", k ? "" : result->row, result->of[k].name);
            column(pretty(result->of[k].median, result->unit), 11);
            column(pretty(result->of[k].p99, result->unit), 11);
            if (k == 0) {
                printf("  ");
                if (result->ratio > 0)
                    printf("%7.3g", result->ratio);
                else
                    printf("%7s", "");
                if (result->goal > 0)
                    printf("  %.3g %s", result->goal, result->verdict ? "ok" : "SHORT");
                else if (result->verdict >= 0)
                    printf("  %s %s", pretty(result->limit, result->unit), result->verdict ? "ok" : "SHORT");
            }
            printf("\n");
        }
    }
    printf("\n%d goals fall short; %d rounds were disturbed and repeated, %d counted all the same\n", shorts,
           repeated, kept_disturbed);
}

void write_csv(const char *path) {
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    fprintf(file, "row,x,who,median,p99,unit,ratio,goal,verdict\n");
    for (int i = 0; i < result_count; i++)
        for (int k = 0; k < results[i].contestants; k++) {
            const struct result *result = &results[i];
            fprintf(file, "%s,,\"%s\",%.6g,%.6g,%s,", result->row, result->of[k].name, result->of[k].median,
                    result->of[k].p99, result->unit);
            if (k == 0 && result->ratio > 0)
                fprintf(file, "%.4g", result->ratio);
            fprintf(file, ",");
            if (k == 0 && result->verdict >= 0)
                fprintf(file, "%.4g,%s\n", result->goal > 0 ? result->goal : result->limit,
                        result->verdict ? "ok" : "short");
            else
                fprintf(file, ",\n");
        }
    for (int i = 0; i < point_count; i++)
        fprintf(file, "\"%s by %s\",%g,\"%s\",%.6g,%.6g,ns,,,\n", points[i].line, points[i].what, points[i].x,
                points[i].who, points[i].median, points[i].p99);
    CHECK(fclose(file) == 0);
}
