#include <string.h>

#include "base/util.h"
#include "settings/node.h"

const struct node *node_get(const struct node *map, const char *key)
{
    return map && map->kind == NODE_MAP && map->index ? table_get(map->index, key) : NULL;
}

const char *node_text(const struct node *node)
{
    return node && node->kind != NODE_NULL && node->kind < NODE_LIST ? node->text : NULL;
}

const char *node_ref(const struct node *node)
{
    static const char prefix[] = "ref://";
    return node && node->kind == NODE_STRING && str_starts(node->text, prefix)
               ? node->text + sizeof prefix - 1
               : NULL;
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
