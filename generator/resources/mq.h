/* mq.h - the kind `mq`: lambdas that get the messages of a queue of Amazon MQ. */
#ifndef RESOURCES_MQ_H
#define RESOURCES_MQ_H
#include "resources/model.h" /* for struct kind */

extern const struct kind mq_kind;

#endif
