#include <string.h>

#include "base/diag.h"
#include "callers/bucket.h"
#include "callers/bucket_cfn.h"
#include "callers/bucket_own.h"
#include "resources/fragment.h"
#include "resources/model.h"
#include "resources/steps.h"
#include "settings/node.h"
#include "template/cfn.h"

/* The lists of NotificationConfiguration, and the key of the destination in their items. */
static const struct {
    const char *list, *key;
} configurations[DESTINATION_COUNT] = {
    [TO_LAMBDA] = {"LambdaConfigurations", "Function"},
    [TO_QUEUE] = {"QueueConfigurations", "Queue"},
    [TO_TOPIC] = {"TopicConfigurations", "Topic"},
};

/* Returns the value of a key of an object, which is made if it is not there. */
static json_t *child(json_t *object, const char *key, json_t *(*make)(void))
{
    json_t *value = json_object_get(object, key);
    if (!value) {
        value = make();
        json_object_set_new(object, key, value);
    }
    return value;
}

static json_t *resource_of(const struct bucket *bucket, const struct cfn *cfn)
{
    return json_object_get(cfn->resources, bucket->own->key->text);
}

static void not_known(const struct bucket *bucket, const char *key)
{
    diag_error(EXIT_RESOURCE, bucket->name->pos,
               "'%s' has a function as its %s, to which nothing can be added; add the app "
               "'gordon.contrib.s3' to 'apps', or write all of it there",
               bucket->own->key->text, key);
    diag_note(bucket->own->key->pos, "it is here");
}

json_t *bucket_own_configuration(const struct bucket *bucket, const struct cfn *cfn)
{
    static const char key[] = "NotificationConfiguration";
    json_t *properties = child(resource_of(bucket, cfn), "Properties", json_object);
    json_t *configuration = child(properties, key, json_object);
    if (json_is_object(configuration) && !cfn_is_function(configuration))
        return configuration;
    not_known(bucket, key);
    return NULL;
}

/* clang-format off */
static json_t *configuration_of(const struct notification *n, const char *event)
{
    json_t *rules = bucket_filters(n);
    return json_pack("{s:s, s:o, s:o*}",
        "Event", event,
        configurations[n->to].key, bucket_destination(n),
        "Filter", rules ? json_pack("{s:{s:o}}", "S3Key", "Rules", rules) : NULL);
}
/* clang-format on */

static void add_notification(const struct bucket *bucket, const struct notification *n,
                             json_t *configuration)
{
    const struct node *event;
    json_t *list = child(configuration, configurations[n->to].list, json_array);
    if (!json_is_array(list)) {
        not_known(bucket, configurations[n->to].list);
        return;
    }
    for (size_t i = 0; (event = node_item(n->events, i)); i++) {
        json_t *item = configuration_of(n, event->text);
        if (node_dynamic(event))
            json_object_set_new(item, "Event", cfn_value(event));
        json_array_append_new(list, item);
    }
}

static void add_dependency(json_t *resource, const char *id)
{
    json_t *all = json_object_get(resource, "DependsOn");
    if (!json_is_array(all)) {
        all = json_is_string(all) ? json_pack("[O]", all) : json_array();
        json_object_set_new(resource, "DependsOn", all);
    }
    json_array_append_new(all, json_string(id));
}

void bucket_own_write(const struct model *model, const struct resource *resource,
                      struct steps *steps)
{
    const struct bucket *bucket = resource->data;
    const struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    json_t *configuration = bucket_own_configuration(bucket, cfn);
    for (size_t i = 0; configuration && i < bucket->count; i++) {
        const struct notification *n = &bucket->notifications[i];
        add_dependency(resource_of(bucket, cfn), bucket_permit(model, resource, n, steps));
        add_notification(bucket, n, configuration);
    }
}
