#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "settings/node.h"
#include "settings/schema.h"

enum { FIELDS_MAX = 96 };

const struct field *schema_find(const struct field *fields, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i].key[0] == key[0] && strcmp(fields[i].key, key) == 0)
            return &fields[i];
    return NULL;
}

/* "; did you mean 'memory'?", or "". */
static const char *suggestion(struct arena *arena, const struct field *fields, size_t n,
                              const char *key)
{
    const char *names[FIELDS_MAX];
    n = n < FIELDS_MAX ? n : FIELDS_MAX;
    for (size_t i = 0; i < n; i++)
        names[i] = fields[i].key;
    const char *near = str_nearest(key, names, n);
    return near ? arena_printf(arena, "; did you mean '%s'?", near) : "";
}

static bool unknown_key(const struct field *fields, size_t n, const struct node *key,
                        const char *what, bool top)
{
    struct arena *arena = arena_new();
    const char *hint = suggestion(arena, fields, n, key->text);
    if (!top)
        diag_error(EXIT_RESOURCE, key->pos, "'%s' is not a setting of %s%s", key->text, what, hint);
    else if (!str_starts(key->text, "x-"))
        diag_warning(key->pos, "'%s' is not a setting of %s, and does nothing%s", key->text, what,
                     hint);
    arena_free(arena);
    return top;
}

/* Text such as "192" is a number too, as in Gordon 0.7. */
static bool whole_number(const struct node *node, long *value)
{
    if (node->kind == NODE_INT) {
        *value = (long)node->integer;
        return true;
    }
    char *end;
    if (node->kind != NODE_STRING || !*node->text || strspn(node->text, "0123456789") > 9)
        return false;
    *value = strtol(node->text, &end, 10);
    return !*end;
}

static bool wrong_kind(const struct field *field, const struct node *value, const char *wanted)
{
    return diag_error(EXIT_VALUE, value->pos, "%s must be %s, not %s", field->key, wanted,
                      node_kind_words(value));
}

static bool is_lambda(const struct node *value)
{
    const char *rest;
    return reference_of(value, &rest) == REFERENCE_LAMBDA;
}

/* What only CloudFormation knows may be anything, except that lambda:// is always an ARN. Of
 * Fn::If, each value must be one of the field. */
static bool check_dynamic(const struct field *field, const struct node *value)
{
    const struct node *const *branches = function_branches(value);
    if (branches) {
        bool first = schema_check_value(field, branches[0]);
        return schema_check_value(field, branches[1]) && first;
    }
    return field->lambda || !is_lambda(value) ||
           diag_error(EXIT_VALUE, value->pos, "%s takes no lambda, and '%s' is the ARN of a lambda",
                      field->key, value->text);
}

static bool check_int(const struct field *field, const struct node *value)
{
    long number;
    if (node_dynamic(value))
        return check_dynamic(field, value);
    if (!whole_number(value, &number))
        return wrong_kind(field, value, "a whole number");
    if (number < field->min || number > field->max)
        return diag_error(EXIT_VALUE, value->pos, "%s must be %ld to %ld%s%s, not %ld", field->key,
                          field->min, field->max, field->unit ? " " : "",
                          field->unit ? field->unit : "", number);
    return true;
}

static bool check_flag(const struct field *field, const struct node *value)
{
    const char *text = node_text(value);
    if (!text)
        return wrong_kind(field, value, "true or false");
    if (value->kind == NODE_BOOL || (*text && strchr("tTfF", *text)))
        return true;
    return diag_error(EXIT_VALUE, value->pos, "%s must be true or false, not '%s'", field->key,
                      text);
}

/* Checks a scalar. */
static bool check_filled(const struct field *field, const struct node *value)
{
    if (node_dynamic(value))
        return check_dynamic(field, value);
    return !field->filled || *value->text ||
           diag_error(EXIT_VALUE, value->pos, "%s cannot be empty", field->key);
}

static bool check_text(const struct field *field, const struct node *value)
{
    if (!node_text(value) && !node_dynamic(value))
        return wrong_kind(field, value, "text");
    return check_filled(field, value);
}

static bool check_texts(const struct field *field, const struct node *value)
{
    if (node_text(value))
        return check_filled(field, value);
    if (value->kind != NODE_LIST)
        return wrong_kind(field, value, "text or a list of texts");
    bool ok = value->count || !field->required ||
              diag_error(EXIT_VALUE, value->pos, "%s has at least one text", field->key);
    for (size_t i = 0; i < value->count; i++)
        if (!node_text(value->items[i]))
            ok = diag_error(EXIT_VALUE, value->items[i]->pos,
                            "%s must be a list of texts, not of %s", field->key,
                            node_kind_words(value->items[i]));
        else
            ok = check_filled(field, value->items[i]) && ok;
    return ok;
}

static bool check_text_map(const struct field *field, const struct node *map)
{
    bool ok = true;
    if (map->kind != NODE_MAP)
        return wrong_kind(field, map, "a map");
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        if (!node_text(entry->value) && !node_dynamic(entry->value))
            ok = diag_error(EXIT_VALUE, entry->value->pos,
                            "%s is a map of texts, and '%s' is %s; write text, or a block after "
                            "'|'",
                            field->key, entry->key->text, node_kind_words(entry->value));
    }
    return ok;
}

