#include <stdlib.h>
#include <string.h>

#include "callers/bucket.h"
#include "callers/bucket_cfn.h"
#include "callers/bucket_kind.h"
#include "callers/bucket_own.h"
#include "callers/bucket_rule.h"
#include "lambdas/lambda.h"
#include "resources/arn.h"
#include "resources/reference.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field bucket_fields[] = {
    {"bucket", FIELD_TEXT, .required = true},
    {"notifications", FIELD_ANY, .required = true},
    {"eventbridge", FIELD_FLAG},
    VERBATIM_FIELDS,
};

/* `id` comes first, to be left out for a map of notifications, whose keys are the ids. */
static const struct field notification_fields[] = {
    {"id", FIELD_NAME, .required = true},
    {"lambda", FIELD_NAME},
    {"queue", FIELD_ANY},
    {"topic", FIELD_ANY},
    {"events", FIELD_TEXTS, .required = true},
    {"key_filters", FIELD_MAP},
};

static const struct field filter_fields[] = {
    {"prefix", FIELD_TEXT},
    {"suffix", FIELD_TEXT},
};

static const struct field destination_fields[] = {
    {"name", FIELD_TEXT, .required = true},
    {"account_id", FIELD_TEXT, .required = true},
};

/* Where notifications go: the key, the service of its ARN, and the longest name of a queue or
 * topic. */
static const struct {
    const char *key, *service, *type;
    size_t name_max;
} destinations[DESTINATION_COUNT] = {
    [TO_LAMBDA] = {"lambda", "lambda", NULL, 0},
    [TO_QUEUE] = {"queue", "sqs", "AWS::SQS::Queue", 80},
    [TO_TOPIC] = {"topic", "sns", "AWS::SNS::Topic", 256},
};

/* Amazon S3 API Reference, "PutBucketNotificationConfiguration" (the type Event). */
static const char *const event_names[] = {
    "s3:IntelligentTiering",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition",
    "s3:ObjectAcl:Put",
    "s3:ObjectAnnotation:*",
    "s3:ObjectAnnotation:Delete",
    "s3:ObjectAnnotation:Put",
    "s3:ObjectCreated:*",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Put",
    "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*",
    "s3:ObjectRestore:Completed",
    "s3:ObjectRestore:Delete",
    "s3:ObjectRestore:Post",
    "s3:ObjectRetention:Put",
    "s3:ObjectTagging:*",
    "s3:ObjectTagging:Delete",
    "s3:ObjectTagging:Put",
    "s3:ReducedRedundancyLostObject",
    "s3:Replication:*",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationNotTracked",
    "s3:Replication:OperationReplicatedAfterThreshold",
};

/* Old buckets of us-east-1 may have capitals, '_' and long names (S3 User Guide, "General purpose
 * bucket naming rules"). */
static bool check_bucket_name(const struct model *model, const struct node *bucket)
{
    static const char *const types[] = {"AWS::S3::Bucket", NULL};
    size_t len = strlen(bucket->text);
    if (!reference_check(model, bucket, types, "a bucket"))
        return false;
    if (node_dynamic(bucket) ||
        (len >= 3 && len <= 255 && str_is_made_of(bucket->text, STR_ALNUM "._-")))
        return true;
    if (arn_resource(bucket->text, "s3"))
        return diag_error(EXIT_VALUE, bucket->pos, "bucket must be a name and not an ARN: '%s'",
                          arn_resource(bucket->text, "s3"));
    return diag_error(EXIT_VALUE, bucket->pos,
                      "bucket must be the name of a bucket or a ref, not '%s'", bucket->text);
}

static bool check_event(const struct node *event)
{
    if (node_dynamic(event))
        return true;
    for (size_t i = 0; i < countof(event_names); i++)
        if (strcmp(event_names[i], event->text) == 0)
            return true;
    const char *near = str_nearest(event->text, event_names, countof(event_names));
    if (near)
        return diag_error(EXIT_VALUE, event->pos, "'%s' is not an event of S3; did you mean '%s'?",
                          event->text, near);
    return diag_error(EXIT_VALUE, event->pos,
                      "'%s' is not an event of S3; they are s3:ObjectCreated:* and the like",
                      event->text);
}

