#include <string.h>

#include "base/util.h"
#include "settings/extra.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project_check.h"
#include "settings/schema.h"

static const struct field vpc_fields[] = {
    {"security-groups", FIELD_ANY, .required = true},
    {"subnet-ids", FIELD_ANY, .required = true},
};

enum { ACCOUNT_DIGITS = 12 };
enum { BUCKET_MAX = 31 }; /* the name is valid in S3 even with the longest region and stage */

static bool check_bucket(const struct node *bucket)
{
    const char *text = node_text(bucket);
    if (node_ref(bucket) || !node_set(bucket))
        return true;
    if (node_dynamic(bucket))
        return diag_error(EXIT_VALUE, bucket->pos,
                          "apply needs the name of the bucket before there is a stack: code-bucket "
                          "is text, or ref://Name of a parameter");
    if (!text)
        return true;
    if (bucket->kind != NODE_STRING)
        return diag_error(EXIT_VALUE, bucket->pos,
                          "code-bucket is text, and YAML takes this for %s; put it in quotes",
                          node_kind_words(bucket));
    if (!str_is_made_of(text, STR_LOWER STR_DIGITS "-") || strlen(text) > BUCKET_MAX ||
        text[0] == '-')
        return diag_error(EXIT_VALUE, bucket->pos,
                          "code-bucket is the beginning of an S3 bucket's name: 1 to %d of "
                          "a-z, 0-9 and '-', not '%s'",
                          BUCKET_MAX, text);
    return true;
}

static bool check_name(const struct node *name)
{
    const char *text = node_text(name);
    if (text && !*text)
        return diag_error(EXIT_VALUE, name->pos, "a project's name cannot be empty");
    if (text && (!str_is_made_of(text, STR_ALNUM "-")))
        diag_warning(name->pos,
                     "the project's name is part of the names of its stacks, which have letters, "
                     "digits and '-' only: '%s' builds, but cannot be applied",
                     text);
    return true;
}

static bool check_account(const struct node *account)
{
    const char *text = node_text(account);
    if (text && !node_ref(account) &&
        (strlen(text) != ACCOUNT_DIGITS || !str_is_made_of(text, STR_DIGITS)))
        return diag_error(EXIT_VALUE, account->pos, "an account's number has %d digits, not '%s'",
                          ACCOUNT_DIGITS, text);
    return true;
}

static bool check_region(const struct node *region)
{
    const char *text = node_text(region);
    if (text && !name_is_region(text))
        return diag_error(EXIT_VALUE, region->pos, "'%s' %s", text, name_region_rule);
    return true;
}

/* A list of texts, or one ref to a parameter that holds a list. */
static bool check_vpc_list(const struct node *value, const char *key)
{
    bool ok = node_dynamic(value) || (value->kind == NODE_LIST && value->count);
    for (size_t i = 0; ok && value->kind == NODE_LIST && i < value->count; i++)
        ok = node_dynamic(value->items[i]) ||
             (value->items[i]->kind == NODE_STRING && *value->items[i]->text &&
              !strpbrk(value->items[i]->text, " \t"));
    return ok ||
           diag_error(EXIT_VALUE, value->pos, "%s must be a list of ids, or a ref to one", key);
}

static bool check_vpcs(const struct node *vpcs)
{
    bool ok = true;
    for (size_t i = 0; node_set(vpcs) && vpcs->kind == NODE_MAP && i < vpcs->count; i++) {
        const struct entry *entry = &vpcs->entries[i];
        if (!schema_check(vpc_fields, countof(vpc_fields), entry->value, entry->key, "a vpc")) {
            ok = false;
            continue;
        }
        for (size_t j = 0; j < countof(vpc_fields); j++)
            ok = check_vpc_list(node_get(entry->value, vpc_fields[j].key), vpc_fields[j].key) && ok;
    }
    return ok;
}

static bool check_contexts(const struct node *contexts)
{
    bool ok = true;
    for (size_t i = 0; node_set(contexts) && contexts->kind == NODE_MAP && i < contexts->count;
         i++) {
        const struct node *context = contexts->entries[i].value;
        if (node_set(context) && context->kind != NODE_MAP)
            ok = diag_error(EXIT_VALUE, context->pos, "a context must be a map, not %s",
                            node_kind_words(context));
    }
    return ok;
}

bool project_check(const struct node *settings)
{
    bool ok = check_name(node_get(settings, "project"));
    ok = check_bucket(node_get(settings, "code-bucket")) && ok;
    ok = check_region(node_get(settings, "default-region")) && ok;
    ok = check_account(node_get(settings, "aws-account-id")) && ok;
    ok = check_vpcs(node_get(settings, "vpcs")) && ok;
    ok = check_contexts(node_get(settings, "contexts")) && ok;
    return extra_check(settings) && ok;
}
