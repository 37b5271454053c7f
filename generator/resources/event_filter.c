#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "resources/cidr.h"
#include "resources/event_filter.h"
#include "settings/node.h"

/* SNS Developer Guide, "Filter policy constraints". */
enum { KEYS_MAX = 5, COMBINATIONS_MAX = 150, NUMBER_MAX = 1000000000 };
enum { IPV4_BITS = 31, IPV6_BITS = 127 };

static const char or_key[] = "$or";

static bool is_number(const struct node *node)
{
    return node->kind == NODE_INT || node->kind == NODE_REAL;
}

static double number_of(const struct node *node)
{
    return node->kind == NODE_INT ? (double)node->integer : node->real;
}

/* Whether a value is known and of another kind than `kind`. */
static bool is_wrong(const struct node *value, enum node_kind kind)
{
    return !node_dynamic(value) && value->kind != kind;
}

static bool wrong(const struct node *value, const char *name, const char *takes)
{
    return diag_error(EXIT_VALUE, value->pos, "'%s' takes %s, not %s", name, takes,
                      node_kind_words(value));
}

static bool check_text(const struct node *value, const char *name)
{
    return !is_wrong(value, NODE_STRING) || wrong(value, name, "text");
}

static bool check_wildcard(const struct node *value, const char *name)
{
    if (!check_text(value, name))
        return false;
    if (node_dynamic(value))
        return true;
    for (const char *at = value->text; *at; at++) {
        if (*at == '\\' && at[1] != '*' && at[1] != '\\')
            return diag_error(EXIT_VALUE, value->pos,
                              "'\\' in a wildcard stands before '*' or '\\' only");
        if (*at == '*' && at[1] == '*')
            return diag_error(EXIT_VALUE, value->pos, "AWS takes one '*' of a wildcard, not two");
        at += *at == '\\';
    }
    return true;
}

static bool check_flag(const struct node *value, const char *name)
{
    return !is_wrong(value, NODE_BOOL) || wrong(value, name, "true or false");
}

static bool check_cidr(const struct node *value, const char *name)
{
    if (!check_text(value, name))
        return false;
    return node_dynamic(value) || cidr_is(value->text, IPV4_BITS, IPV6_BITS) ||
           diag_error(EXIT_VALUE, value->pos,
                      "'%s' takes addresses and their bits, as in 10.0.0.0/24, not '%s'", name,
                      value->text);
}

static bool numeric_form(const struct node *value)
{
    return diag_error(EXIT_VALUE, value->pos,
                      "'numeric' takes an operator and a number, as in ['=', 5], or two of them, "
                      "as in ['>', 0, '<=', 5]");
}

/* One comparison, or a lower bound and then an upper one. */
static bool check_numeric(const struct node *value, const char *name)
{
    static const char *const first[] = {"=", "<", "<=", ">", ">="}, *const second[] = {"<", "<="};
    (void)name;
    if (node_dynamic(value))
        return true;
    if (value->kind != NODE_LIST || (value->count != 2 && value->count != 4))
        return numeric_form(value);
    for (size_t i = 0; i < value->count; i += 2) {
        const struct node *word = value->items[i], *number = value->items[i + 1];
        if (is_wrong(word, NODE_STRING) || (!node_dynamic(number) && !is_number(number)))
            return numeric_form(value);
        if (!node_dynamic(word) &&
            !str_one_of(word->text, i ? second : first, i ? countof(second) : countof(first)))
            return numeric_form(value);
    }
    if (value->count == 2 || node_dynamic(value->items[0]))
        return true;
    if (value->items[0]->text[0] != '>')
        return numeric_form(value);
    return node_dynamic(value->items[1]) || node_dynamic(value->items[3]) ||
           number_of(value->items[1]) < number_of(value->items[3]) ||
           diag_error(EXIT_VALUE, value->pos, "no number is in this range");
}

static bool check_part(const struct node *value, const char *name);
static bool check_not(const struct node *value, const char *name);

static const struct comparison {
    const char *name;
    bool (*check)(const struct node *value, const char *name);
    bool in_not; /* may stand in `anything-but` */
} comparisons[] = {
    {"prefix", check_part, .in_not = true},
    {"suffix", check_part, .in_not = true},
    {"equals-ignore-case", check_text, .in_not = true},
    {"wildcard", check_wildcard, .in_not = true},
    {"anything-but", check_not},
    {"numeric", check_numeric},
    {"exists", check_flag},
    {"cidr", check_cidr},
    {"exactly", check_text},
};
enum { COMPARISONS_SHOWN = countof(comparisons) - 1 };

