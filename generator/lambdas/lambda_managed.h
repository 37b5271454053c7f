/* lambda_managed.h - policies that exist: `managed-policies` and `permissions-boundary` of a
 * lambda's own role. */
#ifndef LAMBDAS_LAMBDA_MANAGED_H
#define LAMBDAS_LAMBDA_MANAGED_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_managed;

#endif
