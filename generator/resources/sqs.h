/* sqs.h - the kind `sqs`: lambdas that get the messages of a queue. */
#ifndef RESOURCES_SQS_H
#define RESOURCES_SQS_H
#include "resources/model.h" /* for struct kind */

extern const struct kind sqs_kind;

#endif
