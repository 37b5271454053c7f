#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "callers/bucket.h"
#include "callers/bucket_cfn.h"
#include "callers/bucket_own.h"
#include "callers/bucket_rule.h"
#include "lambdas/invoke.h"
#include "lambdas/lambda.h"
#include "resources/model.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/cfn.h"

#define DELETED "Permanently Deleted"
#define MARKED  "Delete Marker Created"
#define EXPIRED "Lifecycle Expiration"

/* Events of S3 as EventBridge has them (S3 User Guide, "EventBridge event message structure" and
 * "Mapping of events"). A name with * that is not here stands for all that begin so. */
static const struct event {
    const char *name, *type, *reason, *deletion;
} events[] = {
    {"s3:IntelligentTiering", "Object Access Tier Changed"},
    {"s3:LifecycleExpiration:*", "Object Deleted", EXPIRED},
    {"s3:LifecycleExpiration:Delete", "Object Deleted", EXPIRED, DELETED},
    {"s3:LifecycleExpiration:DeleteMarkerCreated", "Object Deleted", EXPIRED, MARKED},
    {"s3:LifecycleTransition", "Object Storage Class Changed"},
    {"s3:ObjectAcl:Put", "Object ACL Updated"},
    {"s3:ObjectCreated:*", "Object Created"},
    {"s3:ObjectCreated:CompleteMultipartUpload", "Object Created", "CompleteMultipartUpload"},
    {"s3:ObjectCreated:Copy", "Object Created", "CopyObject"},
    {"s3:ObjectCreated:Post", "Object Created", "POST Object"},
    {"s3:ObjectCreated:Put", "Object Created", "PutObject"},
    {"s3:ObjectRemoved:*", "Object Deleted", "DeleteObject"},
    {"s3:ObjectRemoved:Delete", "Object Deleted", "DeleteObject", DELETED},
    {"s3:ObjectRemoved:DeleteMarkerCreated", "Object Deleted", "DeleteObject", MARKED},
    {"s3:ObjectRestore:Completed", "Object Restore Completed"},
    {"s3:ObjectRestore:Delete", "Object Restore Expired"},
    {"s3:ObjectRestore:Post", "Object Restore Initiated"},
    {"s3:ObjectTagging:Delete", "Object Tags Deleted"},
    {"s3:ObjectTagging:Put", "Object Tags Added"},
};

/* Whether the event `name` of the settings includes this one. */
static bool includes(const char *name, const struct event *event)
{
    if (strcmp(name, event->name) == 0)
        return true;
    for (size_t i = 0; i < countof(events); i++)
        if (strcmp(name, events[i].name) == 0)
            return false;
    return str_ends(name, ":*") && strncmp(name, event->name, strlen(name) - 1) == 0;
}

static bool check_event(const struct node *event)
{
    if (node_dynamic(event))
        return diag_error(EXIT_VALUE, event->pos,
                          "the build makes a rule of EventBridge of this, so it cannot be a ref");
    for (size_t i = 0; i < countof(events); i++)
        if (includes(event->text, &events[i]))
            return true;
    return diag_error(EXIT_VALUE, event->pos, "S3 does not send '%s' to EventBridge", event->text);
}

bool bucket_rules_check(const struct bucket *bucket)
{
    bool ok = true;
    for (size_t i = 0; i < bucket->count; i++) {
        const struct notification *n = &bucket->notifications[i];
        if (n->to != TO_LAMBDA)
            ok = diag_error(EXIT_RESOURCE, n->destination->pos,
                            "with 'eventbridge', a notification goes to a lambda");
        for (size_t k = 0; node_item(n->events, k); k++)
            ok = check_event(node_item(n->events, k)) && ok;
    }
    return ok;
}

/* Adds text in which '*' and a backslash stand for themselves. */
static void add_plain(const char *text, struct buf *out)
{
    for (; *text; text++)
        buf_printf(out, strchr("*\\", *text) ? "\\%c" : "%c", *text);
}

static json_t *plain(const struct node *node)
{
    struct buf text = {0};
    if (node_dynamic(node))
        return bucket_text(node);
    add_plain(node->text, &text);
    json_t *value = json_stringn(text.data ? text.data : "", text.len);
    buf_free(&text);
    return value;
}

static const struct node *filled(const struct node *node)
{
    return node && (node_dynamic(node) || *node->text) ? node : NULL;
}

