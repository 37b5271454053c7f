/* pool.h - jobs side by side, in processes of their own: nothing that they change is seen by
 * another, and what they report is shown in the order of the jobs. */
#ifndef BASE_POOL_H
#define BASE_POOL_H
#include <stdbool.h>
#include <stddef.h>

#include "base/util.h" /* for struct buf */

struct pool {
    size_t jobs;
    long workers; /* how many at once; with 1 there is no other process */
    /* Does a job and adds to its result. False after an error that was reported. */
    bool (*run)(size_t job, struct buf *result, void *data);
    /* Takes the result of a job that succeeded, in the order of the jobs. */
    void (*done)(size_t job, const struct buf *result, void *data);
    /* Reports a job whose process has ended in the middle of it, in these words. */
    void (*died)(size_t job, const char *words, void *data);
    /* Does something else meanwhile, when that is worth it; or NULL. */
    void (*meanwhile)(void *data);
    /* Cleans up behind processes that a signal has ended. */
    void (*interrupted)(void *data);
    void *data;
};

/* All jobs are tried; true when all have succeeded. A signal that would end us ends the processes
 * first, each as it would end with one worker, which waits for the program it runs. */
bool pool_run(const struct pool *pool);
/* The processors that this process may use. */
long pool_processors(void);

#endif
