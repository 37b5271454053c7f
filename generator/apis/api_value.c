#include <string.h>
#include <strings.h>

#include "apis/api_value.h"
#include "base/diag.h"
#include "base/util.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const char *const verbs[] = {"ANY",     "DELETE", "GET",  "HEAD",
                                    "OPTIONS", "PATCH",  "POST", "PUT"};

const char *api_verb(const struct node *node)
{
    const char *text = node_text(node);
    for (size_t i = 0; text && i < countof(verbs); i++)
        if (strcasecmp(text, verbs[i]) == 0)
            return verbs[i];
    if (!text)
        diag_error(EXIT_VALUE, node->pos, "a method is text, not %s", node_kind_words(node));
    else
        diag_error(EXIT_VALUE, node->pos,
                   "'%s' is no method; there are ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST and "
                   "PUT",
                   text);
    return NULL;
}

/* A status code is [1-5][0-9][0-9] for API Gateway. */
bool api_check_code(const struct node *code)
{
    const char *text = node_text(code);
    if (!text || node_dynamic(code) ||
        (strlen(text) == 3 && str_is_made_of(text, STR_DIGITS) && text[0] >= '1' && text[0] <= '5'))
        return true;
    return diag_error(EXIT_VALUE, code->pos, "a response's code is 100 to 599, not '%s'", text);
}

/* Reports a second response with one code, or one pattern, which AWS refuses. */
static bool check_response_once(const struct node *list, size_t i, const char *key,
                                const char *fallback)
{
    const struct node *node = node_get(list->items[i], key);
    const char *text = node_text(node) ? node->text : fallback;
    for (size_t j = 0; j < i; j++) {
        const struct node *other = node_get(list->items[j], key);
        if (strcmp(node_text(other) ? other->text : fallback, text) != 0)
            continue;
        diag_error(EXIT_RESOURCE, list->items[i]->pos, "a second response with the %s '%s'", key,
                   text);
        diag_note(list->items[j]->pos, "the first one is here");
        return false;
    }
    return true;
}

bool api_check_responses(const struct node *list, const struct field *fields, size_t n,
                         const char *unique, const char *fallback)
{
    bool ok = true;
    for (size_t i = 0; node_set(list) && i < list->count; i++)
        ok = schema_check(fields, n, list->items[i], list->items[i], "a response") &&
             api_check_code(node_get(list->items[i], "code")) &&
             check_response_once(list, i, unique, fallback) && ok;
    return ok;
}

json_t *api_text(const struct node *node, const char *fallback)
{
    return node_dynamic(node) ? cfn_value(node)
                              : json_string(node_text(node) ? node->text : fallback);
}

json_t *api_map(const struct node *node)
{
    return node_set(node) && node->count ? cfn_value(node) : NULL;
}

json_t *api_responses_cfn(const struct node *list, json_t *(*response)(const struct node *node))
{
    if (!node_set(list) || !list->count)
        return json_pack("[o]", response(NULL));
    json_t *all = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(all, response(list->items[i]));
    return all;
}
