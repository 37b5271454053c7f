#include "lambdas/use_cfn.h"
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/use.h"
#include "lambdas/use_key.h"
#include "resources/api_look.h"
#include "resources/fragment.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "template/cfn.h"

/* --- ARNs ------------------------------------------------------------------------------------ */

static bool is_parameter(const struct use *use)
{
    return strcmp(use->kind->service, "ssm") == 0;
}

static bool is_api(const struct use *use)
{
    return strcmp(use->kind->name, USE_API) == 0;
}

/* Secrets Manager adds six characters to the name of a secret (its User Guide, "What's in a Secrets
 * Manager secret?"). */
static const char *tail(const struct use *use)
{
    return strcmp(use->kind->service, "secretsmanager") == 0 ? "-??????" : "";
}

/* The ARN of a name that only CloudFormation knows. The name of a parameter may begin with '/', and
 * its ARN has this slash once. */
static json_t *arn_of_value(const struct use *use, const char *before, json_t *name)
{
    json_t *parts = json_pack("[o, o]", cfn_sub(before), name);
    if (*tail(use))
        json_array_append_new(parts, json_string(tail(use)));
    json_t *arn = cfn_join("", parts);
    return is_parameter(use) ? cfn_join("/", json_pack("{s:[s, o]}", "Fn::Split", "//", arn)) : arn;
}

static json_t *arn_of_name(struct arena *arena, const struct use *use, const struct node *name)
{
    const struct use_kind *kind = use->kind;
    const char *before = arena_printf(arena, "arn:${AWS::Partition}:%s:%s:%s", kind->service,
                                      kind->where, kind->resource);
    if (node_dynamic(name))
        return arn_of_value(use, before, cfn_value(name));
    const char *text = name->text + (is_parameter(use) && *name->text == '/');
    return cfn_sub(arena_printf(arena, "%s%s%s", before, text, tail(use)));
}

static const struct node *ref_node(const struct model *model, const struct use *use)
{
    return node_string(model->arena, use->key->pos,
                       arena_printf(model->arena, "ref://%s", use->resource->key->text));
}

static json_t *arn(const struct model *model, const struct use *use)
{
    if (use->lambda)
        return lambda_alias(use->lambda);
    if (use->api)
        return cfn_sub(
            arena_printf(model->arena,
                         "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${%s}",
                         api_id(model->arena, use->api)));
    /* CloudFormation gives only the name of a parameter, and only the id of an API */
    if (use->resource && (is_parameter(use) || is_api(use)))
        return arn_of_name(model->arena, use, ref_node(model, use));
    if (use->resource)
        return reference_value(model, ref_node(model, use), WANT_ARN);
    return use->arn ? cfn_value(use->arn) : arn_of_name(model->arena, use, use->name);
}

/* Returns an ARN (stolen) and what follows it. */
static json_t *arn_and(struct arena *arena, json_t *arn, const char *part)
{
    const char *sub = json_string_value(json_object_get(arn, "Fn::Sub"));
    json_t *longer = NULL;
    if (!*part)
        return arn;
    if (json_is_string(arn))
        longer = json_string(arena_printf(arena, "%s%s", json_string_value(arn), part));
    else if (sub)
        longer = cfn_sub(arena_printf(arena, "%s%s", sub, part));
    if (!longer)
        return cfn_join("", json_pack("[o, s]", arn, part));
    json_decref(arn);
    return longer;
}

/* --- the variable ---------------------------------------------------------------------------- */

/* Part `index` of an ARN (stolen), split at `separator`. */
static json_t *part_of(json_t *arn, const char *separator, int index)
{
    return json_pack("{s:[i, {s:[s, o]}]}", "Fn::Select", index, "Fn::Split", separator, arn);
}

/* The name in an ARN that only CloudFormation knows. */
static json_t *name_of_arn(const struct use_kind *kind, json_t *arn)
{
    return *kind->resource ? part_of(arn, "/", 1) : part_of(arn, ":", 5);
}

/* The URL of a queue is that of its region (Amazon SQS Developer Guide, "Queue and message
 * identifiers"). */
static json_t *url_of_arn(json_t *arn)
{
    json_t *region = part_of(json_incref(arn), ":", 3),
           *account = part_of(json_incref(arn), ":", 4);
    return cfn_join("",
                    json_pack("[s, o, s, o, s, o, s, o]", "https://sqs.", region, ".",
                              cfn_ref("AWS::URLSuffix"), "/", account, "/", part_of(arn, ":", 5)));
}

static json_t *url_of_literal(struct arena *arena, const char *arn)
{
    const char *region = strchr(strchr(arn + 4, ':') + 1, ':') + 1,
               *account = strchr(region, ':') + 1;
    const char *name = strchr(account, ':') + 1;
    return cfn_sub(arena_printf(arena, "https://sqs.%.*s.${AWS::URLSuffix}/%.*s/%s",
                                (int)(account - region - 1), region, (int)(name - account - 1),
                                account, name));
}

static json_t *value_of_arn(const struct model *model, const struct use *use)
{
    bool dynamic = node_dynamic(use->arn);
    switch (use->kind->variable) {
    case USE_NAME:
        return dynamic ? name_of_arn(use->kind, cfn_value(use->arn))
                       : json_string(use_kind_arn_name(use->kind, use->arn->text));
    case USE_URL:
        return dynamic ? url_of_arn(cfn_value(use->arn))
                       : url_of_literal(model->arena, use->arn->text);
    default:
        return cfn_value(use->arn);
    }
}

