#include "lambdas/use_key.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/use.h"
#include "resources/fragment.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "template/cfn.h"

struct search {
    const struct model *model;
    const struct declared *resource;
    const char *property; /* that names a key, at any depth */
    struct pos pos;       /* where the settings name the resource */
    const char *advice;   /* for a key that the build does not know; NULL: no warning */
    json_t *keys;
};

/* The ARN of a key: of a resource of the project, or {Fn::GetAtt: [Key, Arn]}; else NULL. */
static json_t *known_arn(const struct search *s, const struct node *node)
{
    const struct declared *resource = reference_resource(s->model, node);
    const char *rest;
    if (resource && use_kind_of_type(resource->type) == use_kind_named("key"))
        return reference_value(s->model, node, WANT_ARN);
    if ((reference_of(node, &rest) == REFERENCE_ATT && str_ends(rest, ".Arn")) ||
        node_get(node, "Fn::GetAtt"))
        return cfn_value(node);
    return NULL;
}

/* The resource of the project that is an alias of a key, or NULL. */
static const struct declared *alias(const struct search *s, const struct node *node)
{
    const struct declared *resource = reference_resource(s->model, node);
    return resource && strcmp(resource->type, "AWS::KMS::Alias") == 0 ? resource : NULL;
}

/* A key is an id, an ARN, an alias, or the ARN of an alias (KMS Developer Guide, "Key
 * identifiers"). AWS's own keys are used by their aliases, and their policies allow it. IAM knows
 * only ids. */
static void add_literal(const struct search *s, const struct node *node)
{
    const char *text = node->text;
    if (str_starts(text, "arn:") && use_kind_arn_name(use_kind_named("key"), text))
        cfn_add_once(s->keys, json_string(text));
    else if (str_is_made_of(text, STR_ALNUM "-"))
        cfn_add_once(s->keys, cfn_sub(arena_printf(s->model->arena,
                                                   "arn:${AWS::Partition}:kms:${AWS::Region}:"
                                                   "${AWS::AccountId}:key/%s",
                                                   text)));
}

static bool is_unknown(const struct node *node)
{
    return node_dynamic(node) ||
           (str_starts(node->text, "alias/") && !str_starts(node->text, "alias/aws/"));
}

static void warn_unknown(const struct search *s, const struct node *node)
{
    diag_warning(s->pos,
                 "the build does not know the key of '%s', so Gordon gives no permission for "
                 "it; %s",
                 s->resource->key->text, s->advice);
    diag_note(node->pos, "the key is here");
}

static void add_key(const struct search *s, const struct node *node)
{
    const struct declared *other = alias(s, node);
    if (other)
        node = node_get(node_get(other->value, "Properties"), "TargetKeyId");
    json_t *arn = node_set(node) ? known_arn(s, node) : NULL;
    if (arn) {
        cfn_add_once(s->keys, arn);
    } else if (node_set(node) && is_unknown(node)) {
        if (s->advice)
            warn_unknown(s, node);
    } else if (node_text(node)) {
        add_literal(s, node);
    }
}

/* Looks for the property at any depth: a bucket has it in a list of rules. */
static void search(const struct search *s, const struct node *node)
{
    for (size_t i = 0; node && node->kind >= NODE_LIST && i < node->count; i++) {
        if (node->kind == NODE_LIST)
            search(s, node->items[i]);
        else if (strcmp(node->entries[i].key->text, s->property) == 0)
            add_key(s, node->entries[i].value);
        else
            search(s, node->entries[i].value);
    }
}

json_t *use_keys_of(const struct model *model, const struct declared *resource, struct pos pos,
                    const char *advice)
{
    const struct use_kind *kind = use_kind_of_type(resource->type);
    struct search s = {model, resource, kind ? kind->key : NULL, pos, advice, json_array()};
    if (s.property)
        search(&s, node_get(resource->value, "Properties"));
    return s.keys;
}

json_t *use_keys(const struct model *model, const struct use *use)
{
    if (!use->kms_key && use->resource)
        return use_keys_of(model, use->resource, use->key->pos,
                           "set kms-key to its ARN, or to '' if it needs none");
    json_t *keys = json_array();
    if (use->kms_key && node_dynamic(use->kms_key))
        cfn_add_once(keys, reference_value(model, use->kms_key, WANT_ARN));
    else if (use->kms_key && *use->kms_key->text)
        cfn_add_once(keys, json_string(use->kms_key->text));
    return keys;
}
