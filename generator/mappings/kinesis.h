/* kinesis.h - the kind `kinesis`: lambdas that read a stream of Kinesis, or a consumer of one. */
#ifndef MAPPINGS_KINESIS_H
#define MAPPINGS_KINESIS_H
#include "resources/model.h" /* for struct kind */

extern const struct kind kinesis_kind;

#endif
