/* dynamodb.h - the kind `dynamodb`: lambdas that read the stream of a table. */
#ifndef RESOURCES_DYNAMODB_H
#define RESOURCES_DYNAMODB_H
#include "resources/model.h" /* for struct kind */

extern const struct kind dynamodb_kind;

#endif
