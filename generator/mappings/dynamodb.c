#include "mappings/dynamodb.h"
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

static const struct field fields[] = {{"stream", FIELD_TEXT, .required = true}};

/* A table of a fragment must have the stream that the lambda reads. */
static bool check_table(const struct model *model, const struct node *stream)
{
    const struct declared *table = reference_resource(model, stream);
    const struct node *properties = table ? node_get(table->value, "Properties") : NULL;
    if (!table || !str_starts(table->type, "AWS::DynamoDB::") || node_dynamic(properties) ||
        node_get(properties, "StreamSpecification"))
        return true;
    diag_error(EXIT_RESOURCE, stream->pos, "the table '%s' has no stream; set StreamSpecification",
               table->key->text);
    diag_note(table->key->pos, "the table is here");
    return false;
}

/* The ARN's resource is "table/<name>/stream/<label>" (Service Authorization Reference). */
static bool check(const struct model *model, const struct mapping *mapping)
{
    static const char *const types[] = {"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", NULL};
    const struct node *stream = node_get(mapping->settings, "stream");
    if (!reference_check(model, stream, types, "a table"))
        return false;
    const char *resource = arn_resource(stream->text, "dynamodb");
    if (node_dynamic(stream))
        return check_table(model, stream);
    return (resource && str_starts(resource, "table/") && strstr(resource, "/stream/")) ||
           diag_error(EXIT_VALUE, stream->pos,
                      "stream must be a ref or the stream's ARN, "
                      "arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>");
}

/* clang-format off */

/* Lambda Developer Guide, "Process DynamoDB records with Lambda"; of these actions, ListStreams is
 * not for a single stream (Service Authorization Reference). */
static void allow(const struct model *model, const struct mapping *mapping, json_t *statements)
{
    mapping_allow(statements,
        json_pack("[s, s, s]",
            "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
        json_pack("[o]", stream_arn(model, mapping)));
    mapping_allow(statements, json_pack("[s]", "dynamodb:ListStreams"), json_pack("[s]", "*"));
    mapping_allow_key(model, mapping, statements, node_get(mapping->settings, "stream"));
}
/* clang-format on */

static const struct mapping_source source = {
    MAPPING_DYNAMODB,
    .what = "a stream",
    .ending = "Dynamodb",
    .fields = fields,
    .nfields = countof(fields),
    .legacy = true,
    .reads = {"dynamodb:getrecords"},
    .managed = {"AWSLambdaDynamoDBExecutionRole", "AWSLambdaInvocation-DynamoDB",
                "AmazonDynamoDBFullAccess", "AmazonDynamoDBFullAccess_v2"},
    .check = check,
    .write = stream_write,
    .allow = allow,
};

const struct kind dynamodb_kind = {"dynamodb", .own = &source, .read = mapping_read,
                                   .write = mapping_write, .grant = mapping_grant};
