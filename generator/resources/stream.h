/* stream.h - streams of DynamoDB and Kinesis that a lambda reads: two kinds, one implementation. */
#ifndef RESOURCES_STREAM_H
#define RESOURCES_STREAM_H
#include "resources/model.h" /* for struct kind */

extern const struct kind dynamodb_kind;
extern const struct kind kinesis_kind;

/* Returns what follows the account in an ARN of `service` ("table/..." of dynamodb), as a part of
 * `text`; NULL if `text` is no such ARN (IAM User Guide, "Amazon Resource Names"). */
const char *arn_resource(const char *text, const char *service);

#endif