static bool check_choice(const struct field *field, const struct node *value)
{
    struct buf words = {0};
    if (node_dynamic(value))
        return check_dynamic(field, value);
    if (schema_choice(value, field->choices))
        return true;
    for (const char *const *choice = field->choices; *choice; choice++)
        buf_printf(&words, "%s%s", words.len ? choice[1] ? ", " : " or " : "", *choice);
    const char *text = node_text(value);
    if (text)
        diag_error(EXIT_VALUE, value->pos, "%s must be %s, not '%s'", field->key, words.data, text);
    else
        wrong_kind(field, value, words.data);
    buf_free(&words);
    return false;
}

bool schema_check_map(const struct node *map, const char *what)
{
    return !function_is(map) ||
           diag_error(EXIT_VALUE, map->pos,
                      "%s is a map, and each of its values may be a function; it cannot be one "
                      "itself",
                      what);
}

bool schema_check_value(const struct field *field, const struct node *value)
{
    switch (field->kind) {
    case FIELD_TEXT:
        return check_text(field, value);
    case FIELD_NAME:
        if (node_dynamic(value))
            return diag_error(EXIT_VALUE, value->pos,
                              "%s is needed when building and cannot be a ref", field->key);
        return node_text(value) || wrong_kind(field, value, "text");
    case FIELD_INT:
        return check_int(field, value);
    case FIELD_FLAG:
        return check_flag(field, value);
    case FIELD_LIST:
        return value->kind == NODE_LIST || wrong_kind(field, value, "a list");
    case FIELD_MAP:
        return value->kind == NODE_MAP || wrong_kind(field, value, "a map");
    case FIELD_ENTRIES:
        return value->kind >= NODE_LIST || wrong_kind(field, value, "a map or a list");
    case FIELD_TEXTS:
        return check_texts(field, value);
    case FIELD_TEXT_MAP:
        return check_text_map(field, value);
    case FIELD_CHOICE:
        return check_choice(field, value);
    case FIELD_ANY:
        break;
    }
    return true;
}

static bool check_entries(const struct field *fields, size_t n, const struct node *map,
                          const char *what, bool top)
{
    bool ok = true;
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        const struct field *field = schema_find(fields, n, entry->key->text);
        if (!field)
            ok = unknown_key(fields, n, entry->key, what, top) && ok;
        else if (node_set(entry->value))
            ok = schema_check_value(field, entry->value) && ok;
    }
    return ok;
}

bool schema_check_set(const struct field *fields, size_t n, const struct node *map,
                      const char *what)
{
    if (node_set(map) && map->kind != NODE_MAP)
        return diag_error(EXIT_VALUE, map->pos, "%s must be a map of settings, not %s", what,
                          node_kind_words(map));
    return !node_set(map) || check_entries(fields, n, map, what, false);
}

bool schema_check(const struct field *fields, size_t n, const struct node *map,
                  const struct node *place, const char *what)
{
    bool ok = schema_check_set(fields, n, map, what);
    for (size_t i = 0; (!node_set(map) || map->kind == NODE_MAP) && i < n; i++)
        if (fields[i].required && !node_set(node_get(map, fields[i].key)))
            ok = diag_error(EXIT_REQUIRED, place->pos, "%s needs the setting '%s'", what,
                            fields[i].key);
    return ok;
}

bool schema_check_top(const struct field *fields, size_t n, const struct node *map,
                      const char *what)
{
    return check_entries(fields, n, map, what, true);
}

bool schema_check_switch(const struct field *fields, size_t n, const struct node *value,
                         const char *key)
{
    const struct field flag = {key, FIELD_FLAG};
    if (!node_set(value))
        return true;
    if (value->kind == NODE_MAP && !function_is(value))
        return schema_check(fields, n, value, value, key);
    return node_text(value) ? check_flag(&flag, value)
                            : wrong_kind(&flag, value, "true, false or a map");
}

bool schema_on(const struct node *value)
{
    return node_set(value) && (value->kind == NODE_MAP || schema_flag(value, false));
}

bool schema_flag(const struct node *node, bool fallback)
{
    if (!node_set(node))
        return fallback;
    return node->kind == NODE_BOOL ? node->boolean : *node->text && strchr("tT", *node->text);
}

long schema_int(const struct node *node, long fallback)
{
    long value;
    return node_set(node) && whole_number(node, &value) ? value : fallback;
}

const char *schema_choice(const struct node *node, const char *const *choices)
{
    for (const char *text = node_text(node); text && *choices; choices++)
        if (strcasecmp(text, *choices) == 0)
            return *choices;
    return NULL;
}

const char **schema_texts(struct arena *arena, const struct node *node, size_t *count)
{
    const char **texts = NULL;
    *count = 0;
    if (node_text(node))
        array_push(arena, texts, *count, node_text(node));
    for (size_t i = 0; node && node->kind == NODE_LIST && i < node->count; i++)
        array_push(arena, texts, *count, node->items[i]->text);
    return texts;
}
