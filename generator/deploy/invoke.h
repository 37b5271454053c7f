/* invoke.h - one call of a lambda that was applied, and what is shown of it. */
#ifndef DEPLOY_INVOKE_H
#define DEPLOY_INVOKE_H
#include <stdbool.h>

#include "base/diag.h" /* for enum exit_code */

struct aws;

struct invoke {
    struct aws *aws;
    const char *lambda;    /* what the user calls it */
    const char *function;  /* its name in AWS */
    const char *qualifier; /* a version or an alias */
    const char *payload;   /* JSON */
    bool async;            /* only hand the payload over */
    bool json;             /* show one object instead of all below */
    bool quiet;            /* do not show the log */
};

/* Calls it. Its answer goes to standard output, its log to standard error, and its error becomes
 * one of ours, EXIT_LAMBDA. Gives the code to end with. */
enum exit_code invoke_run(const struct invoke *invoke);

#endif