static bool check_events(const struct node *events)
{
    bool ok = true;
    for (size_t i = 0; node_item(events, i); i++)
        ok = check_event(node_item(events, i)) && ok;
    return ok;
}

static const struct node *read_filter(const struct node *filters, const char *key)
{
    const struct node *filter = node_get(filters, key);
    if (node_text(filter) && strchr(filter->text, '*'))
        diag_warning(filter->pos, "S3 has no wildcards: '*' in a %s is the character '*'", key);
    return node_set(filter) ? filter : NULL;
}

/* Checks a name, or the name at the end of an ARN. S3 sends to standard queues and topics only (S3
 * User Guide, "Event notification types and destinations"). */
static bool check_destination_name(enum destination to, const struct node *node, const char *name)
{
    const char *key = destinations[to].key;
    if (node_dynamic(node))
        return true;
    if (str_ends(name, ".fifo"))
        return diag_error(EXIT_VALUE, node->pos, "S3 does not send to a FIFO %s", key);
    return (str_is_made_of(name, STR_ALNUM "_-") && strlen(name) <= destinations[to].name_max) ||
           diag_error(EXIT_VALUE, node->pos,
                      "the name of a %s has 1 to %zu letters, digits, '-' and '_'", key,
                      destinations[to].name_max);
}

static bool check_account(const struct node *account)
{
    return node_dynamic(account) ||
           (strlen(account->text) == 12 && str_is_made_of(account->text, STR_DIGITS)) ||
           diag_error(EXIT_VALUE, account->pos, "account_id must have 12 digits, not '%s'",
                      account->text);
}

/* Checks a name, an ARN, {name, account_id} or a ref. */
static bool check_destination(const struct model *model, enum destination to,
                              const struct node *node)
{
    const char *key = destinations[to].key, *service = destinations[to].service;
    const char *const types[] = {destinations[to].type, NULL};
    if (!reference_check(model, node, types, to == TO_QUEUE ? "a queue" : "a topic"))
        return false;
    if (node_dynamic(node))
        return true;
    if (node->kind == NODE_MAP) {
        const struct node *name = node_get(node, "name");
        const char *what = to == TO_QUEUE ? "a queue" : "a topic";
        return schema_check(destination_fields, countof(destination_fields), node, node, what) &&
               check_account(node_get(node, "account_id")) &&
               check_destination_name(to, name, name->text);
    }
    if (!node_text(node))
        return diag_error(EXIT_VALUE, node->pos,
                          "%s must be a name, an ARN, {name, account_id} or a ref, not %s", key,
                          node_kind_words(node));
    if (!str_starts(node->text, "arn:"))
        return check_destination_name(to, node, node->text);
    const char *name = arn_resource(node->text, service);
    return name ? check_destination_name(to, node, name)
                : diag_error(EXIT_VALUE, node->pos,
                             "this is not the ARN of a %s, arn:aws:%s:<region>:<account>:<name>",
                             key, service);
}

static bool read_destination(const struct model *model, const struct node *settings,
                             struct notification *n)
{
    for (enum destination to = 0; to < DESTINATION_COUNT; to++) {
        const struct node *value = node_get(settings, destinations[to].key);
        if (!node_set(value))
            continue;
        if (n->destination)
            return diag_error(EXIT_RESOURCE, value->pos,
                              "a notification goes to one of lambda, queue and topic, and this one "
                              "has a %s already",
                              destinations[n->to].key);
        n->to = to;
        n->destination = value;
    }
    if (!n->destination)
        return diag_error(EXIT_RESOURCE, n->place->pos,
                          "a notification needs one of 'lambda', 'queue' and 'topic'");
    if (n->to != TO_LAMBDA) {
        bool ok = check_destination(model, n->to, n->destination);
        n->destination = reference_node(model, n->destination, WANT_ARN);
        return ok;
    }
    n->lambda = lambda_find(model, n->destination);
    return n->lambda;
}

