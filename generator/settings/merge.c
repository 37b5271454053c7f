#include "settings/merge.h"
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
    struct merged m = {.arena = arena, .index = arena_alloc(arena, sizeof *m.index)};
    for (size_t i = 0; i < base->count; i++)
        add_base(&m, &base->entries[i], over);
    for (size_t i = 0; i < over->count; i++)
        if (!node_get(base, over->entries[i].key->text))
            add(&m, over->entries[i].key, over->entries[i].value);
    struct node *map = arena_alloc(arena, sizeof *map);
    *map = (struct node){.kind = NODE_MAP,
                         .pos = over->pos,
                         .height = m.height + 1,
                         .count = m.count,
                         .entries = m.entries,
                         .index = m.index};
    return map;
}
