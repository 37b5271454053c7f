#include <string.h>

#include "resources/arn.h"
#include "resources/lambda.h"
#include "resources/reference.h"
#include "resources/steps.h"
#include "resources/stream.h"
#include "resources/verbatim.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Lambda API Reference, "CreateEventSourceMapping". */
enum { BATCH_DEFAULT = 100, BATCH_MAX = 10000 };
enum { SLEEP_SECONDS = 30 };

static const struct field stream_fields[] = {
    {"lambda", FIELD_NAME, .required = true},
    {"stream", FIELD_TEXT, .required = true},
    {"starting_position", FIELD_TEXT, .required = true},
    {"batch_size", FIELD_INT, .min = 1, .max = BATCH_MAX, .unit = "records"},
    {"enabled", FIELD_FLAG},
    VERBATIM_FIELDS,
};

struct stream {
    const char *id;       /* "{App}{Name}", the mapping */
    const char *sleep_id; /* "{Name}Sleep" */
    const struct lambda *lambda;
};

/* The ARN's resource is "table/<name>/stream/<label>" of DynamoDB, or "stream/<name>" of Kinesis,
 * which a consumer may follow (Service Authorization Reference). */
static bool check_stream(const struct model *model, const struct kind *kind,
                         const struct node *stream)
{
    static const char *const tables[] = {"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable",
                                         NULL};
    static const char *const streams[] = {"AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer",
                                          NULL};
    bool dynamodb = kind == &dynamodb_kind;
    if (!reference_check(model, stream, dynamodb ? tables : streams,
                         dynamodb ? "a table" : "a stream or a consumer of one"))
        return false;
    const char *resource = arn_resource(stream->text, kind->key);
    if (node_dynamic(stream) ||
        (resource && str_starts(resource, dynamodb ? "table/" : "stream/") &&
         strstr(resource, dynamodb ? "/stream/" : "/")))
        return true;
    return diag_error(EXIT_VALUE, stream->pos,
                      "stream must be a ref or the stream's ARN, "
                      "arn:aws:%s:<region>:<account>:%s",
                      kind->key, dynamodb ? "table/<name>/stream/<label>" : "stream/<name>");
}

static bool check_position(const struct node *position)
{
    return node_dynamic(position) || strcmp(position->text, "LATEST") == 0 ||
           strcmp(position->text, "TRIM_HORIZON") == 0 ||
           diag_error(EXIT_STARTING_POSITION, position->pos,
                      "starting_position must be LATEST or TRIM_HORIZON, not '%s'", position->text);
}

static bool stream_read(struct model *model, struct resource *resource)
{
    struct stream *stream = arena_alloc(model->arena, sizeof *stream);
    const struct node *settings = resource->settings;
    resource->data = stream;
    if (!schema_check(stream_fields, countof(stream_fields), settings, resource->key, "a stream"))
        return false;
    const char *name = resource_id(model, resource);
    if (!name)
        return false;
    stream->id = name_id(model->arena, resource->app->name, resource->name, NULL);
    stream->sleep_id = arena_printf(model->arena, "%sSleep", name);
    stream->lambda = lambda_find(model, node_get(settings, "lambda"));
    bool ok = check_stream(model, resource->kind, node_get(settings, "stream"));
    ok = verbatim_check(settings) && ok;
    ok = check_position(node_get(settings, "starting_position")) && ok;
    return stream->lambda && ok;
}

/* clang-format off */

/* Lambda can use a new role only after some time, and refuses a mapping before that. So the pause
 * begins when the role exists. */
static json_t *sleep_cfn(const struct model *model, const char *role_id)
{
    return json_pack("{s:s, s:o*, s:{s:o, s:i}}",
        "Type", "Custom::Sleep",
        "DependsOn", role_id ? json_pack("[s]", role_id) : NULL,
        "Properties",
            "ServiceToken", lambda_alias(model->sleep),
            "Time", SLEEP_SECONDS);
}

static json_t *mapping(const struct model *model, const struct resource *resource, const struct stream *stream,
                       const char *depends_on)
{
    const struct node *settings = resource->settings, *size = node_get(settings, "batch_size");
    return json_pack("{s:s, s:o*, s:{s:o, s:b, s:o, s:o, s:o}}",
        "Type", "AWS::Lambda::EventSourceMapping",
        "DependsOn", depends_on ? json_pack("[s]", depends_on) : NULL,
        "Properties",
            "BatchSize", node_dynamic(size) ? cfn_value(size)
                                        : json_integer(schema_int(size, BATCH_DEFAULT)),
            "Enabled", schema_flag(node_get(settings, "enabled"), true),
            "EventSourceArn", reference_value(model, node_get(settings, "stream"), WANT_STREAM),
            "FunctionName", lambda_alias(stream->lambda),
            "StartingPosition", cfn_value(node_get(settings, "starting_position")));
}
/* clang-format on */

static void stream_write(const struct model *model, const struct resource *resource,
                         struct steps *steps)
{
    const struct stream *stream = resource->data;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    struct pos pos = resource->key->pos;
    const char *role_id = lambda_own_role(model->arena, stream->lambda);
    if (model->sleep)
        cfn_add(cfn, pos, stream->sleep_id, sleep_cfn(model, role_id));
    const char *depends_on = model->sleep ? stream->sleep_id : role_id;
    cfn_add(cfn, pos, stream->id,
            verbatim_merge(mapping(model, resource, stream, depends_on), resource->settings));
}

const struct kind dynamodb_kind = {"dynamodb", .read = stream_read, .write = stream_write};
const struct kind kinesis_kind = {"kinesis", .read = stream_read, .write = stream_write};
