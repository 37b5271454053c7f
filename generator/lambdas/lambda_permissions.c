#include "lambdas/lambda_permissions.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"permissions", FIELD_LIST}};

static const struct field permission_fields[] = {
    {"principal", FIELD_TEXT, .required = true},
    {"source-arn", FIELD_TEXT, .lambda = true},
    {"source-account", FIELD_TEXT},
    {"principal-org", FIELD_TEXT},
    {"event-source-token", FIELD_TEXT},
    {"action", FIELD_NAME},
};

enum { ACCOUNT_DIGITS = 12, TOKEN_MAX = 256 };
static const char invoke[] = "lambda:InvokeFunction";

/* The text of a value that the build knows; else NULL. */
static const char *known(const struct node *node)
{
    return node_dynamic(node) ? NULL : node_text(node);
}

static bool is_account(const char *text)
{
    return strlen(text) == ACCOUNT_DIGITS && str_is_made_of(text, STR_DIGITS);
}

/* A service, an account, an ARN of IAM, or everybody (Lambda API Reference, "AddPermission"). */
static bool check_principal(const struct node *permission)
{
    const struct node *principal = node_get(permission, "principal");
    const char *text = known(principal);
    if (text && strcmp(text, "*") == 0)
        return node_set(node_get(permission, "principal-org")) ||
               node_set(node_get(permission, "source-arn")) ||
               node_set(node_get(permission, "source-account")) ||
               diag_error(EXIT_RESOURCE, principal->pos,
                          "everybody may call the lambda then; limit it by principal-org, "
                          "source-account or source-arn");
    if (!text || is_account(text) || str_starts(text, "arn:") ||
        (strchr(text, '.') && str_is_made_of(text, STR_LOWER STR_DIGITS ".-")))
        return true;
    return diag_error(EXIT_VALUE, principal->pos,
                      "principal is a service such as s3.amazonaws.com, an account's 12 digits or "
                      "an ARN, not '%s'",
                      text);
}

static bool check_org(const struct node *org)
{
    const char *text = known(org);
    return !text || (str_starts(text, "o-") && str_is_made_of(text + 2, STR_LOWER STR_DIGITS)) ||
           diag_error(EXIT_VALUE, org->pos,
                      "principal-org is the id of an organization, as in o-a1b2c3d4e5, not '%s'",
                      text);
}

static bool check_action(const struct node *action)
{
    const char *text = node_text(action);
    return !text || (str_starts(text, "lambda:") && strlen(text) > strlen("lambda:")) ||
           diag_error(EXIT_VALUE, action->pos,
                      "action is one of Lambda, as in lambda:InvokeFunctionUrl, not '%s'", text);
}

/* Lambda API Reference, "AddPermission". */
static bool check_token(const struct node *token)
{
    const char *text = known(token);
    return !text || (str_is_made_of(text, STR_ALNUM "._-") && strlen(text) <= TOKEN_MAX) ||
           diag_error(EXIT_VALUE, token->pos,
                      "event-source-token has letters, digits and . _ -, at most %d of them, as an "
                      "id of a skill of Alexa, not '%s'",
                      TOKEN_MAX, text);
}

static bool check_values(const struct node *permission)
{
    const struct node *arn = node_get(permission, "source-arn");
    const struct node *account = node_get(permission, "source-account");
    bool ok = check_principal(permission);
    if (known(arn) && !str_starts(known(arn), "arn:"))
        ok = diag_error(EXIT_VALUE, arn->pos, "source-arn is an ARN or a ref, not '%s'", arn->text);
    if (known(account) && !is_account(known(account)))
        ok = diag_error(EXIT_VALUE, account->pos, "source-account has %d digits, not '%s'",
                        ACCOUNT_DIGITS, account->text);
    ok = check_org(node_get(permission, "principal-org")) && ok;
    ok = check_token(node_get(permission, "event-source-token")) && ok;
    return check_action(node_get(permission, "action")) && ok;
}

/* A number stays as it was written: accounts may begin with 0. */
static json_t *text(const struct node *node)
{
    return known(node) ? json_string(known(node)) : cfn_value(node);
}

/* Returns the account of the source. The ARN of a bucket has none, so without it the bucket of
 * another account could call the lambda, once the own one is deleted. */
static json_t *source_account(const struct node *permission)
{
    const char *principal = known(node_get(permission, "principal"));
    json_t *account = text(node_get(permission, "source-account"));
    if (account || !principal || strcmp(principal, "s3.amazonaws.com") != 0)
        return account;
    return cfn_ref("AWS::AccountId");
}

/* clang-format off */
static json_t *permission_cfn(const struct model *model, const struct lambda *lambda,
                              const struct node *permission)
{
    const char *action = node_text(node_get(permission, "action"));
    return json_pack("{s:s, s:{s:s, s:o*, s:o, s:o, s:o*, s:o*, s:o*}}",
        "Type", "AWS::Lambda::Permission",
        "Properties",
            "Action", action ? action : invoke,
            "EventSourceToken", text(node_get(permission, "event-source-token")),
            "FunctionName", lambda_alias(lambda),
            "Principal", text(node_get(permission, "principal")),
            "PrincipalOrgID", text(node_get(permission, "principal-org")),
            "SourceAccount", source_account(permission),
            "SourceArn", reference_value(model, node_get(permission, "source-arn"), WANT_ARN));
}
/* clang-format on */

static bool check_once(const struct node *list, size_t i)
{
    json_t *permission = cfn_value(list->items[i]);
    bool once = true;
    for (size_t j = 0; j < i && once; j++) {
        json_t *other = cfn_value(list->items[j]);
        once = !json_equal(permission, other);
        json_decref(other);
        if (once)
            continue;
        diag_error(EXIT_DUPLICATE, list->items[i]->pos, "this permission stands twice");
        diag_note(list->items[j]->pos, "it is here already");
    }
    json_decref(permission);
    return once;
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *list = node_get(lambda->settings, "permissions");
    bool ok = true;
    (void)model;
    for (size_t i = 0; i < list->count; i++) {
        const struct node *permission = list->items[i];
        ok = schema_check(permission_fields, countof(permission_fields), permission, permission,
                          "a permission") &&
             check_values(permission) && check_once(list, i) && ok;
    }
    return ok;
}

/* The id has a digest, so that a permission stays when others come or go. */
static void write(struct lambda_parts *parts)
{
    const struct node *list = node_get(parts->lambda->settings, "permissions");
    struct arena *arena = parts->model->arena;
    for (size_t i = 0; i < list->count; i++) {
        json_t *permission = permission_cfn(parts->model, parts->lambda, list->items[i]);
        cfn_add(parts->cfn, list->items[i]->pos,
                arena_printf(arena, "%sPermission%s", parts->lambda->short_id,
                             cfn_digest(arena, permission)),
                permission);
    }
}

const struct lambda_subject lambda_permissions = {fields, countof(fields), .check = check,
                                                  .write = write};
