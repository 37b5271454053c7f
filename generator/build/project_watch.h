/* project_watch.h - builds a project again whenever what it is built from changes. */
#ifndef BUILD_PROJECT_WATCH_H
#define BUILD_PROJECT_WATCH_H
#include <stdbool.h>

#include "base/util.h" /* for struct table */

struct arena;
struct project_build;
struct watch;

/* What builds have read, which grows: what was there once may come back. */
struct project_inputs {
    struct arena *arena;
    const struct project_build *build;
    struct table known;
    const char **list;
    size_t n;
    const char *folder, *output; /* absolute */
};

/* `arena` owns all that is found later. */
struct project_inputs project_inputs(struct arena *arena, const struct project_build *build);
/* Watches what builds have read (build/state.h), and the whole folder of the project if the last
 * one was not complete. Changes of outputs count as none. Returns NULL after a reported error. */
struct watch *project_inputs_watch(struct project_inputs *inputs, bool complete);
/* Whether the last build is complete, and nothing that it read has changed. */
bool project_inputs_current(const struct project_inputs *inputs);

/* Builds, and then again after each change, until a signal comes. Prints a line for each build.
 * Errors do not end it. Returns false after an error that does: nothing can be watched. */
bool project_watch(const struct project_build *options);

#endif
