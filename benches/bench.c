/* make bench: how fast the shipped library is, held against the physical limits and against what a user would
 * pick instead, all measured by turns in this one run. See NOTES.md. */
#include "bench.h"

#include <dirent.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int usage(int status) {
    fprintf(status ? stderr : stdout,
            "usage: bench [--only PART-OF-A-NAME] [--rounds N] [--csv FILE] [--picture FILE] [--strict]\n"
            "             [--library FILE] [--mapcheck PROGRAM] [--peers PROGRAM]\n"
            "  --strict  end with status 1 if a goal falls short, or a row or a peer\n"
            "            cannot be measured\n");
    return status;
}

static pid_t main_process;

/* At the end, whatever ends it. */
static void remove_directory(void) {
    if (getpid() != main_process)
        return;
    DIR *directory = opendir(settings.directory);
    if (directory == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(directory));)
        unlinkat(dirfd(directory), entry->d_name, 0); /* . and .. refuse */
    closedir(directory);
    rmdir(settings.directory);
}

static void interrupted(int signal) {
    (void)signal;
    remove_directory();
    _exit(130);
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "--load") == 0)
        return load(argv[2], strtol(argv[3], NULL, 10));
    static char self[PATH_MAX];
    CHECK(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
    settings.self = self;
    settings.library = "build/lib/libmapboard.so";
    settings.mapcheck = "build/bin/mapcheck";
    settings.peers = "build/bench/peers/release/peers";
    bool strict = false;
    static const struct option options[] = {
        {"only", required_argument, NULL, 'o'},    {"rounds", required_argument, NULL, 'r'},
        {"csv", required_argument, NULL, 'c'},     {"picture", required_argument, NULL, 'p'},
        {"library", required_argument, NULL, 'l'}, {"mapcheck", required_argument, NULL, 'm'},
        {"peers", required_argument, NULL, 'e'},   {"strict", no_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (option) {
        case 'o': settings.only = optarg; break;
        case 'r': settings.rounds = atoi(optarg); break;
        case 'c': settings.csv = optarg; break;
        case 'p': settings.picture = optarg; break;
        case 'l': settings.library = optarg; break;
        case 'm': settings.mapcheck = optarg; break;
        case 'e': settings.peers = optarg; break;
        case 's': strict = true; break;
        case 'h': return usage(0);
        default: return usage(2);
        }
    if (optind < argc || settings.rounds < 1)
        return usage(2);
    const char *base = getenv("TMPDIR");
    snprintf(settings.directory, sizeof settings.directory, "%s/mapboard-bench.XXXXXX", base ? base : "/tmp");
    CHECK(mkdtemp(settings.directory) != NULL);
    main_process = getpid();
    atexit(remove_directory);
    signal(SIGINT, interrupted);
    signal(SIGTERM, interrupted);
    for (size_t i = 0; i < sizeof text - 1; i++)
        text[i] = (char)('a' + i % 26);

    go_to_processor(0);
    rows_map();
    rows_mapcheck();
    rows_explain();
    rows_board();
    rows_channels();
    limits_end();
    rows_program();
    rows_growth();
    print_table();
    if (settings.csv)
        write_csv(settings.csv);
    if (settings.picture)
        write_picture(settings.picture);
    bool complete = report_end();
    return strict && !complete;
}
