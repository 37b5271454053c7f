/* lambda_vpc.h - a lambda's `vpc`, and the policy for it. */
#ifndef RESOURCES_LAMBDA_VPC_H
#define RESOURCES_LAMBDA_VPC_H
#include "resources/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_vpc;

#endif
