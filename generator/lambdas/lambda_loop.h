/* lambda_loop.h - a lambda's `recursive-loop`. */
#ifndef LAMBDAS_LAMBDA_LOOP_H
#define LAMBDAS_LAMBDA_LOOP_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_loop;

#endif
