/* lambda_concurrency.h - how many calls of a lambda run at once: reserved, provisioned, scaled. */
#ifndef LAMBDAS_LAMBDA_CONCURRENCY_H
#define LAMBDAS_LAMBDA_CONCURRENCY_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_concurrency;

#endif
