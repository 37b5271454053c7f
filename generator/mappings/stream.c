#include "mappings/stream.h"
#include "mappings/mapping_source.h"
#include "resources/reference.h"
#include "settings/node.h"

json_t *stream_arn(const struct model *model, const struct mapping *mapping)
{
    return reference_value(model, node_get(mapping->settings, "stream"), WANT_STREAM);
}

void stream_write(const struct model *model, const struct mapping *mapping, json_t *properties)
{
    json_object_set_new(properties, "EventSourceArn", stream_arn(model, mapping));
}
