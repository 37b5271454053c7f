/* lambda_loop.h - a lambda's `recursive-loop`. */
#ifndef RESOURCES_LAMBDA_LOOP_H
#define RESOURCES_LAMBDA_LOOP_H
#include "resources/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_loop;

#endif
