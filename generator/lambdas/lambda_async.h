/* lambda_async.h - what happens with asynchronous calls of a lambda: retries, age, and where
 * they and their results go. */
#ifndef LAMBDAS_LAMBDA_ASYNC_H
#define LAMBDAS_LAMBDA_ASYNC_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_async;

#endif
