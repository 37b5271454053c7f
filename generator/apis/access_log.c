#include <string.h>
#include <strings.h>

#include "apis/access_log.h"
#include "base/util.h"
#include "resources/log_group.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {
    {"destination", FIELD_TEXT},
    {"format", FIELD_TEXT},
    {"retention", FIELD_INT, .min = 1, .max = 3653, .unit = "days"},
};

#define PLACE_REST   "$context.httpMethod $context.resourcePath $context.protocol"
#define PLACE_HTTP   "$context.httpMethod $context.path $context.protocol"
#define PLACE_SOCKET "$context.eventType $context.routeKey $context.connectionId"
#define CLF(place)                                                                                 \
    "$context.identity.sourceIp - - [$context.requestTime] \"" place                               \
    "\" $context.status $context.responseLength $context.requestId"
#define CLF_SOCKET                                                                                 \
    "$context.identity.sourceIp - - [$context.requestTime] \"" PLACE_SOCKET                        \
    "\" $context.status $context.requestId"
#define JSON(rest)                                                                                 \
    "{\"requestId\":\"$context.requestId\",\"ip\":\"$context.identity.sourceIp\","                 \
    "\"requestTime\":\"$context.requestTime\"," rest "}"
#define JSON_REQUEST                                                                               \
    "\"httpMethod\":\"$context.httpMethod\",\"path\":\"$context.path\","                           \
    "\"status\":\"$context.status\",\"protocol\":\"$context.protocol\","                           \
    "\"responseLength\":\"$context.responseLength\""

/* The formats that have a name, for each kind of API. */
static const struct {
    const char *name;
    const char *lines[ACCESS_LOG_WEBSOCKET + 1];
} formats[] = {
    {"json",
     {JSON(JSON_REQUEST ",\"resourcePath\":\"$context.resourcePath\""),
      JSON(JSON_REQUEST ",\"routeKey\":\"$context.routeKey\""),
      JSON("\"eventType\":\"$context.eventType\",\"routeKey\":\"$context.routeKey\","
           "\"status\":\"$context.status\",\"connectionId\":\"$context.connectionId\"")}},
    {"clf", {CLF(PLACE_REST), CLF(PLACE_HTTP), CLF_SOCKET}},
};

static const char *line(const char *name, enum access_log kind)
{
    for (size_t i = 0; i < countof(formats); i++)
        if (strcasecmp(formats[i].name, name) == 0)
            return formats[i].lines[kind];
    return NULL;
}

static bool check_format(const struct node *format)
{
    const char *text = node_dynamic(format) ? NULL : node_text(format);
    if (!text || line(text, ACCESS_LOG_REST))
        return true;
    if (!strchr(text, '$'))
        return diag_error(EXIT_VALUE, format->pos,
                          "a format is json, clf or a line with variables such as "
                          "$context.requestId, not '%s'",
                          text);
    if (strchr(text, '\n'))
        return diag_error(EXIT_VALUE, format->pos, "a format is one line");
    return strstr(text, "$context.requestId") || strstr(text, "$context.extendedRequestId") ||
           diag_error(EXIT_VALUE, format->pos, "a format needs $context.requestId");
}

static bool check_destination(const struct model *model, const struct node *logs)
{
    static const char *const types[] = {"AWS::Logs::LogGroup",
                                        "AWS::KinesisFirehose::DeliveryStream", NULL};
    const struct node *destination = node_get(logs, "destination");
    const struct node *days = node_get(logs, "retention");
    if (!node_set(destination))
        return true;
    if (node_set(days)) {
        diag_error(EXIT_RESOURCE, days->pos,
                   "retention is for a group that Gordon makes; set RetentionInDays where this "
                   "group is made");
        diag_note(destination->pos, "the group is named here");
        return false;
    }
    return node_dynamic(destination) || str_starts(node_text(destination), "arn:")
               ? reference_check(model, destination, types, "a log group or a delivery stream")
               : diag_error(EXIT_VALUE, destination->pos,
                            "a destination is the ARN of a log group or of a delivery stream, or a "
                            "ref, not '%s'",
                            destination->text);
}

bool access_log_check(const struct model *model, const struct node *logs)
{
    bool ok = schema_check_switch(fields, countof(fields), logs, "access_logs");
    ok = ok && check_format(node_get(logs, "format"));
    ok = ok && log_group_check_retention(node_get(logs, "retention"));
    return ok && check_destination(model, logs);
}

/* Adds the log group, and returns its id. */
static const char *add_group(const struct model *model, struct cfn *cfn, struct pos pos,
                             const char *api, const struct node *days)
{
    const char *id = arena_printf(model->arena, "%sAccessLog", api);
    cfn_add(cfn, pos, id,
            json_pack("{s:s, s:{s:o, s:o*}}", "Type", "AWS::Logs::LogGroup", "Properties",
                      "LogGroupName", log_group_name(model, "/aws/vendedlogs/apis", api),
                      "RetentionInDays", cfn_optional_int(days)));
    return id;
}

json_t *access_log_write(const struct model *model, struct cfn *cfn, struct pos pos,
                         const char *api, const struct node *logs, enum access_log kind)
{
    if (!schema_on(logs))
        return NULL;
    const struct node *destination = node_get(logs, "destination");
    const struct node *format = node_get(logs, "format");
    const char *name = node_text(format) && !node_dynamic(format) ? format->text : "json";
    json_t *arn =
        node_set(destination)
            ? reference_value(model, destination, WANT_ARN)
            : cfn_att(add_group(model, cfn, pos, api, node_get(logs, "retention")), "Arn");
    json_t *text =
        !node_set(format) || line(name, kind) ? json_string(line(name, kind)) : cfn_value(format);
    return json_pack("{s:o, s:o}", "DestinationArn", arn, "Format", text);
}