/* A prefix and a suffix in a list would be alternatives, so both are one wildcard. */
static json_t *key_filter(const struct notification *n)
{
    const struct node *prefix = filled(n->prefix), *suffix = filled(n->suffix);
    if (!prefix && !suffix)
        return NULL;
    if (!prefix || !suffix)
        return json_pack("{s:o}", prefix ? "prefix" : "suffix",
                         bucket_text(prefix ? prefix : suffix));
    json_t *parts = json_pack("[o, s, o]", plain(prefix), "*", plain(suffix));
    if (node_dynamic(prefix) || node_dynamic(suffix))
        return json_pack("{s:o}", "wildcard", cfn_join("", parts));
    json_t *text = json_sprintf("%s*%s", json_string_value(json_array_get(parts, 0)),
                                json_string_value(json_array_get(parts, 2)));
    json_decref(parts);
    return json_pack("{s:o}", "wildcard", text);
}

/* clang-format off */
static json_t *alternative(const struct event *event)
{
    json_t *detail = json_object();
    if (event->reason)
        json_object_set_new(detail, "reason", json_pack("[s]", event->reason));
    if (event->deletion)
        json_object_set_new(detail, "deletion-type", json_pack("[s]", event->deletion));
    json_t *pattern = json_pack("{s:[s]}", "detail-type", event->type);
    if (json_object_size(detail))
        json_object_set(pattern, "detail", detail);
    json_decref(detail);
    return pattern;
}

static json_t *detail_of(const struct bucket *bucket, const struct notification *n)
{
    json_t *key = key_filter(n);
    return json_pack("{s:{s:[o]}, s:o*}",
        "bucket", "name", bucket_text(bucket->name),
        "object", key ? json_pack("{s:[o]}", "key", key) : NULL);
}
/* clang-format on */

/* Returns the alternatives, and in *detailed whether one is about more than the type of the event.
 */
static json_t *alternatives(const struct notification *n, bool *detailed)
{
    json_t *all = json_array();
    *detailed = false;
    for (size_t i = 0; i < countof(events); i++)
        for (size_t k = 0; node_item(n->events, k); k++)
            if (includes(node_item(n->events, k)->text, &events[i])) {
                json_array_append_new(all, alternative(&events[i]));
                *detailed = *detailed || events[i].reason;
                break;
            }
    return all;
}

/* Joins the alternatives: types in one list, one alternative with the rest, and several by $or. */
static json_t *pattern_of(const struct bucket *bucket, const struct notification *n)
{
    bool detailed;
    size_t i;
    json_t *all = alternatives(n, &detailed), *item, *types = json_array();
    json_t *pattern = json_pack("{s:[s], s:o}", "source", "aws.s3", "detail", detail_of(bucket, n));
    if (detailed && json_array_size(all) > 1) {
        json_object_set(pattern, "$or", all);
    } else {
        json_array_foreach(all, i, item)
            cfn_add_once(types,
                         json_incref(json_array_get(json_object_get(item, "detail-type"), 0)));
        json_object_set(pattern, "detail-type", types);
        json_object_update(json_object_get(pattern, "detail"),
                           json_object_get(json_array_get(all, 0), "detail"));
    }
    json_decref(types);
    json_decref(all);
    return pattern;
}

/* clang-format off */
static json_t *rule_cfn(const struct bucket *bucket, const struct notification *n)
{
    return json_pack("{s:s, s:{s:o, s:s, s:[{s:o, s:s}]}}",
        "Type", "AWS::Events::Rule",
        "Properties",
            "EventPattern", pattern_of(bucket, n),
            "State", "ENABLED",
            "Targets",
                "Arn", lambda_alias(n->lambda),
                "Id", n->lambda->alias_id);
}
/* clang-format on */

/* Lets the bucket send to EventBridge, if it is one of a fragment. */
static void enable(const struct bucket *bucket, const struct cfn *cfn)
{
    json_t *configuration = bucket->own ? bucket_own_configuration(bucket, cfn) : NULL;
    if (configuration)
        json_object_set_new(configuration, "EventBridgeConfiguration",
                            json_pack("{s:b}", "EventBridgeEnabled", 1));
}

void bucket_rules_write(const struct model *model, const struct resource *resource,
                        struct steps *steps)
{
    const struct bucket *bucket = resource->data;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    enable(bucket, cfn);
    for (size_t i = 0; i < bucket->count; i++) {
        const struct notification *n = &bucket->notifications[i];
        const char *id =
            name_id(model->arena, resource->app->name, resource->name, n->id, "Rule", NULL);
        cfn_add(cfn, n->place->pos, id, verbatim_merge(rule_cfn(bucket, n), resource->settings));
        cfn_add(cfn, n->place->pos, arena_printf(model->arena, "%sPermission", id),
                invoke_permission(n->lambda, "events.amazonaws.com", cfn_att(id, "Arn")));
    }
}
