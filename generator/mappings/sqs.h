/* sqs.h - the kind `sqs`: lambdas that get the messages of a queue. */
#ifndef MAPPINGS_SQS_H
#define MAPPINGS_SQS_H
#include "resources/model.h" /* for struct kind */

extern const struct kind sqs_kind;

#endif
