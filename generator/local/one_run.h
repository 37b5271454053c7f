/* one_run.h - runs a lambda here for one event. */
#ifndef LOCAL_ONE_RUN_H
#define LOCAL_ONE_RUN_H
#include <stddef.h>

#include "base/util.h" /* for struct buf */

struct function;
struct interpreter;

struct one_run {
    /* set by the caller */
    const struct function *function;
    const struct interpreter *interpreter;
    const char *event; /* JSON */
    size_t len;
    /* Takes the log as it comes. */
    void (*log)(const char *text, size_t len);
    /* Takes the parts of a streamed answer as they come. */
    void (*piece)(const char *part, size_t len);
    /* set by one_run_do */
    struct buf text; /* the answer, also a streamed one, or JSON with errorType and errorMessage;
                      * buf_free it */
    enum { RUN_ANSWERED, RUN_STREAMED, RUN_FAILED, RUN_LATE, RUN_BROKEN } end;
};

/* Runs it to the end of the event, or to a signal. RUN_BROKEN: it could not be started, which is
 * reported, or a signal came. */
void one_run_do(struct one_run *run);

#endif
