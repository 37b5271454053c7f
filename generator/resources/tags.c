#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/diag.h"
#include "base/util.h"
#include "resources/model.h"
#include "resources/tags.h"
#include "settings/merge.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Characters and numbers of tags that every service takes (Tagging AWS Resources User Guide). */
enum { KEY_MAX = 128, VALUE_MAX = 256, TAGS_MAX = 50 };

/* The types of resources that Gordon makes, and whose property Tags is a list of keys and values.
 */
static const char *const types[] = {
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::IoT::TopicRule",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
};

/* The same for types whose Tags are a map. */
static const char *const types_of_maps[] = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::Stage",
};

/* Whether a text has only characters of tags: letters and digits of any language, blanks, and
 * _.:/=+-@ */
static bool has_characters(const char *text)
{
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < 0x80 && !strchr(STR_ALNUM " _.:/=+-@", *c))
            return false;
    return true;
}

static bool check_key(const struct node *key)
{
    size_t len = str_characters(key->name);
    if (str_starts(key->name, "aws:"))
        return diag_error(EXIT_VALUE, key->pos, "AWS reserves tags that begin with aws:");
    return (len && len <= KEY_MAX && has_characters(key->name)) ||
           diag_error(EXIT_VALUE, key->pos,
                      "a tag's name has 1 to %d letters, digits, blanks and _.:/=+-@", KEY_MAX);
}

static bool check_value(const struct node *value)
{
    if (!node_set(value) || node_dynamic(value))
        return true;
    const char *text = node_text(value);
    if (!text)
        return diag_error(EXIT_VALUE, value->pos, "a tag's value is text, not %s",
                          node_kind_words(value));
    return (str_characters(text) <= VALUE_MAX && has_characters(text)) ||
           diag_error(EXIT_VALUE, value->pos,
                      "a tag's value has at most %d letters, digits, blanks and _.:/=+-@",
                      VALUE_MAX);
}

/* IAM does not distinguish capital letters in the tags of a role. */
static bool check_case(const struct node *tags, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcasecmp(tags->entries[k].key->name, tags->entries[i].key->name) == 0) {
            diag_error(EXIT_DUPLICATE, tags->entries[i].key->pos,
                       "IAM takes '%s' and '%s' for one tag; rename or remove one of them",
                       tags->entries[k].key->name, tags->entries[i].key->name);
            diag_note(tags->entries[k].key->pos, "the other one is here");
            return false;
        }
    return true;
}

bool tags_check(const struct node *tags)
{
    bool ok = true;
    if (!node_set(tags) || tags->kind != NODE_MAP)
        return true;
    if (!schema_check_map(tags, "tags"))
        return false;
    if (tags->count > TAGS_MAX)
        ok = diag_error(EXIT_VALUE, tags->pos, "these are %zu tags; AWS takes at most %d",
                        tags->count, TAGS_MAX);
    for (size_t i = 0; i < tags->count; i++) {
        ok = check_key(tags->entries[i].key) && ok;
        ok = check_value(tags->entries[i].value) && check_case(tags, i) && ok;
    }
    return ok;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->key->name, ((const struct entry *)b)->key->name);
}

/* Numbers are text, as they were written. */
static json_t *tag_value(const struct node *value)
{
    if (value->kind == NODE_BOOL)
        return json_string(value->boolean ? "true" : "false");
    return node_dynamic(value) ? cfn_value(value) : json_string(value->text);
}

const struct node *tags_merged(struct arena *arena, const struct project *project,
                               const struct node *own)
{
    return node_merge(arena, node_get(project->settings, "tags"), own);
}

json_t *tags_value(struct arena *arena, const struct project *project, const struct node *own)
{
    const struct node *tags = tags_merged(arena, project, own);
    if (!node_set(tags) || !tags->count)
        return NULL;
    size_t size = tags->count * sizeof *tags->entries;
    struct entry *sorted = memcpy(arena_alloc(arena, size), tags->entries, size);
    qsort(sorted, tags->count, sizeof *sorted, by_key);
    json_t *list = json_array();
    for (size_t i = 0; i < tags->count; i++)
        if (node_set(sorted[i].value))
            json_array_append_new(list, json_pack("{s:s, s:o}", "Key", sorted[i].key->name, "Value",
                                                  tag_value(sorted[i].value)));
    return list;
}

static bool takes_tags(const struct model *model, const char *id, const json_t *resource)
{
    return !json_object_get(json_object_get(resource, "Properties"), "Tags") &&
           !table_get(&model->declared, arena_printf(model->arena, "Resources.%s", id));
}

/* Returns keys and values (a list) as a map. */
static json_t *map_of(const json_t *tags)
{
    size_t i;
    json_t *tag, *map = json_object();
    json_array_foreach(tags, i, tag)
        json_object_set(map, cfn_text(tag, "Key"), json_object_get(tag, "Value"));
    return map;
}

/* Returns the tags as the type takes them; NULL if it takes none. */
static json_t *tags_of_type(const char *type, const json_t *tags)
{
    if (str_one_of(type, types_of_maps, countof(types_of_maps)))
        return map_of(tags);
    return str_one_of(type, types, countof(types)) ? json_deep_copy(tags) : NULL;
}

void tags_write(const struct model *model, struct cfn *cfn)
{
    const char *id;
    json_t *resource, *tags = tags_value(cfn->arena, model->project, NULL);
    if (!tags)
        return;
    json_object_foreach(cfn->resources, id, resource) {
        json_t *own = tags_of_type(cfn_text(resource, "Type"), tags);
        if (own && takes_tags(model, id, resource))
            json_object_set(json_object_get(resource, "Properties"), "Tags", own);
        json_decref(own);
    }
    json_decref(tags);
}
