/* worker.h - one process of a lambda, with its extensions, that handles events one after the other.
 *
 * It prints its log as Lambda does: what the process prints, and lines of Lambda's own (START, END,
 * REPORT). */
#ifndef LOCAL_WORKER_H
#define LOCAL_WORKER_H
#include <stdbool.h>
#include <stddef.h>

struct function;
struct interpreter;
struct loop;
struct worker;

/* How an event was handled. */
enum outcome {
    OUTCOME_ANSWERED, /* `text` is the answer, unless it was streamed */
    OUTCOME_FAILED,   /* `text` is JSON with errorType and errorMessage */
    OUTCOME_LATE,     /* the same; it took longer than the function's timeout */
};

struct result {
    enum outcome outcome;
    const char *text;
    size_t len;
    bool streamed; /* its parts were told before */
};

/* What a worker tells. `data` is for the functions; none of them may end the worker. */
struct worker_owner {
    void *data;
    void (*logged)(void *data, const char *text, size_t len);
    /* A part of a streamed answer. */
    void (*piece)(void *data, const char *part, size_t len);
    void (*answered)(void *data, const struct result *result);
    /* It can take the next event; or, if it is not `alive`, its processes have ended. */
    void (*idle)(void *data, bool alive);
};

struct event_in {
    const char *id; /* of the request; a new one for NULL */
    const char *text;
    size_t len;
    const char *client_context; /* JSON, or NULL */
};

/* Starts a process; NULL after an error, which is reported. All must live as long as it. */
struct worker *worker_start(struct loop *loop, const struct function *function,
                            const struct interpreter *interpreter,
                            const struct worker_owner *owner);
/* Hands over an event, which is copied; the worker must be idle, or have just been started. */
void worker_invoke(struct worker *worker, const struct event_in *event);
/* Ends it with all its processes, and what they have left. */
void worker_end(struct worker *worker);
/* Whether it can take an event. */
bool worker_is_idle(const struct worker *worker);

#endif
