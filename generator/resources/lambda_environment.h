/* lambda_environment.h - a lambda's `environment`. */
#ifndef RESOURCES_LAMBDA_ENVIRONMENT_H
#define RESOURCES_LAMBDA_ENVIRONMENT_H
#include "resources/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_environment;

#endif
