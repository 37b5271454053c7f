#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "deploy/caller_text.h"
#include "deploy/deployed.h"
#include "deploy/deployment.h"
#include "resources/api_look.h"
#include "resources/model.h"
#include "settings/partition.h"
#include "settings/project.h"
#include "template/cfn.h"

const json_t *caller_value(const json_t *value, const char *path)
{
    char key[64];
    while (value && *path) {
        size_t len = strcspn(path, ".");
        if (len >= sizeof key)
            return NULL;
        memcpy(key, path, len);
        key[len] = '\0';
        value = json_is_array(value) ? json_array_get(value, strtoul(key, NULL, 10))
                                     : json_object_get(value, key);
        path += len + (path[len] == '.');
    }
    return value;
}

/* Returns the name that a Ref or an Fn::GetAtt refers to, or NULL. */
static const char *referred(const json_t *value)
{
    const json_t *att = json_object_get(value, "Fn::GetAtt");
    const char *ref = json_string_value(json_object_get(value, "Ref"));
    return ref ? ref : json_string_value(json_is_array(att) ? json_array_get(att, 0) : att);
}

/* Returns the value of a parameter; its name if AWS has none, or hides it. */
static const char *named(const struct caller_scope *c, const char *name)
{
    if (strcmp(name, "AWS::Region") == 0 || strcmp(name, "Region") == 0)
        return c->deployment->region;
    if (strcmp(name, "Stage") == 0)
        return c->deployment->stage;
    if (strcmp(name, "AWS::Partition") == 0)
        return partition_of(c->deployment->region)->name;
    if (strcmp(name, "AWS::URLSuffix") == 0)
        return partition_of(c->deployment->region)->domain;
    if (strcmp(name, "AWS::AccountId") == 0) /* ARNs are shown without */
        return "ACCOUNT";
    const char *value = deployed_parameter(c->deployed, name);
    return value && *value && !str_starts(value, "**") ? value : name;
}

/* Adds the text of an Fn::Sub, with the values of its names. */
static void add_sub(const struct caller_scope *c, struct buf *out, const char *text)
{
    for (const char *at = text ? text : ""; *at;) {
        const char *hole = strstr(at, "${"), *end = hole ? strchr(hole, '}') : NULL;
        buf_add(out, at, end ? (size_t)(hole - at) : strlen(at));
        if (end)
            buf_adds(out, named(c, arena_strndup(c->deployment->arena, hole + 2,
                                                 (size_t)(end - hole) - 2)));
        at = end ? end + 1 : at + strlen(at);
    }
}

static void add_value(const struct caller_scope *c, struct buf *out, const json_t *value)
{
    const json_t *join = json_object_get(value, "Fn::Join"),
                 *sub = json_object_get(value, "Fn::Sub");
    const char *name = referred(value);
    size_t i;
    json_t *item;
    if (json_is_string(value)) {
        buf_adds(out, json_string_value(value));
    } else if (name) {
        buf_adds(out, named(c, name));
    } else if (sub) {
        add_sub(c, out, json_string_value(json_is_array(sub) ? json_array_get(sub, 0) : sub));
    } else if (join) {
        json_array_foreach(json_array_get(join, 1), i, item) {
            buf_adds(out, i ? json_string_value(json_array_get(join, 0)) : "");
            add_value(c, out, item);
        }
    } else if (json_is_array(value)) {
        json_array_foreach((json_t *)value, i, item) {
            buf_adds(out, i ? ", " : "");
            add_value(c, out, item);
        }
    } else if (json_object_get(value, "Fn::ImportValue")) {
        add_value(c, out, json_object_get(value, "Fn::ImportValue"));
    } else {
        buf_adds(out, "...");
    }
}

/* Returns what follows the account in an ARN; another text as it is. */
static const char *short_arn(const char *text)
{
    const char *rest = text;
    for (int parts = 0; parts < 5; parts++) {
        const char *colon = str_starts(text, "arn:") ? strchr(rest, ':') : NULL;
        if (!colon)
            return text;
        rest = colon + 1;
    }
    return *rest ? rest : text;
}

const char *caller_text(const struct caller_scope *c, const json_t *value)
{
    struct buf out = {0};
    add_value(c, &out, value);
    buf_adds(&out, "");
    return short_arn(buf_text(c->deployment->arena, &out));
}

/* The service of an ARN, and the beginning of the types of its resources. */
static const struct {
    const char *arn, *type, *word;
} services[] = {
    {"sqs", "AWS::SQS::", "queue"},           {"kinesis", "AWS::Kinesis::", "stream"},
    {"dynamodb", "AWS::DynamoDB::", "table"}, {"kafka", "AWS::MSK::", "kafka"},
    {"mq", "AWS::AmazonMQ::", "mq"},          {"rds", "AWS::DocDB::", "documentdb"},
};

const char *caller_service(const struct caller_scope *c, const json_t *value)
{
    const char *name = referred(value);
    const char *type = name ? cfn_text(json_object_get(c->resources, name), "Type") : "";
    struct buf out = {0};
    add_value(c, &out, value);
    buf_adds(&out, "");
    const char *text = buf_text(c->deployment->arena, &out);
    const char *at = str_starts(text, "arn:") ? strchr(text + strlen("arn:"), ':') : NULL;
    size_t len = at ? strcspn(at + 1, ":") : 0;
    for (size_t i = 0; i < countof(services); i++)
        if (str_starts(type, services[i].type) ||
            (at && len == strlen(services[i].arn) && strncmp(at + 1, services[i].arn, len) == 0))
            return services[i].word;
    return value ? "mapping" : "kafka"; /* which may be outside of AWS */
}

const char *caller_api(const struct caller_scope *c, const json_t *value)
{
    const char *id = referred(value);
    for (size_t i = 0; id && i < c->model->count; i++) {
        const struct resource *api = c->model->resources[i];
        if (api_is(api) && strcmp(api_id(c->deployment->arena, api), id) == 0)
            return *api->app->name
                       ? arena_printf(c->deployment->arena, "%s.%s", api->app->name, api->name)
                       : api->name;
    }
    return caller_text(c, value);
}

const char *caller_path(const struct caller_scope *c, const json_t *value)
{
    const char *path = "";
    for (int depth = 0; depth < 64; depth++) { /* a circle is possible in a fragment */
        const char *id = referred(value);
        const json_t *resource = id ? json_object_get(c->resources, id) : NULL;
        if (strcmp(cfn_text(resource, "Type"), "AWS::ApiGateway::Resource") != 0)
            break;
        const json_t *properties = json_object_get(resource, "Properties");
        path = arena_printf(c->deployment->arena, "/%s%s",
                            caller_text(c, json_object_get(properties, "PathPart")), path);
        value = json_object_get(properties, "ParentId");
    }
    return *path ? path : "/";
}
