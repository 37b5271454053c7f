/* stream.h - what streams of DynamoDB and Kinesis have in common as sources (mapping.h). */
#ifndef MAPPINGS_STREAM_H
#define MAPPINGS_STREAM_H
#include <jansson.h>
#include <stdbool.h>

struct mapping;
struct model;

/* Adds the stream of the setting `stream`. */
void stream_write(const struct model *model, const struct mapping *mapping, json_t *properties);
/* Returns its ARN. */
json_t *stream_arn(const struct model *model, const struct mapping *mapping);

#endif
