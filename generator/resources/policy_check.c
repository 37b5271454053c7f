#include <string.h>

#include "base/util.h"
#include "resources/policy_check.h"
#include "settings/node.h"
#include "settings/schema.h"

static const char *const versions[] = {"2012-10-17", "2008-10-17", NULL};
static const char *const effects[] = {"Allow", "Deny", NULL};

static const struct field document_fields[] = {
    {"Version", FIELD_CHOICE, .choices = versions},
    {"Id", FIELD_TEXT},
    {"Statement", FIELD_ENTRIES, .required = true},
};

static const struct field statement_fields[] = {
    {"Sid", FIELD_TEXT},      {"Effect", FIELD_CHOICE, .required = true, .choices = effects},
    {"Principal", FIELD_ANY}, {"NotPrincipal", FIELD_ANY},
    {"Action", FIELD_ANY},    {"NotAction", FIELD_ANY},
    {"Resource", FIELD_ANY},  {"NotResource", FIELD_ANY},
    {"Condition", FIELD_MAP},
};

/* Text, or a list of texts. */
static bool check_texts(const struct node *value, const char *key)
{
    bool ok = true;
    if (node_dynamic(value))
        return true;
    if (value->kind == NODE_LIST && !value->count)
        return diag_error(EXIT_VALUE, value->pos, "%s has at least one text", key);
    for (size_t i = 0; i < node_items(value); i++) {
        const struct node *item = node_item(value, i);
        if (!node_dynamic(item) && (!node_text(item) || !*item->text))
            ok = diag_error(EXIT_VALUE, item->pos, "%s is text or a list of texts, not %s", key,
                            node_text(item) ? "empty" : node_kind_words(item));
    }
    return ok;
}

/* "service:Action", with wildcards, or "*". */
static bool check_action(const struct node *action, const char *key)
{
    const struct node *item;
    bool ok = check_texts(action, key);
    for (size_t i = 0; ok && !node_dynamic(action) && (item = node_item(action, i)); i++)
        if (!node_dynamic(item) && strcmp(item->text, "*") != 0 && !strchr(item->text, ':'))
            ok = diag_error(EXIT_VALUE, item->pos,
                            "an action is service:Action, as in s3:GetObject, or *, not '%s'",
                            item->text);
    return ok;
}

/* "*", or who it is by the kind of principal. */
static bool check_principal(const struct node *principal, const char *key)
{
    static const struct field kinds[] = {{"AWS", FIELD_ANY},
                                         {"Service", FIELD_ANY},
                                         {"Federated", FIELD_ANY},
                                         {"CanonicalUser", FIELD_ANY}};
    bool ok = true;
    if (node_dynamic(principal) || (node_text(principal) && strcmp(principal->text, "*") == 0))
        return true;
    if (principal->kind != NODE_MAP || !principal->count)
        return diag_error(EXIT_VALUE, principal->pos,
                          "%s is '*' or a map, as in {AWS: <account or ARN>} or {Service: "
                          "<name>.amazonaws.com}",
                          key);
    if (!schema_check_set(kinds, countof(kinds), principal, "a principal"))
        return false;
    for (size_t i = 0; i < principal->count; i++)
        ok = check_texts(principal->entries[i].value, principal->entries[i].key->text) && ok;
    return ok;
}

/* Checks the one of two keys that a statement has, such as Action and NotAction. */
static bool check_one(const struct node *statement, const char *const keys[2], bool required,
                      bool (*check)(const struct node *value, const char *key))
{
    const struct node *first = node_get(statement, keys[0]), *second = node_get(statement, keys[1]);
    if (node_set(first) && node_set(second))
        return diag_error(EXIT_VALUE, second->pos, "a statement has %s or %s, not both", keys[0],
                          keys[1]);
    if (!node_set(first) && !node_set(second))
        return !required ||
               diag_error(EXIT_REQUIRED, statement->pos, "a statement needs %s", keys[0]);
    return node_set(first) ? check(first, keys[0]) : check(second, keys[1]);
}

/* An ARN, or "*" (IAM User Guide, "IAM JSON policy elements: Resource"). */
static bool check_arns(const struct node *value, const char *key)
{
    const struct node *item;
    bool ok = check_texts(value, key);
    for (size_t i = 0; ok && !node_dynamic(value) && (item = node_item(value, i)); i++)
        if (!node_dynamic(item) && strcmp(item->text, "*") != 0 &&
            !str_starts(item->text, "arn:") && !str_starts(item->text, "{{resolve:"))
            ok = diag_error(EXIT_VALUE, item->pos, "%s is an ARN, a ref or '*', not '%s'", key,
                            item->text);
    return ok;
}

/* IAM takes letters and digits; other services take more. */
static bool check_sid(const struct node *sid)
{
    return !node_text(sid) || node_dynamic(sid) || str_is_made_of(sid->text, STR_ALNUM) ||
           diag_error(EXIT_VALUE, sid->pos,
                      "the Sid of a role's policy has letters and digits only, not '%s'",
                      sid->text);
}

static bool check_statement(const struct node *statement, enum policy_of of)
{
    static const char *const actions[] = {"Action", "NotAction"};
    static const char *const things[] = {"Resource", "NotResource"};
    static const char *const principals[] = {"Principal", "NotPrincipal"};
    bool ok = true;
    if (node_dynamic(statement))
        return true;
    if (statement->kind != NODE_MAP)
        return diag_error(EXIT_VALUE, statement->pos,
                          "a statement is a map with Effect and Action, not %s",
                          node_kind_words(statement));
    if (!schema_check(statement_fields, countof(statement_fields), statement, statement,
                      "a statement"))
        return false;
    for (size_t i = 0; of == POLICY_OF_ROLE && i < countof(principals); i++)
        if (node_set(node_get(statement, principals[i])))
            ok = diag_error(EXIT_VALUE, node_get(statement, principals[i])->pos,
                            "the policy of a role has no %s: it says what the role may do",
                            principals[i]);
    ok = check_one(statement, actions, true, check_action) && ok;
    ok = (of != POLICY_OF_ROLE || check_sid(node_get(statement, "Sid"))) && ok;
    ok = check_one(statement, things, of == POLICY_OF_ROLE,
                   of == POLICY_OF_ROLE ? check_arns : check_texts) &&
         ok;
    return (of == POLICY_OF_ROLE || check_one(statement, principals, true, check_principal)) && ok;
}

bool policy_is_statement(const struct node *node)
{
    return node->kind == NODE_MAP && node_get(node, "Effect") && !node_get(node, "Statement");
}

bool policy_check(const struct node *policy, enum policy_of of)
{
    const struct node *statements = node_get(policy, "Statement");
    bool ok = true;
    if (node_dynamic(policy))
        return true;
    if (policy_is_statement(policy))
        return check_statement(policy, of);
    if (!schema_check(document_fields, countof(document_fields), policy, policy, "a policy"))
        return false;
    if (node_dynamic(statements))
        return true;
    if (!node_items(statements))
        return diag_error(EXIT_VALUE, statements->pos, "a policy has at least one statement");
    for (size_t i = 0; i < node_items(statements); i++)
        ok = check_statement(node_item(statements, i), of) && ok;
    return ok;
}
