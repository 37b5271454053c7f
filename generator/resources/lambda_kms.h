/* lambda_kms.h - a lambda's `kms-key`, and the policy for it. */
#ifndef RESOURCES_LAMBDA_KMS_H
#define RESOURCES_LAMBDA_KMS_H
#include "resources/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_kms;

#endif
