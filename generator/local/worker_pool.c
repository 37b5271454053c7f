#include "local/worker_pool.h"

#include <stdlib.h>

#include "base/moment.h"
#include "base/util.h"
#include "local/loop.h"

/* A worker of the pool, and what it works on. */
struct member {
    struct worker_pool *pool;
    struct worker_owner owner;
    struct worker *worker;
    struct pool_call *call; /* or NULL */
    bool idle, ended;
};

struct worker_pool {
    struct worker_pool_options options;
    struct member **members;        /* `most` */
    struct pool_call *first, *last; /* that wait */
    struct loop_timer tidy;         /* due when a worker has ended: it cannot end itself */
};

/* --- calls that wait ------------------------------------------------------------------------ */

static void append(struct worker_pool *pool, struct pool_call *call)
{
    call->next = NULL;
    if (pool->last)
        pool->last->next = call;
    else
        pool->first = call;
    pool->last = call;
}

static struct pool_call *take_first(struct worker_pool *pool)
{
    struct pool_call *call = pool->first;
    pool->first = call ? call->next : NULL;
    if (!pool->first)
        pool->last = NULL;
    return call;
}

/* --- workers -------------------------------------------------------------------------------- */

static void give(struct member *member, struct pool_call *call)
{
    member->idle = false;
    member->call = call;
    worker_invoke(member->worker, &call->event);
}

static void logged(void *data, const char *text, size_t len)
{
    struct member *member = data;
    member->pool->options.logged(text, len);
}

static void piece(void *data, const char *part, size_t len)
{
    struct member *member = data;
    if (member->call)
        member->call->piece(member->call, part, len);
}

static void answered(void *data, const struct result *result)
{
    struct member *member = data;
    struct pool_call *call = member->call;
    member->call = NULL;
    if (call)
        call->done(call, result);
}

static void idle(void *data, bool alive)
{
    struct member *member = data;
    struct pool_call *next = alive ? take_first(member->pool) : NULL;
    member->idle = alive;
    member->ended = !alive;
    if (next)
        give(member, next);
    if (!alive)
        member->pool->tidy.at = moment_steady();
}

static bool start(struct worker_pool *pool, size_t i, struct pool_call *call)
{
    struct member *member = memory_new(sizeof *member);
    *member = (struct member){.pool = pool};
    member->owner = (struct worker_owner){member, logged, piece, answered, idle};
    member->worker = worker_start(pool->options.loop, pool->options.function,
                                  pool->options.interpreter, &member->owner);
    if (!member->worker) {
        free(member);
        return false;
    }
    pool->members[i] = member;
    give(member, call);
    return true;
}

static struct member *idle_one(const struct worker_pool *pool)
{
    for (size_t i = 0; i < pool->options.most; i++)
        if (pool->members[i] && pool->members[i]->idle)
            return pool->members[i];
    return NULL;
}

/* Hands a call to a worker; false if it must wait. */
static bool dispatch(struct worker_pool *pool, struct pool_call *call)
{
    struct member *member = idle_one(pool);
    if (member) {
        give(member, call);
        return true;
    }
    for (size_t i = 0; i < pool->options.most; i++)
        if (!pool->members[i]) {
            if (!start(pool, i, call))
                call->done(call, NULL);
            return true;
        }
    return false;
}

static void end(struct worker_pool *pool, size_t i)
{
    worker_end(pool->members[i]->worker);
    free(pool->members[i]);
    pool->members[i] = NULL;
}

/* Removes workers that have ended, and starts others for calls that wait. */
static void tidy(struct loop_timer *timer)
{
    struct worker_pool *pool = timer->data;
    for (size_t i = 0; i < pool->options.most; i++)
        if (pool->members[i] && pool->members[i]->ended)
            end(pool, i);
    while (pool->first) {
        struct pool_call *call = take_first(pool);
        if (!dispatch(pool, call)) {
            call->next = pool->first;
            pool->first = call;
            pool->last = pool->last ? pool->last : call;
            return;
        }
    }
}

struct worker_pool *worker_pool_new(const struct worker_pool_options *options)
{
    struct worker_pool *pool = memory_new(sizeof *pool);
    *pool = (struct worker_pool){.options = *options, .tidy = {.due = tidy}};
    pool->tidy.data = pool;
    pool->members = memory_new(options->most * sizeof *pool->members);
    for (size_t i = 0; i < options->most; i++)
        pool->members[i] = NULL;
    loop_add_timer(options->loop, &pool->tidy);
    return pool;
}

void worker_pool_call(struct worker_pool *pool, struct pool_call *call)
{
    if (pool->first || !dispatch(pool, call))
        append(pool, call);
}

void worker_pool_free(struct worker_pool *pool)
{
    struct pool_call *call;
    if (!pool)
        return;
    loop_remove_timer(pool->options.loop, &pool->tidy);
    for (size_t i = 0; i < pool->options.most; i++) {
        call = pool->members[i] ? pool->members[i]->call : NULL;
        if (call)
            call->done(call, NULL);
        if (pool->members[i])
            end(pool, i);
    }
    while ((call = take_first(pool)))
        call->done(call, NULL);
    free(pool->members);
    free(pool);
}
