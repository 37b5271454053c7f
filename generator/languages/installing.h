/* installing.h - an install while it runs: the programs, and what is reported when one fails. */
#ifndef LANGUAGES_INSTALLING_H
#define LANGUAGES_INSTALLING_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct pos */

struct arena;
struct installer;
struct pack_entry;
struct package;
struct run;

struct installing {
    struct arena *arena;
    const struct installer *installer;
    const struct package *package;
    const struct pack_entry *files; /* what decides, with their names in the code folder */
    size_t nfiles;
    /* Absolute, and empty at first: for what is only needed meanwhile, and for what is packed. */
    const char *copy, *into;
    const char *const *env; /* for its programs, as run.h takes it */
};

/* Installs into `into`. Returns false after a reported error. */
bool installing_run(const struct installing *installing);
/* Runs one program of an install in `folder`. Sets `*output`, unless it is NULL, to what the
 * program printed. Reports an error if the program fails. */
bool installing_step(const struct installing *installing, const char *const *argv,
                     const char *folder, const char **output);
/* Reports at `pos` that a program failed, with what it printed. `hint` is what to do if it could be
 * started. Returns false. */
bool installing_report(const struct installing *installing, struct pos pos, const char *what,
                       const char *hint, const struct run *run);
/* "the dependencies of ... could not be installed". */
const char *installing_failed(const struct installing *installing);

#endif
