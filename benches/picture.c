/* One chart, as SVG: above, each row's contestants on a logarithmic axis of time; below, how cost grows. */
#include "bench.h"

#include <math.h>
#include <string.h>

#define OURS "#1f5fbf"
#define OTHERS "#8a8a8a"
#define WIDTH 1000
#define LEFT 230
#define RIGHT 970
#define ROW 22

static FILE *file;

/* Names come from this program's sources; & and < are all that SVG minds. */
static void write_text(double x, double y, const char *style, const char *words) {
    fprintf(file, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, style);
    for (; *words; words++)
        *words == '&' ? fputs("&amp;", file) : *words == '<' ? fputs("&lt;", file) : fputc(*words, file);
    fprintf(file, "</text>\n");
}

static const char *power_of_ten(int exponent) {
    static const char *const names[] = {"1 ns",   "10 ns", "100 ns", "1 µs",   "10 µs",
                                        "100 µs", "1 ms",  "10 ms",  "100 ms", "1 s"};
    return exponent >= 0 && exponent < 10 ? names[exponent] : "";
}

static bool shown(const struct result *result) {
    return strcmp(result->unit, "ns") == 0 && strncmp(result->row, "explain-", 8) != 0;
}

/* The slowest explanation stands for all. */
static const struct result *slowest_explanation(void) {
    const struct result *slowest = NULL;
    for (int i = 0; i < result_count; i++)
        if (strncmp(results[i].row, "explain-", 8) == 0 &&
            (!slowest || results[i].of[0].median > slowest->of[0].median))
            slowest = &results[i];
    return slowest;
}

static double at_x(double ns, int from, int to) {
    double share = (log10(ns) - from) / (to - from);
    return LEFT + fmin(fmax(share, 0), 1) * (RIGHT - LEFT);
}

static void axis(double top, double bottom, int from, int to) {
    for (int power = from; power <= to; power++) {
        double x = at_x(pow(10, power), from, to);
        fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#e2e2e2\"/>\n", x, top,
                x, bottom);
        write_text(x, top - 6, "text-anchor=\"middle\" fill=\"#555\"", power_of_ten(power));
    }
}

static void row(const struct result *result, double y, int from, int to) {
    write_text(LEFT - 12, y + 4, "text-anchor=\"end\"", result->row);
    /* A row with many contestants names each; in the others the second is the peer. */
    for (int k = result->contestants - 1; k >= 0; k--) {
        double x = at_x(result->of[k].median, from, to), end = at_x(result->of[k].p99, from, to);
        double down = result->contestants > 2 ? k * 14.0 : 0;
        const char *colour = k ? OTHERS : OURS;
        fprintf(
            file,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-opacity=\"0.5\"/>\n",
            x, y + down, end, y + down, colour);
        fprintf(file, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" fill=\"%s\" stroke=\"%s\"><title>", x,
                y + down, k ? "white" : colour, colour);
        fprintf(file, "%s %.4g ns</title></circle>\n", result->of[k].name, result->of[k].median);
        if (result->contestants > 2)
            write_text(fmax(x, end) + 9, y + down + 4, "fill=\"#555\" font-size=\"11\"", result->of[k].name);
    }
    if (result->contestants == 2) {
        char words[96];
        snprintf(words, sizeof words, "%.3g × %s", result->ratio, result->of[1].name);
        double right = fmax(fmax(at_x(result->of[0].p99, from, to), at_x(result->of[1].p99, from, to)),
                            fmax(at_x(result->of[0].median, from, to), at_x(result->of[1].median, from, to)));
        if (right < RIGHT - 230)
            write_text(right + 9, y + 4, "fill=\"#555\" font-size=\"11\"", words);
        else {
            double left = fmin(at_x(result->of[0].median, from, to), at_x(result->of[1].median, from, to));
            write_text(left - 9, y + 4, "fill=\"#555\" font-size=\"11\" text-anchor=\"end\"", words);
        }
    }
}

static double rows_above(double y) {
    const struct result *explanation = slowest_explanation();
    double top = y, low = 1e9, high = 1, bottom = y;
    for (int i = 0; i < result_count; i++)
        if (shown(&results[i]) || &results[i] == explanation)
            for (int k = 0; k < results[i].contestants; k++) {
                low = fmin(low, results[i].of[k].median);
                high = fmax(high, results[i].of[k].p99);
            }
    int from = (int)floor(log10(fmax(low, 1))), to = (int)ceil(log10(high));
    if (to <= from)
        to = from + 1;
    for (int i = 0; i < result_count; i++)
        if (shown(&results[i]) || &results[i] == explanation)
            bottom += results[i].contestants > 2 ? 14.0 * results[i].contestants + 10 : ROW;
    axis(top, bottom, from, to);
    y += ROW / 2.0;
    for (int i = 0; i < result_count; i++)
        if (shown(&results[i]) || &results[i] == explanation) {
            row(&results[i], y, from, to);
            y += results[i].contestants > 2 ? 14.0 * results[i].contestants + 10 : ROW;
        }
    return bottom;
}

