/* progress.h - what goes on in AWS, while it goes on: on standard error, where it is no result.
 *
 * A line for each resource that is done, as CloudFormation tells of it; on a terminal, below them,
 * one that changes: how many are done of all, which ones are being worked on, and since when. With
 * --quiet there is nothing of it; with --json the events are lines of the result. */
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
    size_t total;      /* resources that are to be changed; 0 when that is not known */
    size_t done;       /* of them */
    struct table seen; /* EventIds */
    struct table
        running;        /* logical ids to when they began, a const char *; "" when they are done */
    const char **order; /* of the logical ids, as they began */
    size_t norder;
};

/* The changing line tells of this, until progress_end. */
void progress_begin(struct progress *progress);
void progress_end(void);
/* Shows what is new in `events` of one operation, newest first as CloudFormation gives them. */
void progress_events(struct progress *progress, const json_t *events);

#endif
