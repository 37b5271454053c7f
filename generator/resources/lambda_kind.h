/* lambda_kind.h - reads and checks the lambdas of settings.yml. */
#ifndef RESOURCES_LAMBDA_KIND_H
#define RESOURCES_LAMBDA_KIND_H
#include "resources/model.h" /* for struct kind */

extern const struct kind lambda_kind;

#endif
