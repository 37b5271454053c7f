/* build_look.h - the commands of a build: what is run, and how one that failed is reported. */
#ifndef LANGUAGES_BUILD_LOOK_H
#define LANGUAGES_BUILD_LOOK_H
#include "base/diag.h" /* for struct pos */

struct arena;
struct package;
struct run;

/* The commands of a build, see build_look. */
struct build_look {
    const char ***argvs;            /* argument vectors, with NULL after the last */
    const char *folder;             /* their working directory */
    const char *const *environment; /* what is added to it, as run.h takes it */
};

/* Reports that a command of the build at `pos` failed, with the command and what it printed. */
void build_report(struct arena *arena, const struct package *package, struct pos pos,
                  const char *command, const struct run *run);

#endif
