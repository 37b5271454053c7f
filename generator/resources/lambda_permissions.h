/* lambda_permissions.h - who else may call a lambda. */
#ifndef RESOURCES_LAMBDA_PERMISSIONS_H
#define RESOURCES_LAMBDA_PERMISSIONS_H
#include "resources/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_permissions;

#endif