/* A small panel for all lines that grow with the same thing. */
static void panel(const char *what, double left, double top, double width, double height) {
    double low = 1e18, high = 1, first = 1e18, last = 1;
    for (int i = 0; i < point_count; i++)
        if (strcmp(points[i].what, what) == 0) {
            low = fmin(low, points[i].median), high = fmax(high, points[i].median);
            first = fmin(first, points[i].x), last = fmax(last, points[i].x);
        }
    int from = (int)floor(log10(fmax(low, 1))), to = (int)ceil(log10(high));
    if (to <= from)
        to = from + 1;
    double span = log10(last) - log10(first);
    for (int power = from; power <= to; power++) {
        double y = top + height - height * (power - from) / (to - from);
        fprintf(file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#e2e2e2\"/>\n", left, y,
                left + width, y);
        write_text(left - 6, y + 4, "text-anchor=\"end\" fill=\"#555\" font-size=\"11\"",
                   power_of_ten(power));
    }
    char words[64];
    snprintf(words, sizeof words, "%s: %g … %g", what, first, last);
    write_text(left + width / 2, top + height + 16, "text-anchor=\"middle\" fill=\"#555\"", words);
    for (int i = 0; i < point_count; i++) {
        if (strcmp(points[i].what, what) != 0)
            continue;
        bool begins = true;
        for (int k = 0; k < i; k++)
            begins &= strcmp(points[k].line, points[i].line) != 0 || strcmp(points[k].what, what) != 0 ||
                      strcmp(points[k].who, points[i].who) != 0;
        if (!begins)
            continue;
        bool ours = strcmp(points[i].who, "mapboard") == 0;
        double x = left, y = top, first_y = -1;
        fprintf(file, "<polyline fill=\"none\" stroke=\"%s\"%s points=\"", ours ? OURS : OTHERS,
                ours ? "" : " stroke-dasharray=\"4 3\"");
        for (int k = i; k < point_count; k++)
            if (strcmp(points[k].line, points[i].line) == 0 && strcmp(points[k].what, what) == 0 &&
                strcmp(points[k].who, points[i].who) == 0) {
                x = left + (span > 0 ? width * (log10(points[k].x) - log10(first)) / span : 0);
                y = top + height - height * (log10(fmax(points[k].median, 1)) - from) / (to - from);
                first_y = first_y < 0 ? y : first_y;
                fprintf(file, "%.1f,%.1f ", x, y);
            }
        fprintf(file, "\"/>\n");
        /* Ours above its line, the other below. */
        write_text(left + 4, first_y + (ours ? -4 : 11), "font-size=\"10\" fill=\"#333\"",
                   ours ? points[i].line : points[i].who);
    }
}

void write_picture(const char *path) {
    file = fopen(path, "w");
    CHECK(file != NULL);
    double height = 120;
    for (int i = 0; i < result_count; i++)
        if (shown(&results[i]) || &results[i] == slowest_explanation())
            height += results[i].contestants > 2 ? 14.0 * results[i].contestants + 10 : ROW;
    bool grows = point_count > 0;
    if (grows)
        height += 480;
    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" viewBox=\"0 0 %d %.0f\" "
            "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" "
            "fill=\"white\"/>\n",
            WIDTH, height, WIDTH, height);
    write_text(20, 28, "font-size=\"17\"",
               "mapboard " MAPBOARD_VERSION ": time an operation (less is better)");
    write_text(20, 48, "fill=\"#555\"",
               "filled: mapboard · hollow: what it is held against · the line to the right of a dot ends at "
               "the p99");
    double bottom = rows_above(90);
    if (grows) {
        write_text(20, bottom + 36, "font-size=\"15\"",
                   "How cost grows (both axes logarithmic; dashed: what it is held against)");
        panel("mappings live", 90, bottom + 56, 380, 150);
        panel("participants", 580, bottom + 56, 380, 150);
        panel("bytes", 90, bottom + 256, 380, 150);
        panel("threads", 580, bottom + 256, 380, 150);
    }
    fprintf(file, "</svg>\n");
    CHECK(fclose(file) == 0);
}
