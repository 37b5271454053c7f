/* lambda_kind.h - reads and checks the lambdas of settings.yml. */
#ifndef LAMBDAS_LAMBDA_KIND_H
#define LAMBDAS_LAMBDA_KIND_H
#include "resources/model.h" /* for struct kind */

extern const struct kind lambda_kind;

#endif