static const struct comparison *comparison_named(const char *name)
{
    for (size_t i = 0; i < countof(comparisons); i++)
        if (strcmp(comparisons[i].name, name) == 0)
            return &comparisons[i];
    return NULL;
}

static bool unknown(const struct node *key)
{
    const char *names[COMPARISONS_SHOWN];
    for (size_t i = 0; i < countof(names); i++)
        names[i] = comparisons[i].name;
    const char *near = str_nearest(key->text, names, countof(names));
    if (near)
        return diag_error(EXIT_VALUE, key->pos, "'%s' is no comparison; did you mean '%s'?",
                          key->text, near);
    return diag_error(EXIT_VALUE, key->pos,
                      "'%s' is no comparison; they are prefix, suffix, equals-ignore-case, "
                      "wildcard, anything-but, numeric, exists and cidr",
                      key->text);
}

/* Returns the comparison of a map; NULL after an error. */
static const struct comparison *comparison_of(const struct node *map)
{
    if (map->count != 1) {
        diag_error(EXIT_VALUE, map->pos, "a comparison has one key, as in {prefix: a}, not %zu",
                   map->count);
        return NULL;
    }
    const struct comparison *known = comparison_named(map->entries[0].key->text);
    if (!known)
        unknown(map->entries[0].key);
    return known;
}

/* A prefix or a suffix is text, or {equals-ignore-case: text}. */
static bool check_part(const struct node *value, const char *name)
{
    if (node_dynamic(value) || value->kind != NODE_MAP)
        return check_text(value, name);
    if (value->count != 1 || strcmp(value->entries[0].key->text, "equals-ignore-case") != 0)
        return diag_error(EXIT_VALUE, value->pos, "'%s' takes text or {equals-ignore-case: text}",
                          name);
    return check_text(value->entries[0].value, "equals-ignore-case");
}

/* The texts or numbers of `anything-but`, which may not be mixed. */
static bool check_values(const struct node *values)
{
    size_t numbers = 0, texts = 0;
    if (values->kind == NODE_LIST && !values->count)
        return diag_error(EXIT_VALUE, values->pos, "'anything-but' takes at least one value");
    for (size_t i = 0; i < node_items(values); i++) {
        const struct node *value = node_item(values, i);
        if (node_dynamic(value))
            continue;
        if (!is_number(value) && value->kind != NODE_STRING)
            return wrong(value, "anything-but", "texts or numbers");
        numbers += is_number(value);
        texts += value->kind == NODE_STRING;
    }
    return !numbers || !texts ||
           diag_error(EXIT_VALUE, values->pos,
                      "'anything-but' takes texts or numbers, not both; put the numbers in quotes, "
                      "if they are texts");
}

static bool check_not(const struct node *value, const char *name)
{
    if (node_dynamic(value))
        return true;
    if (!node_set(value))
        return wrong(value, name, "texts or numbers");
    if (value->kind != NODE_MAP)
        return check_values(value);
    const struct comparison *known = comparison_of(value);
    if (!known)
        return false;
    if (!known->in_not)
        return diag_error(EXIT_VALUE, value->entries[0].key->pos,
                          "'anything-but' takes prefix, suffix, equals-ignore-case or wildcard, "
                          "not '%s'",
                          known->name);
    bool ok = true;
    const struct node *items = value->entries[0].value;
    for (size_t i = 0; i < node_items(items); i++) {
        const struct node *item = node_item(items, i);
        ok = (item->kind == NODE_MAP && !node_dynamic(item) ? wrong(item, known->name, "text")
                                                            : known->check(item, known->name)) &&
             ok;
        if (known->check == check_part && item->kind == NODE_STRING && !*item->text)
            ok = diag_error(EXIT_VALUE, item->pos, "'%s' in 'anything-but' cannot be empty",
                            known->name);
    }
    return (node_items(items) || wrong(items, known->name, "text")) && ok;
}

