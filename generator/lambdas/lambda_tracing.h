/* lambda_tracing.h - a lambda's `tracing` by X-Ray, and the policy for it. */
#ifndef LAMBDAS_LAMBDA_TRACING_H
#define LAMBDAS_LAMBDA_TRACING_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_tracing;

#endif
