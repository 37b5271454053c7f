/* dynamodb.h - the kind `dynamodb`: lambdas that read the stream of a table. */
#ifndef MAPPINGS_DYNAMODB_H
#define MAPPINGS_DYNAMODB_H
#include "resources/model.h" /* for struct kind */

extern const struct kind dynamodb_kind;

#endif
