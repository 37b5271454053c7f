/* lambda_environment.h - a lambda's `environment`. */
#ifndef LAMBDAS_LAMBDA_ENVIRONMENT_H
#define LAMBDAS_LAMBDA_ENVIRONMENT_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"           /* for struct pos */
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

enum { ENVIRONMENT_MAX = 4096 }; /* bytes of all names and values (Lambda quotas) */

extern const struct lambda_subject lambda_environment;

/* Whether a variable may have this name; reports an error at `pos` if not. */
bool lambda_variable_check(struct pos pos, const char *name);
/* The bytes of the names and values of `environment`, as far as the build knows them. */
size_t lambda_environment_size(const struct lambda *lambda);

#endif