static bool check_id(const struct bucket *bucket, const struct notification *n)
{
    for (size_t i = 0; i < bucket->count; i++)
        if (strcmp(bucket->notifications[i].id, n->id) == 0) {
            diag_error(EXIT_DUPLICATE, n->place->pos, "a second notification with the id '%s'",
                       n->id);
            diag_note(bucket->notifications[i].place->pos, "the first one is here");
            return false;
        }
    return true;
}

static bool read_notification(struct model *model, struct bucket *bucket, const struct node *place,
                              const struct node *settings)
{
    const struct node *filters = node_get(settings, "key_filters");
    struct notification n = {.id = place->text, .place = place};
    bool ok = read_destination(model, settings, &n);
    n.events = node_get(settings, "events");
    ok = check_events(n.events) && ok;
    ok = schema_check(filter_fields, countof(filter_fields), filters, place, "a key filter") && ok;
    n.prefix = read_filter(filters, "prefix");
    n.suffix = read_filter(filters, "suffix");
    if (!check_id(bucket, &n) || !ok)
        return false;
    array_push(model->arena, bucket->notifications, bucket->count, n);
    return true;
}

/* Reads a map of notifications by id, or a list of notifications with ids. */
static bool read_notifications(struct model *model, struct bucket *bucket, const struct node *all)
{
    size_t nfields = countof(notification_fields);
    bool ok = true, map = all->kind == NODE_MAP;
    if (!map && all->kind != NODE_LIST)
        return diag_error(EXIT_VALUE, all->pos, "notifications must be a map or a list, not %s",
                          node_kind_words(all));
    if (!all->count)
        return diag_error(EXIT_VALUE, all->pos,
                          "notifications must have at least one notification");
    for (size_t i = 0; i < all->count; i++) {
        const struct node *value = map ? all->entries[i].value : all->items[i];
        const struct node *place = map ? all->entries[i].key : value;
        ok = schema_check(notification_fields + map, nfields - map, value, place,
                          "a notification") &&
             read_notification(model, bucket, map ? place : node_get(value, "id"), value) && ok;
    }
    return ok;
}

/* Whether two names of events overlap, as "s3:ObjectCreated:*" and "s3:ObjectCreated:Put" do. */
static bool events_meet(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    if (strcmp(a, b) == 0)
        return true;
    return (str_ends(a, ":*") && strncmp(a, b, a_len - 1) == 0) ||
           (str_ends(b, ":*") && strncmp(a, b, b_len - 1) == 0);
}

static const char *common_event(const struct node *a, const struct node *b)
{
    for (size_t i = 0; node_item(a, i); i++)
        for (size_t j = 0; node_item(b, j); j++)
            if (events_meet(node_item(a, i)->text, node_item(b, j)->text))
                return node_item(a, i)->text;
    return NULL;
}

/* Whether a key may match both filters. A ref counts as overlapping only with the same ref, and
 * with no filter. */
static bool filters_meet(const struct node *a, const struct node *b,
                         bool (*fits)(const char *text, const char *part))
{
    if (!a || !b || !*a->text || !*b->text || strcmp(a->text, b->text) == 0)
        return true;
    return !node_dynamic(a) && !node_dynamic(b) &&
           (fits(a->text, b->text) || fits(b->text, a->text));
}

/* S3 refuses two notifications of one event if both their prefixes and their suffixes overlap (S3
 * User Guide, "Configuring event notifications using object key name filtering"). */
static bool check_overlaps(const struct bucket *bucket)
{
    bool ok = true;
    for (size_t i = 0; i < bucket->count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct notification *a = &bucket->notifications[j],
                                      *b = &bucket->notifications[i];
            const char *event = common_event(b->events, a->events);
            if (!event || !filters_meet(a->prefix, b->prefix, str_starts) ||
                !filters_meet(a->suffix, b->suffix, str_ends))
                continue;
            ok =
                diag_error(EXIT_RESOURCE, b->place->pos,
                           "'%s' and '%s' overlap in %s, which S3 refuses; give them other events, "
                           "prefixes or suffixes",
                           a->id, b->id, event);
            diag_note(a->place->pos, "'%s' is here", a->id);
        }
    return ok;
}

