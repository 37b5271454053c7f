/* runtime_api.h - the Lambda Runtime API and the Extensions API, which one process of a lambda and
 * its extensions speak (AWS Lambda Developer Guide, "Using the Lambda runtime API for custom
 * runtimes" and "Using the Lambda Extensions API"). */
#ifndef LOCAL_RUNTIME_API_H
#define LOCAL_RUNTIME_API_H
#include <stdbool.h>
#include <stddef.h>

struct loop;
struct runtime_api;

enum {
    PAYLOAD_MOST = 6 * 1024 * 1024,           /* bytes of an event (Lambda quotas) */
    ANSWER_MOST = 6291556,                    /* of an answer */
    STREAMED_ANSWER_MOST = 200 * 1024 * 1024, /* of one that is streamed */
};

/* An event on its way to the lambda. The texts must live until it is answered. */
struct invocation {
    const char *id; /* the request's */
    const char *event;
    size_t len;
    long long deadline; /* milliseconds since 1970 */
    const char *arn, *trace;
    const char *client_context; /* JSON, or NULL */
};

/* What the process says. `data` is for the functions; each of them may invoke, none may stop. */
struct runtime_owner {
    void *data;
    /* It and all extensions wait for the next event: the first time after the start, or after
     * an event was done. */
    void (*ready)(void *data);
    /* The answer to the event; for an error it is JSON with errorType and errorMessage. */
    void (*answered)(void *data, bool failed, const char *answer, size_t len);
    /* A part of a streamed answer has come; NULL for the first call, before all parts. */
    void (*piece)(void *data, const char *part, size_t len);
    /* It cannot start: JSON with errorType and errorMessage. */
    void (*cannot_start)(void *data, const char *error, size_t len);
};

/* Serves on a free port; NULL after an error, which is reported. `owner` must live as long. */
struct runtime_api *runtime_api_start(struct loop *loop, const struct runtime_owner *owner);
void runtime_api_stop(struct runtime_api *api);
unsigned runtime_api_port(const struct runtime_api *api);
/* What extensions are told: the function's name and handler, which must live as long. */
void runtime_api_name(struct runtime_api *api, const char *function, const char *handler);
/* How many external extensions were started: it is ready when each of them has registered. */
void runtime_api_expect(struct runtime_api *api, size_t extensions);

/* Hands an event over. The one before must be answered, or given up. */
void runtime_api_invoke(struct runtime_api *api, const struct invocation *invocation);
/* Tells extensions that the end has come. Returns whether there are any. */
bool runtime_api_shut_down(struct runtime_api *api, const char *reason);

#endif
