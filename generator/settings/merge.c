#include "settings/merge.h"
#include <string.h>

#include "base/util.h"
#include "settings/node.h"

/* A map under construction. */
struct merged {
    struct arena *arena;
    struct entry *entries;
    size_t count;
    struct table *index;
    int height;
};

static struct merged start(struct arena *arena)
{
    return (struct merged){.arena = arena, .index = arena_alloc(arena, sizeof(struct table))};
}

static const struct node *finish(const struct merged *m, struct pos pos)
{
    struct node *map = arena_alloc(m->arena, sizeof *map);
    *map = (struct node){.kind = NODE_MAP,
                         .pos = pos,
                         .height = m->height + 1,
                         .count = m->count,
                         .entries = m->entries,
                         .index = m->index};
    return map;
}

static void add(struct merged *m, const struct node *key, const struct node *value)
{
    array_push(m->arena, m->entries, m->count, ((struct entry){key, value}));
    table_set(m->arena, m->index, key->text, (void *)value);
    if (value->height > m->height)
        m->height = value->height;
}

/* Adds the entry of a base, with the value that is written over it. */
static void add_base(struct merged *m, const struct entry *base, const struct node *over)
{
    const struct node *value = node_get(over, base->key->text);
    if (!value)
        add(m, base->key, base->value);
    else if (node_set(value))
        add(m, base->key, node_merge(m->arena, base->value, value));
}

const struct node *node_merge(struct arena *arena, const struct node *base, const struct node *over)
{
    if (!node_set(over))
        return node_set(base) ? base : over;
    if (!node_set(base) || base->kind != NODE_MAP || over->kind != NODE_MAP || node_dynamic(base) ||
        node_dynamic(over))
        return over;
    struct merged m = start(arena);
    for (size_t i = 0; i < base->count; i++)
        add_base(&m, &base->entries[i], over);
    for (size_t i = 0; i < over->count; i++)
        if (!node_get(base, over->entries[i].key->text))
            add(&m, over->entries[i].key, over->entries[i].value);
    return finish(&m, over->pos);
}

const struct node *node_without(struct arena *arena, const struct node *map,
                                const char *const *keys, size_t n)
{
    struct merged m = start(arena);
    if (!map)
        return NULL;
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        bool left_out = false;
        for (size_t k = 0; k < n; k++)
            left_out = left_out || strcmp(entry->key->text, keys[k]) == 0;
        if (!left_out)
            add(&m, entry->key, entry->value);
    }
    return finish(&m, map->pos);
}