/* S3 sets all notifications of a bucket at once, so they must be in one resource. */
static bool check_one_resource(const struct model *model, const struct resource *resource)
{
    const struct bucket *bucket = resource->data, *other;
    bool named = node_text(bucket->name);
    const char *quote = named ? "'" : "";
    for (size_t i = 0; i < model->count; i++) {
        other = model->resources[i]->data;
        if (model->resources[i]->kind != &bucket_kind || other == bucket || !other->name ||
            other->eventbridge != bucket->eventbridge || !reference_same(other->name, bucket->name))
            continue;
        diag_error(EXIT_RESOURCE, bucket->name->pos,
                   "the bucket %s%s%s is in '%s' already; all notifications of a bucket stand in "
                   "one resource",
                   quote, named ? bucket->name->text : "of this function", quote,
                   model->resources[i]->name);
        diag_note(other->name->pos, "it is here");
        return false;
    }
    return true;
}

/* Without the app, only a bucket of a fragment, or EventBridge. */
static bool check_way(const struct model *model, const struct resource *resource)
{
    const struct bucket *bucket = resource->data;
    static const char *const keys[] = {"properties", "attributes"};
    bool ok = true;
    if (bucket->eventbridge || model->bucket_notifications)
        return true;
    if (!bucket->own)
        return diag_error(EXIT_NOT_FOUND, resource->key->pos,
                          "s3 needs the app 'gordon.contrib.s3'; add it to 'apps'");
    for (size_t i = 0; i < countof(keys); i++) {
        const struct node *node = node_get(resource->settings, keys[i]);
        if (node_set(node))
            ok = diag_error(
                EXIT_RESOURCE, node->pos,
                "the bucket has these notifications itself; write its %s in its fragment", keys[i]);
    }
    return ok;
}

static int by_id(const void *a, const void *b)
{
    const struct notification *x = a, *y = b;
    return strcmp(x->id, y->id);
}

static bool bucket_read(struct model *model, struct resource *resource)
{
    struct bucket *bucket = arena_alloc(model->arena, sizeof *bucket);
    const struct node *settings = resource->settings;
    resource->data = bucket;
    if (!schema_check(bucket_fields, countof(bucket_fields), settings, resource->key,
                      "an s3 resource"))
        return false;
    bucket->id = resource_id(model, resource);
    bucket->name = node_get(settings, "bucket");
    bucket->eventbridge = schema_flag(node_get(settings, "eventbridge"), false);
    if (bucket->eventbridge || !model->bucket_notifications)
        bucket->own = reference_resource(model, bucket->name);
    bool ok = check_bucket_name(model, bucket->name) && check_one_resource(model, resource);
    ok = verbatim_check(settings) && bucket->id && ok;
    ok = check_way(model, resource) && ok;
    const struct node *notifications = node_get(settings, "notifications");
    ok = read_notifications(model, bucket, notifications) && ok;
    ok = (bucket->eventbridge ? bucket_rules_check(bucket) : check_overlaps(bucket)) && ok;
    if (bucket->count && notifications->kind == NODE_MAP)
        qsort(bucket->notifications, bucket->count, sizeof *bucket->notifications, by_id);
    return ok;
}

static void bucket_write(const struct model *model, const struct resource *resource,
                         struct steps *steps)
{
    const struct bucket *bucket = resource->data;
    if (bucket->eventbridge)
        bucket_rules_write(model, resource, steps);
    else if (bucket->own)
        bucket_own_write(model, resource, steps);
    else
        bucket_custom_write(model, resource, steps);
}

const struct kind bucket_kind = {BUCKET_KEY, .read = bucket_read, .write = bucket_write};
