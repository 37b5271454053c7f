/* lambda_role.h - a lambda's role: another one, or what its own one has. */
#ifndef LAMBDAS_LAMBDA_ROLE_H
#define LAMBDAS_LAMBDA_ROLE_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_role;

#endif
