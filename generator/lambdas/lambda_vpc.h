/* lambda_vpc.h - a lambda's `vpc`, and the policy for it. */
#ifndef LAMBDAS_LAMBDA_VPC_H
#define LAMBDAS_LAMBDA_VPC_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_vpc;

#endif
