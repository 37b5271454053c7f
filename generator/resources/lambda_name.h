/* lambda_name.h - the `name` of a lambda's function. */
#ifndef RESOURCES_LAMBDA_NAME_H
#define RESOURCES_LAMBDA_NAME_H
#include "resources/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_name;

#endif
