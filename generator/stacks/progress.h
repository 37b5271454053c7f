/* progress.h - shows the progress of an operation in AWS, on standard error, because it is no
 * result.
 *
 * Prints a line for each resource that is done, as soon as CloudFormation reports it. On a
 * terminal, a status line below them says how many of all are done, which ones are in progress, and
 * for how long. With --quiet nothing is shown; with --json the events are lines of the result. */
#ifndef STACKS_PROGRESS_H
#define STACKS_PROGRESS_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/util.h" /* for struct table */

struct arena;

struct progress {
    struct arena *arena;
    const char *stack;
    size_t total;         /* resources to change; 0 if that is not known */
    size_t done;          /* of them */
    struct table seen;    /* EventIds */
    struct table running; /* logical ids to the const char * time of their start; "": done */
    const char **order;   /* the logical ids in the order of their start */
    size_t norder;
};

/* Shows this in the status line until progress_end. */
void progress_begin(struct progress *progress);
void progress_end(void);
/* Shows the new ones of the `events` of one operation, which are newest first, as CloudFormation
 * lists them. */
void progress_events(struct progress *progress, const json_t *events);

#endif
