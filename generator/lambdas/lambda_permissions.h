/* lambda_permissions.h - who else may call a lambda. */
#ifndef LAMBDAS_LAMBDA_PERMISSIONS_H
#define LAMBDAS_LAMBDA_PERMISSIONS_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_permissions;

#endif
