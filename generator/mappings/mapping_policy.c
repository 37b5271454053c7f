#include "mappings/mapping_policy.h"
#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/use_key.h"
#include "mappings/mapping_failure.h"
#include "mappings/mapping_source.h"
#include "mappings/mapping_word.h"
#include "resources/fragment.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "template/cfn.h"

/* --- what the settings allow already --------------------------------------------------------- */

/* Whether an action of a policy, in which * and ? stand for others, allows one of `actions`. */
static bool allows(const char *text, const char *const actions[2])
{
    char pattern[128]; /* IAM has no action as long as that */
    size_t len = strlen(text);
    if (len >= sizeof pattern)
        return false;
    for (size_t i = 0; i <= len; i++)
        pattern[i] = (char)tolower((unsigned char)text[i]);
    for (size_t i = 0; i < 2 && actions[i]; i++)
        if (fnmatch(pattern, actions[i], 0) == 0)
            return true;
    return false;
}

static bool statement_allows(const struct node *statement, const char *const actions[2])
{
    const char *effect = node_text(node_get(statement, "Effect"));
    const struct node *list = node_get(statement, "Action");
    for (size_t i = 0; effect && strcmp(effect, "Allow") == 0 && i < node_items(list); i++)
        if (node_text(node_item(list, i)) && allows(node_item(list, i)->text, actions))
            return true;
    return false;
}

/* A policy is a document, or one statement. */
static bool policy_allows(const struct node *policy, const char *const actions[2])
{
    const struct node *statements = node_get(policy, "Statement");
    for (size_t i = 0; i < node_items(statements); i++)
        if (statement_allows(node_item(statements, i), actions))
            return true;
    return statement_allows(policy, actions);
}

bool mapping_policies_allow(const struct lambda *lambda, const char *const actions[2])
{
    const struct node *all = node_get(lambda->settings, "policies");
    for (size_t i = 0; node_set(all) && all->kind >= NODE_LIST && i < all->count; i++)
        if (policy_allows(all->kind == NODE_LIST ? all->items[i] : all->entries[i].value, actions))
            return true;
    return false;
}

/* A managed policy is a name, perhaps with its folder, or an ARN that ends with both. */
static bool managed_allows(const struct lambda *lambda, const struct mapping_source *source)
{
    static const char *const all[] = {"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess"};
    const struct node *managed = node_get(lambda->settings, "managed-policies");
    size_t n = 0;
    while (n < countof(source->managed) && source->managed[n])
        n++;
    for (size_t i = 0; i < node_items(managed); i++) {
        const char *text = node_text(node_item(managed, i));
        const char *slash = text ? strrchr(text, '/') : NULL;
        const char *name = slash ? slash + 1 : text;
        if (name && (str_one_of(name, source->managed, n) || str_one_of(name, all, countof(all))))
            return true;
    }
    return false;
}

/* --- statements ------------------------------------------------------------------------------ */

/* clang-format off */
void mapping_allow(json_t *statements, json_t *actions, json_t *resources)
{
    cfn_add_once(statements, json_pack("{s:s, s:o, s:o}",
        "Effect", "Allow",
        "Action", actions,
        "Resource", resources));
}

/* Lambda Developer Guide, "Configuring Lambda permissions for Amazon MSK event source mappings" and
 * the pages of the other sources. */
void mapping_allow_network(json_t *statements)
{
    mapping_allow(statements,
        json_pack("[s, s, s, s, s, s]",
            "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets", "ec2:DescribeVpcs"),
        json_pack("[s]", "*"));
}
/* clang-format on */

const struct declared *mapping_resource(const struct model *model, const struct node *node)
{
    const char *name;
    enum reference reference = reference_of(node, &name);
    const struct node *att = node_get(node, "Fn::GetAtt");
    if (att && att->kind == NODE_LIST && node_text(node_item(att, 0)))
        name = node_item(att, 0)->text;
    else if (reference == REFERENCE_REF || reference == REFERENCE_ATT)
        name = arena_strndup(model->arena, name, strcspn(name, "."));
    else
        return NULL;
    const struct declared *declared = model_declared(model, "Resources", name);
    return declared && declared->type ? declared : NULL;
}

void mapping_allow_key(const struct model *model, const struct mapping *mapping, json_t *statements,
                       const struct node *node)
{
    static const char *const decrypt[2] = {"kms:decrypt"};
    const struct declared *resource = mapping_resource(model, node);
    if (resource && strcmp(resource->type, "AWS::Kinesis::StreamConsumer") == 0)
        resource =
            mapping_resource(model, node_get(node_get(resource->value, "Properties"), "StreamARN"));
    if (!resource)
        return;
    json_t *keys = use_keys_of(model, resource, node->pos,
                               mapping_policies_allow(mapping->lambda, decrypt)
                                   ? NULL
                                   : "allow kms:Decrypt by the policies of the lambda");
    if (json_array_size(keys))
        mapping_allow(statements, json_pack("[s]", "kms:Decrypt"), keys);
    else
        json_decref(keys);
}

bool mapping_secret_check(const struct model *model, const struct node *node, const char *key)
{
    static const char *const types[] = {"AWS::SecretsManager::Secret", NULL};
    return mapping_arn_check(model, node, key, types, "a secret", "secretsmanager",
                             "secret:", "secret:<name>");
}

json_t *mapping_secret(const struct model *model, const struct node *node)
{
    return reference_value(model, node, WANT_ARN);
}

void mapping_allow_secret(const struct model *model, const struct mapping *mapping,
                          json_t *statements, const struct node *node)
{
    mapping_allow(statements, json_pack("[s]", "secretsmanager:GetSecretValue"),
                  json_pack("[o]", mapping_secret(model, node)));
    mapping_allow_key(model, mapping, statements, node);
}

json_t *mapping_policy(const struct model *model, const struct mapping *mapping)
{
    const struct mapping_source *source = mapping->source;
    json_t *statements = json_array();
    if (!source->legacy || (!mapping_policies_allow(mapping->lambda, source->reads) &&
                            !managed_allows(mapping->lambda, source)))
        source->allow(model, mapping, statements);
    mapping_allow_failure(model, mapping, statements);
    if (json_array_size(statements))
        return json_pack("{s:s, s:o}", "Version", "2012-10-17", "Statement", statements);
    json_decref(statements);
    return NULL;
}
