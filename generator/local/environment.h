/* environment.h - the environment variables of a lambda's process (AWS Lambda Developer Guide,
 * "Defined runtime environment variables"). */
#ifndef LOCAL_ENVIRONMENT_H
#define LOCAL_ENVIRONMENT_H
#include <stdbool.h>

struct arena;
struct function;
struct interpreter;

struct environment {
    const struct function *function;
    const struct interpreter *interpreter;
    const char
        *log_stream;       /* a name that no other process has: it marks what belongs to this one */
    const char *temporary; /* a folder for TMPDIR */
    unsigned port;         /* of the Runtime API; 0: there is none */
};

/* Returns all variables, NULL-terminated. The first is the log stream's. */
const char *const *environment_of(struct arena *arena, const struct environment *environment);
/* Whether Lambda sets the variable itself, and does not take it from a function's configuration. */
bool environment_is_reserved(const char *name);

#endif
