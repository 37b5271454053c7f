#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "callers/alb_condition.h"
#include "resources/cidr.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Limits of Elastic Load Balancing (its API Reference, "RuleCondition", and its quotas). */
enum { VALUE_MAX = 128, NAME_MAX = 40, VALUES_MAX = 5 };
enum { IPV4_BITS = 32, IPV6_BITS = 128 };

static const struct field condition_fields[] = {
    {"path", FIELD_ANY},      {"host", FIELD_ANY},   {"method", FIELD_ANY},
    {"source_ip", FIELD_ANY}, {"header", FIELD_MAP}, {"query", FIELD_ANY},
};

static bool check_length(const struct node *value)
{
    size_t len = strlen(value->text);
    return (len && len <= VALUE_MAX) ||
           diag_error(EXIT_VALUE, value->pos, "a value of a condition has 1 to %d characters",
                      VALUE_MAX);
}

static bool check_path(const struct node *value)
{
    return ((*value->text == '/' || *value->text == '*') &&
            str_is_made_of(value->text, STR_ALNUM "_-.$/~\"'@:+&*?")) ||
           diag_error(EXIT_VALUE, value->pos,
                      "a path begins with / or *, without a query, as in /api/*, not '%s'",
                      value->text);
}

static bool check_host(const struct node *value)
{
    return (str_is_made_of(value->text, STR_ALNUM "-._*?") && strchr(value->text, '.')) ||
           diag_error(EXIT_VALUE, value->pos,
                      "a host is a name with a dot, as in *.shop.example, not '%s'", value->text);
}

static bool check_method(const struct node *value)
{
    return (str_is_made_of(value->text, STR_UPPER "-_") && strlen(value->text) <= NAME_MAX) ||
           diag_error(EXIT_VALUE, value->pos, "a method has capital letters, as GET, not '%s'",
                      value->text);
}

static bool check_range(const struct node *value)
{
    return cidr_is(value->text, IPV4_BITS, IPV6_BITS) ||
           diag_error(EXIT_VALUE, value->pos,
                      "source_ip takes ranges of addresses, as in 192.0.2.0/24, not '%s'",
                      value->text);
}

static bool check_any(const struct node *value)
{
    (void)value;
    return true;
}

/* Conditions with a list of values. */
static const struct condition {
    const char *key, *field, *config;
    bool (*check)(const struct node *value);
} conditions_known[] = {
    {"path", "path-pattern", "PathPatternConfig", check_path},
    {"host", "host-header", "HostHeaderConfig", check_host},
    {"method", "http-request-method", "HttpRequestMethodConfig", check_method},
    {"source_ip", "source-ip", "SourceIpConfig", check_range},
};

/* Checks the values of one condition, and counts them. */
static bool check_values(const struct node *values, bool (*check)(const struct node *value),
                         size_t *count)
{
    const struct node *value;
    bool ok = node_items(values) ||
              diag_error(EXIT_VALUE, values->pos, "a condition has a value, or several in a list");
    for (size_t i = 0; (value = node_item(values, i)); i++) {
        ++*count;
        if (node_dynamic(value))
            continue;
        if (!node_text(value))
            ok = diag_error(EXIT_VALUE, value->pos, "a value of a condition must be text, not %s",
                            node_kind_words(value));
        else
            ok = check_length(value) && check(value) && ok;
    }
    return ok;
}

static bool is_map(const struct node *node)
{
    return node->kind == NODE_MAP && !function_is(node);
}

/* RFC 9110, "Field Names". */
static bool check_header(const struct node *name)
{
    return (str_is_made_of(name->text, STR_ALNUM "!#$&'+-.^_`|~*?") &&
            strlen(name->text) <= NAME_MAX && !strpbrk(name->text, "*?")) ||
           diag_error(EXIT_VALUE, name->pos, "'%s' is no name of a header", name->text);
}

static bool check_named(const struct node *map, bool (*check)(const struct node *name),
                        size_t *count)
{
    bool ok = map->count || diag_error(EXIT_VALUE, map->pos, "a condition has a value");
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        if (!node_set(entry->value))
            ok = diag_error(EXIT_VALUE, entry->key->pos, "'%s' needs a value", entry->key->text);
        else
            ok = check_values(entry->value, check_any, count) && ok;
        ok = check(entry->key) && ok;
    }
    return ok;
}

bool alb_conditions_check(const struct node *conditions)
{
    const struct node *header = node_get(conditions, "header");
    const struct node *query = node_get(conditions, "query");
    size_t count = 0;
    if (!schema_check(condition_fields, countof(condition_fields), conditions, conditions,
                      "conditions"))
        return false;
    bool ok = true;
    for (size_t i = 0; i < countof(conditions_known); i++) {
        const struct node *values = node_get(conditions, conditions_known[i].key);
        if (node_set(values))
            ok = check_values(values, conditions_known[i].check, &count) && ok;
    }
    if (node_set(header))
        ok = check_named(header, check_header, &count) && ok;
    if (node_set(query))
        ok = (is_map(query) ? check_named(query, check_length, &count)
                            : check_values(query, check_any, &count)) &&
             ok;
    if (ok && !count)
        return diag_error(EXIT_VALUE, conditions->pos,
                          "a rule needs a condition, as in conditions: {path: /api/*}");
    return (count <= VALUES_MAX ||
            diag_error(EXIT_VALUE, conditions->pos,
                       "a rule has at most %d values in all its conditions, not %zu", VALUES_MAX,
                       count)) &&
           ok;
}

static json_t *text(const struct node *value)
{
    return node_dynamic(value) ? cfn_value(value) : json_string(value->text);
}

static json_t *texts(const struct node *values)
{
    const struct node *value;
    json_t *list = json_array();
    if (node_dynamic(values)) {
        json_decref(list);
        return cfn_list(values);
    }
    for (size_t i = 0; (value = node_item(values, i)); i++)
        json_array_append_new(list, text(value));
    return list;
}

/* {Key, Value} for each value of a parameter of the query; without Key for any parameter. */
static json_t *query_values(const struct node *query)
{
    json_t *list = json_array();
    bool map = is_map(query);
    for (size_t i = 0; i < (map ? query->count : 1); i++) {
        const struct node *values = map ? query->entries[i].value : query, *value;
        const char *key = map ? query->entries[i].key->text : NULL;
        for (size_t v = 0; (value = node_item(values, v)); v++)
            json_array_append_new(list, json_pack("{s:s*, s:o}", "Key", key, "Value", text(value)));
    }
    return list;
}

static void add(json_t *list, const char *field, const char *config, json_t *value)
{
    json_array_append_new(list, json_pack("{s:s, s:o}", "Field", field, config, value));
}

json_t *alb_conditions_cfn(const struct node *conditions)
{
    const struct node *header = node_get(conditions, "header");
    const struct node *query = node_get(conditions, "query");
    json_t *list = json_array();
    for (size_t i = 0; i < countof(conditions_known); i++) {
        const struct condition *known = &conditions_known[i];
        const struct node *values = node_get(conditions, known->key);
        if (node_set(values))
            add(list, known->field, known->config, json_pack("{s:o}", "Values", texts(values)));
    }
    for (size_t i = 0; node_set(header) && i < header->count; i++)
        add(list, "http-header", "HttpHeaderConfig",
            json_pack("{s:s, s:o}", "HttpHeaderName", header->entries[i].key->text, "Values",
                      texts(header->entries[i].value)));
    if (node_set(query))
        add(list, "query-string", "QueryStringConfig",
            json_pack("{s:o}", "Values", query_values(query)));
    return list;
}
