#include <string.h>

#include "base/util.h"
#include "check.h"
#include "settings/merge.h"
#include "settings/node.h"

/* What is merged, what is replaced, and what a null takes away; and the places of the result. */
static struct arena *arena;

static const struct node *parse(const char *yaml)
{
    return node_parse(arena, yaml, yaml, strlen(yaml));
}

/* Adds a node in flow style, with the line of each value. */
static void add(struct buf *out, const struct node *node)
{
    if (node->kind < NODE_LIST) {
        buf_printf(out, "%s@%d", node->text ? node->text : "", node->pos.line);
        return;
    }
    buf_adds(out, node->kind == NODE_MAP ? "{" : "[");
    for (size_t i = 0; i < node->count; i++) {
        buf_adds(out, i ? " " : "");
        if (node->kind == NODE_MAP)
            buf_printf(out, "%s:", node->entries[i].key->text);
        add(out, node->kind == NODE_MAP ? node->entries[i].value : node->items[i]);
    }
    buf_adds(out, node->kind == NODE_MAP ? "}" : "]");
}

static const char *merged(const char *base, const char *over)
{
    struct buf out = {0};
    const struct node *node =
        node_merge(arena, base ? parse(base) : NULL, over ? parse(over) : NULL);
    if (!node)
        return "nothing";
    add(&out, node);
    return buf_text(arena, &out);
}

/* A text of `over` begins on line 2, so that its values are known from those of `base`. */
static const struct {
    const char *base, *over, *expected;
} cases[] = {
    {NULL, NULL, "nothing"},
    {"{a: 1}", NULL, "{a:1@1}"},
    {NULL, "\n{a: 1}", "{a:1@2}"},
    {"{a: 1}", "\n~", "{a:1@1}"},
    {"{a: 1, b: 2}", "\n{b: 3, c: 4}", "{a:1@1 b:3@2 c:4@2}"},
    {"{m: {a: 1, b: {c: 2}}}", "\n{m: {b: {d: 3}}}", "{m:{a:1@1 b:{c:2@1 d:3@2}}}"},
    {"{l: [1, 2], m: {a: 1}}", "\n{l: [3], m: x}", "{l:[3@2] m:x@2}"},
    {"{m: x}", "\n{m: {a: 1}}", "{m:{a:1@2}}"},
    {"{a: 1, b: 2}", "\n{a: ~}", "{b:2@1}"},
    {"{m: {a: 1}}", "\n{m: {a: ~, b: ~}}", "{m:{b:~@2}}"},
    {"{a: ~}", "\n{a: 1}", "{a:1@2}"},
    {"{v: {Ref: A}}", "\n{v: {b: 1}}", "{v:{b:1@2}}"},
    {"{v: {b: 1}}", "\n{v: {'Fn::Sub': x}}", "{v:{Fn::Sub:x@2}}"},
};

int main(void)
{
    arena = arena_new();
    for (size_t i = 0; i < countof(cases); i++)
        CHECK(strcmp(merged(cases[i].base, cases[i].over), cases[i].expected) == 0);
    const struct node *map = node_merge(arena, parse("{a: {b: 1}}"), parse("\n\n{a: {c: 2}}"));
    CHECK(map->pos.line == 3 && map->height == 3);
    CHECK(node_get(node_get(map, "a"), "b") && node_get(node_get(map, "a"), "c"));
    arena_free(arena);
    return check_result();
}
