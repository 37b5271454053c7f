/* progress.h - what goes on in AWS, while it goes on: on standard error, where it is no result.
 *
 * A line for each resource that is done, as CloudFormation tells of it; on a terminal, below them,
 * one that changes: how many are done of all, which ones are being worked on, and since when. With
 * --quiet there is nothing of it; with --json the events are lines of the result. */
#ifndef PROGRESS_H
#define PROGRESS_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "util.h" /* for struct table */

struct arena;

struct progress {
    struct arena *arena;
    const char *stack;
    size_t total;      /* resources that are to be changed; 0 when that is not known */
    size_t done;       /* of them */
    double begun;      /* seconds of a clock that only goes forward */
    struct table seen; /* EventIds */
    struct table
        running;        /* logical ids to when they began, a const char *; "" when they are done */
    const char **order; /* of the logical ids, as they began */
    size_t norder;
};

/* Neither lines nor a changing one from now on: --quiet, or events go elsewhere. */
void progress_quiet(bool quiet);

/* The changing line tells of this, until progress_end. */
void progress_begin(struct progress *progress);
void progress_end(void);
/* The changing line says this and for how long, until something else goes on, or NULL: between
 * steps nothing does. */
void progress_phase(const char *text);
/* Shows what is new in `events` of one operation, newest first as CloudFormation gives them. */
void progress_events(struct progress *progress, const json_t *events);
/* A line of what goes on that is no event. */
void progress_note(const char *text);
/* Takes the changing line away; before anything else is printed, too. */
void progress_clear(void);

#endif
