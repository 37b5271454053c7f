/* lambda_storage.h - a lambda's `ephemeral-storage`, its /tmp. */
#ifndef RESOURCES_LAMBDA_STORAGE_H
#define RESOURCES_LAMBDA_STORAGE_H
#include "resources/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_storage;

#endif
