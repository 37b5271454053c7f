/* invoke_server.h - serves one lambda over HTTP, as AWS's Runtime Interface Emulator does: POST
 * /2015-03-31/functions/function/invocations (Lambda Developer Guide, "Testing Lambda functions
 * locally"). The path of AWS's own Invoke API, with the function's name, is taken, too. */
#ifndef LOCAL_INVOKE_SERVER_H
#define LOCAL_INVOKE_SERVER_H
#include <stdbool.h>
#include <stddef.h>

struct function;
struct interpreter;

struct invoke_server {
    const struct function *function;
    const struct interpreter *interpreter;
    unsigned port;      /* 0: a free one */
    size_t concurrency; /* processes at once */
    void (*logged)(const char *text, size_t len);
    void (*listens)(unsigned port); /* called once, when it takes requests */
};

/* Serves until a signal comes. False after an error, which is reported. */
bool invoke_server_run(const struct invoke_server *server);

#endif
