/* lambda_kms.h - a lambda's `kms-key`, and the policy for it. */
#ifndef LAMBDAS_LAMBDA_KMS_H
#define LAMBDAS_LAMBDA_KMS_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_kms;

#endif