static json_t *value_of_name(const struct model *model, const struct use *use)
{
    static const char before[] = "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/";
    switch (use->kind->variable) {
    case USE_ARN:
        return arn(model, use);
    case USE_URL:
        return node_dynamic(use->name)
                   ? cfn_join("", json_pack("[o, o]", cfn_sub(before), cfn_value(use->name)))
                   : cfn_sub(arena_printf(model->arena, "%s%s", before, use->name->text));
    default:
        return cfn_value(use->name);
    }
}

/* The URL that the accesses need. */
static json_t *value_of_api(const struct model *model, const struct use *use)
{
    const struct use_access *connections = use_access_named(use->kind, USE_CONNECTIONS);
    for (size_t i = 0; i < use->naccesses; i++)
        if (use->accesses[i] == connections)
            return api_connections(model->arena, use->api);
    return api_address(model, use->api);
}

json_t *use_value(const struct model *model, const struct use *use)
{
    json_t *value = use->lambda     ? lambda_alias(use->lambda)
                    : use->api      ? value_of_api(model, use)
                    : use->resource ? cfn_ref(use->resource->key->text)
                    : use->arn      ? value_of_arn(model, use)
                                    : value_of_name(model, use);
    return use->condition ? json_pack("{s:[s, o, o]}", "Fn::If", use->condition, value,
                                      cfn_ref("AWS::NoValue"))
                          : value;
}

/* --- the policy ------------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Actions of several accesses: sorted, and each once. */
struct actions {
    const char *list[USE_ACTIONS_MAX * USE_ACCESSES_MAX];
    size_t n;
};

static void add_actions(struct actions *actions, const char *const *names)
{
    for (size_t i = 0; i < USE_ACTIONS_MAX && names[i]; i++)
        if (!str_one_of(names[i], actions->list, actions->n))
            actions->list[actions->n++] = names[i];
}

/* Allows the actions on a resource (stolen), by the statement that has these actions already if
 * there is one. */
static void allow(struct arena *arena, json_t *statements, const char *service,
                  struct actions *actions, json_t *resource)
{
    size_t i;
    json_t *list = json_array(), *statement;
    qsort(actions->list, actions->n, sizeof *actions->list, by_text);
    for (i = 0; i < actions->n; i++)
        json_array_append_new(list,
                              json_string(arena_printf(arena, "%s:%s", service, actions->list[i])));
    json_array_foreach(statements, i, statement) {
        if (!json_equal(json_object_get(statement, "Action"), list))
            continue;
        cfn_add_once(json_object_get(statement, "Resource"), resource);
        json_decref(list);
        return;
    }
    json_array_append_new(statements, json_pack("{s:s, s:o, s:[o]}", "Effect", "Allow", "Action",
                                                list, "Resource", resource));
}

/* The next part of the resource that has grants and is behind `part`; NULL if there is none. */
static const char *next_part(const struct use *use, const char *part)
{
    const char *next = NULL;
    for (size_t i = 0; i < use->naccesses; i++)
        for (size_t g = 0; g < USE_GRANTS_MAX && use->accesses[i]->grants[g].part; g++) {
            const char *other = use->accesses[i]->grants[g].part;
            if ((!part || strcmp(other, part) > 0) && (!next || strcmp(other, next) < 0))
                next = other;
        }
    return next;
}

/* The connections of an API of settings are those of its one stage. */
static const char *part_of_api(const char *part)
{
    return strcmp(part, "/*/*/@connections/*") == 0 ? "/${Stage}/*/@connections/*" : part;
}

static void allow_part(const struct model *model, const struct use *use, const char *part,
                       json_t *statements)
{
    struct actions actions = {0};
    for (size_t i = 0; i < use->naccesses; i++)
        for (size_t g = 0; g < USE_GRANTS_MAX && use->accesses[i]->grants[g].part; g++)
            if (strcmp(use->accesses[i]->grants[g].part, part) == 0)
                add_actions(&actions, use->accesses[i]->grants[g].actions);
    allow(model->arena, statements, use->kind->service, &actions,
          strcmp(part, USE_ANYTHING) == 0
              ? json_string(USE_ANYTHING)
              : arn_and(model->arena, arn(model, use), use->api ? part_of_api(part) : part));
}

void use_allow(const struct model *model, const struct use *use, json_t *statements)
{
    struct actions kms = {0};
    size_t i;
    json_t *key, *keys;
    for (const char *part = next_part(use, NULL); part; part = next_part(use, part))
        allow_part(model, use, part, statements);
    for (i = 0; i < use->naccesses; i++)
        add_actions(&kms, use->accesses[i]->kms);
    if (!kms.n)
        return;
    keys = use_keys(model, use);
    json_array_foreach(keys, i, key)
        allow(model->arena, statements, "kms", &kms, json_incref(key));
    json_decref(keys);
}

const char *use_id(struct arena *arena, const struct use *use)
{
    return use->lambda     ? use->lambda->alias_id
           : use->api      ? api_id(arena, use->api)
           : use->resource ? use->resource->key->text
                           : NULL;
}