static bool check_value(const struct node *value, enum event_filter form)
{
    if (node_dynamic(value))
        return true;
    if (value->kind == NODE_LIST)
        return diag_error(EXIT_VALUE, value->pos,
                          "a value is text, a number, true, false, null or a comparison, not a "
                          "list");
    if (form > FILTER_RECORD && is_number(value) &&
        (number_of(value) > NUMBER_MAX || number_of(value) < -NUMBER_MAX))
        return diag_error(EXIT_VALUE, value->pos, "SNS compares numbers from -%d to %d", NUMBER_MAX,
                          NUMBER_MAX);
    if (value->kind != NODE_MAP)
        return true;
    const struct comparison *known = comparison_of(value);
    return known && known->check(value->entries[0].value, known->name);
}

static bool check_map(const struct node *map, enum event_filter form);

/* `$or` has at least two maps; any other list under this key is a value of a key of this name, as
 * AWS reads it. */
static bool is_or(const struct entry *entry)
{
    if (strcmp(entry->key->text, or_key) != 0 || entry->value->kind != NODE_LIST ||
        entry->value->count < 2)
        return false;
    for (size_t i = 0; i < entry->value->count; i++) {
        const struct node *item = entry->value->items[i];
        if (item->kind != NODE_MAP || (item->count && comparison_named(item->entries[0].key->text)))
            return false;
    }
    return true;
}

static bool check_list(const struct node *list, enum event_filter form)
{
    bool ok = list->count || diag_error(EXIT_VALUE, list->pos, "a list of values cannot be empty");
    for (size_t i = 0; i < list->count; i++)
        ok = check_value(list->items[i], form) && ok;
    return ok;
}

/* A value that is in no list is refused by SNS and Lambda, as by EventBridge, of which Gordon only
 * warns, as it always did. */
static bool not_listed(const struct entry *entry, enum event_filter form)
{
    const char *name = entry->key->text, *value = node_text(entry->value);
    value = value ? value : "null";
    if (form != FILTER_EVENT)
        return diag_error(EXIT_VALUE, entry->value->pos, "values stand in a list; write %s: [%s]",
                          name, value);
    diag_warning(entry->value->pos,
                 "AWS refuses a pattern with a value that is not in a list; write %s: [%s]", name,
                 value);
    return true;
}

static bool check_entry(const struct entry *entry, enum event_filter form)
{
    const struct node *value = entry->value;
    bool ok = true;
    if (is_or(entry)) {
        for (size_t i = 0; i < value->count; i++)
            ok = check_map(value->items[i], form) && ok;
        return ok;
    }
    if (strcmp(entry->key->text, or_key) == 0)
        return diag_error(EXIT_VALUE, value->pos, "$or takes a list of two or more maps of keys");
    if (node_dynamic(value))
        return true;
    if (value->kind == NODE_LIST)
        return check_list(value, form);
    if (value->kind != NODE_MAP)
        return not_listed(entry, form);
    if (form == FILTER_ATTRIBUTES)
        return diag_error(EXIT_VALUE, value->pos,
                          "attributes of a message have no keys in them; with "
                          "'filter_policy_scope: body' the policy is about its body");
    return check_map(value, form);
}

static bool check_map(const struct node *map, enum event_filter form)
{
    bool ok = map->count || diag_error(EXIT_VALUE, map->pos, "this needs at least one key");
    for (size_t i = 0; i < map->count; i++)
        ok = check_entry(&map->entries[i], form) && ok;
    return ok;
}

/* Adds the keys that have values, and multiplies the numbers of their values. Those in `$or` are
 * alternatives, and are not counted. */
static void count(const struct node *map, size_t *keys, size_t *combinations)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct node *value = map->entries[i].value;
        if (is_or(&map->entries[i]))
            continue;
        if (value->kind == NODE_MAP && !node_dynamic(value)) {
            count(value, keys, combinations);
            continue;
        }
        ++*keys;
        if (value->kind == NODE_LIST && value->count && *combinations <= COMBINATIONS_MAX)
            *combinations *= value->count;
    }
}

bool event_filter_check(const struct node *filter, enum event_filter form)
{
    size_t keys = 0, combinations = 1;
    if (!check_map(filter, form))
        return false;
    if (form == FILTER_EVENT || form == FILTER_RECORD)
        return true;
    count(filter, &keys, &combinations);
    if (keys > KEYS_MAX)
        return diag_error(EXIT_VALUE, filter->pos, "a filter policy has at most %d keys, not %zu",
                          KEYS_MAX, keys);
    return combinations <= COMBINATIONS_MAX ||
           diag_error(EXIT_VALUE, filter->pos,
                      "the values of a filter policy make at most %d combinations, and these make "
                      "more",
                      COMBINATIONS_MAX);
}
