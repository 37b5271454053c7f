#include <assert.h>
#include <string.h>

#include "base/util.h"
#include "settings/node.h"

static const struct {
    const char *prefix;
    size_t len;
} schemes[] = {
    [REFERENCE_REF] = {"ref://", 6},       [REFERENCE_ATT] = {"att://", 6},
    [REFERENCE_SUB] = {"sub://", 6},       [REFERENCE_LAMBDA] = {"lambda://", 9},
    [REFERENCE_IMPORT] = {"import://", 9}, [REFERENCE_TEXT] = {"text://", 7},
};
static_assert(countof(schemes) == REFERENCE_TEXT + 1, "every reference has its scheme");

const struct node *node_get(const struct node *map, const char *key)
{
    return map && map->kind == NODE_MAP && map->index ? table_get(map->index, key) : NULL;
}

size_t node_items(const struct node *node)
{
    return !node_set(node) ? 0 : node->kind == NODE_LIST ? node->count : 1;
}

const struct node *node_item(const struct node *node, size_t i)
{
    if (i >= node_items(node))
        return NULL;
    return node->kind == NODE_LIST ? node->items[i] : node;
}

const char *node_text(const struct node *node)
{
    return node && node->kind != NODE_NULL && node->kind < NODE_LIST ? node->text : NULL;
}

const char *node_ref(const struct node *node)
{
    static const char prefix[] = "ref://";
    return node && node->kind == NODE_STRING && !node->literal && str_starts(node->text, prefix)
               ? node->text + sizeof prefix - 1
               : NULL;
}

enum reference reference_of(const struct node *node, const char **rest)
{
    *rest = NULL;
    if (!node || node->kind != NODE_STRING || node->literal)
        return REFERENCE_NONE;
    const char *colon = strstr(node->text, "://");
    size_t len = colon ? (size_t)(colon - node->text) + strlen("://") : 0;
    for (enum reference i = REFERENCE_REF; len && i < countof(schemes); i++)
        if (len == schemes[i].len && memcmp(node->text, schemes[i].prefix, len) == 0) {
            *rest = node->text + len;
            return i;
        }
    return REFERENCE_NONE;
}

bool function_is(const struct node *node)
{
    if (!node || node->kind != NODE_MAP || node->count != 1)
        return false;
    const char *key = node->entries[0].key->text;
    return str_starts(key, "Fn::") || strcmp(key, "Ref") == 0;
}

bool node_is_no_value(const struct node *node)
{
    return node_ref(node) && strcmp(node_ref(node), "AWS::NoValue") == 0;
}

const struct node *const *function_branches(const struct node *node)
{
    if (!function_is(node) || strcmp(node->entries[0].key->text, "Fn::If") != 0)
        return NULL;
    const struct node *arguments = node->entries[0].value;
    return arguments->kind == NODE_LIST && arguments->count == 3 ? arguments->items + 1 : NULL;
}

bool node_dynamic(const struct node *node)
{
    const char *rest;
    return reference_of(node, &rest) != REFERENCE_NONE || function_is(node);
}

const char *node_suggestion(struct arena *arena, const struct node *map, const char *key)
{
    const char **keys = NULL;
    size_t n = 0;
    for (size_t i = 0; diag_suggests() && map && map->kind == NODE_MAP && i < map->count; i++)
        array_push(arena, keys, n, map->entries[i].key->text);
    const char *near = str_nearest(key, keys, n);
    return near ? arena_printf(arena, "; did you mean '%s'?", near) : "";
}

struct node *node_string(struct arena *arena, struct pos pos, const char *text)
{
    struct node *node = arena_alloc(arena, sizeof *node);
    *node = (struct node){.kind = NODE_STRING, .pos = pos, .height = 1, .text = text};
    return node;
}

struct node *node_strings(struct arena *arena, struct pos pos, const char *first,
                          const char *second)
{
    struct node *list = arena_alloc(arena, sizeof *list);
    *list = (struct node){.kind = NODE_LIST, .pos = pos, .height = 2, .text = ""};
    array_push(arena, list->items, list->count, node_string(arena, pos, first));
    array_push(arena, list->items, list->count, node_string(arena, pos, second));
    return list;
}

static void add_entry(struct arena *arena, struct node *map, const struct node *key,
                      const struct node *value)
{
    struct entry *entries = (struct entry *)map->entries;
    array_push(arena, entries, map->count, ((struct entry){key, value}));
    map->entries = entries;
    map->height = map->height > value->height ? map->height : value->height + 1;
}

struct node *node_map(struct arena *arena, struct pos pos)
{
    struct node *map = arena_alloc(arena, sizeof *map);
    *map = (struct node){.kind = NODE_MAP, .pos = pos, .height = 1, .text = ""};
    map->index = arena_alloc(arena, sizeof *map->index);
    return map;
}

void node_put(struct arena *arena, struct node *map, const char *key, const struct node *value)
{
    struct node *name = node_string(arena, map->pos, key);
    size_t i = 0;
    name->name = key;
    if (!table_set(arena, (struct table *)map->index, key, (void *)value)) {
        add_entry(arena, map, name, value);
        return;
    }
    while (strcmp(map->entries[i].key->text, key) != 0)
        i++;
    ((struct entry *)map->entries)[i].value = value;
}

struct node *node_map_copy(struct arena *arena, struct pos pos, const struct node *map)
{
    struct node *copy = node_map(arena, pos);
    for (size_t i = 0; map && i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        table_set(arena, (struct table *)copy->index, entry->key->text, (void *)entry->value);
        add_entry(arena, copy, entry->key, entry->value);
    }
    return copy;
}

struct node *node_pair(struct arena *arena, struct pos pos, const char *key,
                       const struct node *value)
{
    struct node *map = node_map(arena, pos);
    node_put(arena, map, key, value);
    return map;
}

const struct node *node_pairs(struct arena *arena, struct pos pos, const char *first,
                              const char *value, const char *second, const char *other)
{
    struct node *map = node_map(arena, pos);
    node_put(arena, map, first, node_string(arena, pos, value));
    node_put(arena, map, second, node_string(arena, pos, other));
    return map;
}

void node_each_ref(const struct node *node,
                   void (*found)(const struct node *ref, const char *name, void *data), void *data)
{
    if (node_ref(node))
        found(node, node_ref(node), data);
    for (size_t i = 0; node && i < node->count; i++)
        node_each_ref(node->kind == NODE_LIST ? node->items[i] : node->entries[i].value, found,
                      data);
}

struct search {
    const char *name;
    const struct node *found;
};

static void compare_ref(const struct node *ref, const char *name, void *data)
{
    struct search *search = data;
    if (!search->found && strcmp(search->name, name) == 0)
        search->found = ref;
}

const struct node *node_find_ref(const struct node *node, const char *name)
{
    struct search search = {name, NULL};
    node_each_ref(node, compare_ref, &search);
    return search.found;
}

bool node_set(const struct node *node)
{
    return node && node->kind != NODE_NULL;
}

const char *node_kind_words(const struct node *node)
{
    static const char *const words[] = {
        [NODE_NULL] = "nothing",  [NODE_BOOL] = "a boolean", [NODE_INT] = "a number",
        [NODE_REAL] = "a number", [NODE_STRING] = "text",    [NODE_LIST] = "a list",
        [NODE_MAP] = "a map",
    };
    return words[node->kind];
}

const char *node_words(struct arena *arena, const struct node *node)
{
    return node_text(node) ? arena_printf(arena, "'%s'", node->text) : node_kind_words(node);
}
