/* lambda_storage.h - a lambda's `ephemeral-storage`, its /tmp. */
#ifndef LAMBDAS_LAMBDA_STORAGE_H
#define LAMBDAS_LAMBDA_STORAGE_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_storage;

#endif
