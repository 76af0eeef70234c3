/*
 * Each system call that an operation makes fails once, in each way in which it can, and then: the operation
 * has succeeded all the same or answers an errno that the header promises; no descriptor and no mapping is
 * lost; no file stays that was not there; the same operation, done again, works; and whoever else uses the
 * same things finds them whole. Each run is a process of its own (inject.h).
 */
#ifndef FAILING_H
#define FAILING_H
#include <dirent.h>
#include "inject.h"
#include "plausible.h"
#include "promised.h"
#include "soak.h"

/* How many things others find wrong. Called after the act and after the end. */
typedef int failing_judge(void);

static struct stage *failing_stage;
static uint64_t failing_runs, failing_violations;

/* The names in the current directory, in one number. */
static uint64_t failing_names(void) {
    uint64_t sum = 0;
    DIR *directory = opendir(".");
    if (!directory)
        tap_bail("opendir");
    for (struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2) {
            uint64_t name = 0;
            for (const char *c = entry->d_name; *c; c++)
                name = mixed(name, (unsigned char)*c);
            sum += name;
        }
    closedir(directory);
    return sum;
}

static failing_judge *failing_judged;
static uint64_t failing_left;
static int failing_damage;

static void failing_look(void) {
    failing_left = failing_names();
    failing_damage = failing_judged ? failing_judged() : 0;
}

/* The call did not come: the clock has a say in how often one looks before one sleeps. */
static const char failing_unmade[] = "it was not made";

/* One run with a failure; what was violated, for people, or NULL. */
static const char *failing_run(const struct operation *operation, const struct run *noted, struct run *run,
                               const unsigned char promised[256]) {
    static char text[200];
    long number = run->number;
    uint64_t names = failing_names();
    if (inject(operation, failing_stage, run, failing_look) != 0)
        return "it crashed";
    int result = failing_stage->result;
    if (!run->failed)
        return failing_unmade;
    if (operation->kind & INJECT_EXACT && result != run->error) {
        snprintf(text, sizeof text, "it answered %s", result ? strerror(result) : "success");
        return text;
    }
    if (result != 0 && operation->kind & INJECT_NEVER) {
        snprintf(text, sizeof text, "it failed: %s %s", strerror(result), (const char *)failing_stage->note);
        return text;
    }
    if (result != 0 && !(operation->kind & INJECT_EXACT) &&
        (result < 0 || result > 255 || !promised[result])) {
        snprintf(text, sizeof text, "%s (%d) is not promised", strerror(result), result);
        return text;
    }
    if (result != 0 && run->after.descriptors != run->before.descriptors)
        return "a descriptor stays open";
    /* A name that could not be removed stays. */
    if ((result != 0 || !(operation->kind & INJECT_FILES)) && failing_left != names &&
        number != SYS_unlinkat && !(operation->kind & INJECT_KEEPS))
        return "something stays on the disk, or has gone";
    if (failing_damage)
        return "others find it spoiled";
    if (failing_stage->again != 0) {
        snprintf(text, sizeof text, "done again it fails: %s", strerror(failing_stage->again));
        return number == SYS_unlinkat ? NULL : text;
    }
    if (run->end.descriptors != noted->end.descriptors)
        return "a descriptor is lost";
    /* What could not be unmapped is mapped. */
    if (run->end.mapped != noted->end.mapped && number != SYS_munmap) {
        snprintf(text, sizeof text, "a mapping is lost: %lld bytes",
                 (long long)(run->end.mapped - noted->end.mapped));
        return text;
    }
    return NULL;
}

/* All failures of an operation; `arrange` makes what it needs, in the test itself, before each run. */
static void failing(const struct operation *operation, void (*arrange)(void), failing_judge *judge) {
    static struct run noted, run;
    unsigned char promised[256] = {0};
    uint64_t runs = 0, violations = 0;
    int unknown = 0, unmade = 0;
    promised_errors(operation->function, promised, 0);
    failing_judged = judge;
    noted.earlier = -1;
    if (arrange)
        arrange();
    int done = inject(operation, failing_stage, &noted, failing_look);
    if (done < 0) {
        SKIP("ptrace is not allowed", "%s", operation->name);
        return;
    }
    CHECK(done == 0 && failing_stage->result == 0 && failing_stage->again == 0 && failing_damage == 0,
          "%s: %d system calls (%s, then %s; damage %d)", operation->name, noted.calls,
          strerror(failing_stage->result), strerror(failing_stage->again), failing_damage);
    for (int at = 0; at < noted.calls; at++) {
        const struct plausible *how = plausible_of(noted.call[at].number);
        if (at > 40 && at % 40 && noted.call[at].number == noted.call[at - 1].number)
            continue; /* a loop over the blocks of a file */
        unknown += !how;
        if (!how)
            printf("# no errors are known of system call %ld\n", noted.call[at].number);
        run.number = noted.call[at].number;
        run.earlier = 0;
        for (int before = 0; before < at; before++)
            run.earlier += noted.call[before].number == run.number;
        for (const int *error = how ? how->errors : NULL; error && *error; error++) {
            if (!plausible_here(run.number, noted.call[at].arguments, *error))
                continue;
            run.error = *error;
            if (arrange)
                arrange();
            const char *wrong = failing_run(operation, &noted, &run, promised);
            unmade += wrong == failing_unmade;
            if (wrong == failing_unmade)
                continue;
            runs++;
            violations += wrong != NULL;
            if (wrong)
                printf("# %s: call %d, %s, fails with %s: %s\n", operation->name, at + 1, how->name,
                       strerror(run.error), wrong);
        }
    }
    CHECK(unknown == 0 && violations == 0 && unmade <= 8, "%s: %llu failures", operation->name,
          (unsigned long long)runs);
    failing_runs += runs;
    failing_violations += violations;
}
#endif
