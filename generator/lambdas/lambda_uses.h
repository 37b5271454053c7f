/* lambda_uses.h - a lambda's `uses`: the resources it works with, each with the least policy and a
 * variable that has its name. */
#ifndef LAMBDAS_LAMBDA_USES_H
#define LAMBDAS_LAMBDA_USES_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_uses;

#endif
