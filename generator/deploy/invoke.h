/* invoke.h - calls a deployed lambda, and shows its answer, its log and its error. */
#ifndef DEPLOY_INVOKE_H
#define DEPLOY_INVOKE_H
#include <stdbool.h>

#include "base/diag.h" /* for enum exit_code */

struct aws;

struct invoke {
    struct aws *aws;
    const char *lambda;    /* its name for the user: "app.name" */
    const char *function;  /* its name in AWS */
    const char *qualifier; /* a version or an alias */
    const char *payload;   /* JSON */
    bool async;            /* hand the payload over, and do not wait for the answer */
    bool json;             /* show answer, error and log as one object */
    bool quiet;            /* do not show the log */
};

/* Calls the lambda. Its answer goes to standard output, its log to standard error, and its error is
 * reported as EXIT_LAMBDA. Returns the exit code. */
enum exit_code invoke_run(const struct invoke *invoke);

#endif
