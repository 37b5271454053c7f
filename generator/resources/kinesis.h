/* kinesis.h - the kind `kinesis`: lambdas that read a stream of Kinesis, or a consumer of one. */
#ifndef RESOURCES_KINESIS_H
#define RESOURCES_KINESIS_H
#include "resources/model.h" /* for struct kind */

extern const struct kind kinesis_kind;

#endif
