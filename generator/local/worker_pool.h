/* worker_pool.h - warm workers of functions: each event goes to one that is idle, or to a new one,
 * or waits until there is one. */
#ifndef LOCAL_WORKER_POOL_H
#define LOCAL_WORKER_POOL_H
#include <stdbool.h>
#include <stddef.h>

#include "local/worker.h" /* for struct result */

struct worker_pool;

/* An event and who waits for its end. It must live until `done`, or until the pool ends. */
struct pool_call {
    struct event_in event;
    void (*piece)(struct pool_call *call, const char *part, size_t len); /* of a streamed answer */
    /* NULL: no process could be started, or the pool ends. */
    void (*done)(struct pool_call *call, const struct result *result);
    void *data;             /* for the caller */
    struct pool_call *next; /* for the pool */
};

struct worker_pool_options {
    struct loop *loop;
    const struct function *function;
    const struct interpreter *interpreter;
    size_t most; /* workers at once */
    void (*logged)(const char *text, size_t len);
};

/* All must live as long as the pool. */
struct worker_pool *worker_pool_new(const struct worker_pool_options *options);
void worker_pool_call(struct worker_pool *pool, struct pool_call *call);
/* Ends its workers. */
void worker_pool_free(struct worker_pool *pool);

#endif
