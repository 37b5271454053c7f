/* pool.h - runs jobs in parallel, in worker processes. Jobs share no memory, and what they report
 * is printed in the order of the jobs. */
#ifndef BASE_POOL_H
#define BASE_POOL_H
#include <stdbool.h>
#include <stddef.h>

#include "base/util.h" /* for struct buf */

struct pool {
    size_t jobs;
    long workers; /* processes at once; with 1 the jobs run in this process */
    /* Does a job and appends to its result. Returns false after reporting an error. */
    bool (*run)(size_t job, struct buf *result, void *data);
    /* Takes the result of a job that succeeded, in the order of the jobs. */
    void (*done)(size_t job, const struct buf *result, void *data);
    /* Reports a job that was not finished because processes died; `words` say how. */
    void (*died)(size_t job, const char *words, void *data);
    /* Runs in this process beside the workers, or after the last job without workers; or NULL. */
    void (*meanwhile)(void *data);
    /* Cleans up after workers that a signal ended. */
    void (*interrupted)(void *data);
    void *data;
};

/* Tries all jobs. Returns true if all succeeded. A signal that would end this process is first
 * passed on to the workers; each ends as a single process would, which waits for the program that
 * it runs. Then the signal ends this process. */
bool pool_run(const struct pool *pool);
/* The number of processors that this process may use. */
long pool_processors(void);

#endif
