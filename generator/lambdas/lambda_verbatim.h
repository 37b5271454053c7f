/* lambda_verbatim.h - a lambda's `properties` and `attributes` (verbatim.h). */
#ifndef LAMBDAS_LAMBDA_VERBATIM_H
#define LAMBDAS_LAMBDA_VERBATIM_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_verbatim;

#endif
