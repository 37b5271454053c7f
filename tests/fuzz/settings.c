/* The settings reader: a text is read without a NUL behind it, and twice to the same tree. */
#include <string.h>

#include "base/util.h"
#include "fuzz.h"
#include "settings/node.h"

static void show(struct buf *out, const struct node *node)
{
    buf_printf(out, "%d %d:%d+%d %d %s|%s\n", node->kind, node->pos.line, node->pos.column,
               node->pos.length, node->height, node->text ? node->text : "",
               node->name ? node->name : "");
    fuzz_expect(node->pos.line > 0 && node->pos.column > 0, "a value has a place");
}

/* Trees share nodes by aliases, so that a walk may take exponential time: `left` ends it. */
static void walk(struct buf *out, const struct node *node, size_t *left)
{
    if (!*left)
        return;
    --*left;
    show(out, node);
    for (size_t i = 0; i < node->count; i++) {
        const struct node *key = node->kind == NODE_MAP ? node->entries[i].key : NULL;
        const struct node *value = key ? node->entries[i].value : node->items[i];
        fuzz_expect(value->height < node->height, "a value is lower than what it is in");
        if (key)
            show(out, key);
        if (key && key->text)
            fuzz_expect(node_get(node, key->text) != NULL, "a key is found");
        walk(out, value, left);
    }
}

static bool read_once(struct buf *out, const char *data, size_t len)
{
    size_t left = 10000;
    const struct node *node = node_parse(fuzz_arena, "settings.yml", data, len);
    if (node)
        walk(out, node, &left);
    return node != NULL;
}

void fuzz_target(const char *data, size_t len)
{
    struct buf first = {0}, second = {0};
    bool ok = read_once(&first, data, len);
    fuzz_expect(ok || diag_errors(), "a refusal is reported");
    fuzz_flush();
    fuzz_expect(read_once(&second, data, len) == ok, "reading is repeatable");
    fuzz_expect(first.len == second.len && (!first.len || !strcmp(first.data, second.data)),
                "both trees are the same");
    buf_free(&first);
    buf_free(&second);
}
