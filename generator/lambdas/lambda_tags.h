/* lambda_tags.h - `tags` of a lambda: of its function, its role and its group of logs. */
#ifndef LAMBDAS_LAMBDA_TAGS_H
#define LAMBDAS_LAMBDA_TAGS_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_tags;

#endif
