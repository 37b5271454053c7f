/* mq.h - the kind `mq`: lambdas that get the messages of a queue of Amazon MQ. */
#ifndef MAPPINGS_MQ_H
#define MAPPINGS_MQ_H
#include "resources/model.h" /* for struct kind */

extern const struct kind mq_kind;

#endif
