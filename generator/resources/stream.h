/* stream.h - streams of DynamoDB and Kinesis that a lambda reads: two kinds, one implementation. */
#ifndef RESOURCES_STREAM_H
#define RESOURCES_STREAM_H
#include "resources/model.h" /* for struct kind */

extern const struct kind dynamodb_kind;
extern const struct kind kinesis_kind;

#endif
