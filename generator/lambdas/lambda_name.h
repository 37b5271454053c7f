/* lambda_name.h - the `name` of a lambda's function. */
#ifndef LAMBDAS_LAMBDA_NAME_H
#define LAMBDAS_LAMBDA_NAME_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_name;

#endif
