#include "mappings/kinesis.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "mappings/mapping.h"
#include "mappings/mapping_policy.h"
#include "mappings/mapping_source.h"
#include "mappings/stream.h"
#include "resources/arn.h"
#include "resources/fragment.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"stream", FIELD_TEXT, .required = true}};

/* The ARN's resource is "stream/<name>", which a consumer may follow (Service Authorization
 * Reference). */
static bool check(const struct model *model, const struct mapping *mapping)
{
    static const char *const types[] = {"AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer",
                                        NULL};
    const struct node *stream = node_get(mapping->settings, "stream");
    if (!reference_check(model, stream, types, "a stream or a consumer of one"))
        return false;
    const char *resource = arn_resource(stream->text, "kinesis");
    return node_dynamic(stream) || (resource && str_starts(resource, "stream/")) ||
           diag_error(EXIT_VALUE, stream->pos,
                      "stream must be a ref or the stream's ARN, "
                      "arn:aws:kinesis:<region>:<account>:stream/<name>");
}

static const char between[] = "/consumer/";

/* What follows the ARN of the stream of a consumer: "/consumer/<name>:<time>"; NULL of a stream. */
static const char *consumer(const struct node *stream)
{
    return node_dynamic(stream) ? NULL : strstr(stream->text, between);
}

/* Whether a value is the attribute Arn, which streams have and consumers do not. */
static bool is_arn_of_stream(const struct node *stream)
{
    const char *name = node_text(node_item(node_get(stream, "Fn::GetAtt"), 1));
    return name ? strcmp(name, "Arn") == 0 : node_text(stream) && str_ends(stream->text, ".Arn");
}

/* Whether `stream` can be a consumer, as far as the build knows. */
static bool may_be_consumer(const struct model *model, const struct node *stream)
{
    const struct declared *resource = reference_resource(model, stream);
    if (resource)
        return strcmp(resource->type, "AWS::Kinesis::StreamConsumer") == 0;
    return node_dynamic(stream) ? !is_arn_of_stream(stream) : consumer(stream) != NULL;
}

/* The ARN of the stream, also of that of a consumer. */
static json_t *arn_of_stream(const struct model *model, const struct mapping *mapping)
{
    const struct node *stream = node_get(mapping->settings, "stream");
    const char *rest = consumer(stream);
    if (rest)
        return json_stringn(stream->text, (size_t)(rest - stream->text));
    if (!may_be_consumer(model, stream))
        return stream_arn(model, mapping);
    return json_pack("{s:[i, {s:[s, o]}]}", "Fn::Select", 0, "Fn::Split", between,
                     stream_arn(model, mapping));
}

/* clang-format off */

/* Lambda Developer Guide, "Process Amazon Kinesis Data Streams records with Lambda". */
static void allow(const struct model *model, const struct mapping *mapping, json_t *statements)
{
    const struct node *stream = node_get(mapping->settings, "stream");
    mapping_allow(statements,
        json_pack("[s, s, s, s, s]",
            "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords",
            "kinesis:GetShardIterator", "kinesis:ListShards"),
        json_pack("[o]", arn_of_stream(model, mapping)));
    if (may_be_consumer(model, stream))
        mapping_allow(statements,
            json_pack("[s]", "kinesis:SubscribeToShard"),
            json_pack("[o]", stream_arn(model, mapping)));
    mapping_allow_key(model, mapping, statements, stream);
}
/* clang-format on */

static const struct mapping_source source = {
    MAPPING_KINESIS,
    .what = "a stream",
    .ending = "Kinesis",
    .fields = fields,
    .nfields = countof(fields),
    .legacy = true,
    .reads = {"kinesis:getrecords", "kinesis:subscribetoshard"},
    .managed = {"AWSLambdaKinesisExecutionRole", "AmazonKinesisFullAccess",
                "AmazonKinesisReadOnlyAccess"},
    .check = check,
    .write = stream_write,
    .allow = allow,
};

const struct kind kinesis_kind = {"kinesis", .own = &source, .read = mapping_read,
                                  .write = mapping_write, .grant = mapping_grant};
