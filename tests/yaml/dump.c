/* dump.c - prints the trees that the generator reads from YAML files, with types. compare.py
 * compares them with PyYAML's.
 *
 * usage: dump FILE...
 *
 * A line of JSON for each file: null, {"bool": true}, {"int": 5}, {"real": "0.5"}, {"str": "text"},
 * [...], {"map": [[key, value], ...]}. For a refused file it is `error`; then the exit status is 1,
 * and the diagnostics are on standard error. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "settings/node.h"

static json_t *tree(const struct node *node);

static json_t *list(const struct node *node)
{
    json_t *items = json_array();
    for (size_t i = 0; i < node->count; i++)
        json_array_append_new(items, tree(node->items[i]));
    return items;
}

static json_t *map(const struct node *node)
{
    json_t *pairs = json_array();
    for (size_t i = 0; i < node->count; i++) {
        const struct entry *entry = &node->entries[i];
        if (!node_get(node, entry->key->text)) /* one of two values if "~" and ~ are keys */
            fatal("the index of a map leads to nothing for '%s'", entry->key->text);
        json_array_append_new(pairs, json_pack("[o, o]", tree(entry->key), tree(entry->value)));
    }
    return json_pack("{s:o}", "map", pairs);
}

static json_t *tree(const struct node *node)
{
    char text[64];
    switch (node->kind) {
    case NODE_NULL:
        return json_null();
    case NODE_BOOL:
        return json_pack("{s:b}", "bool", node->boolean);
    case NODE_INT:
        return json_pack("{s:I}", "int", (json_int_t)node->integer);
    case NODE_REAL: /* as text: JSON has no infinity, and 17 digits identify a double */
        snprintf(text, sizeof text, "%.17g", node->real);
        return json_pack("{s:s}", "real", text);
    case NODE_STRING:
        return json_pack("{s:s}", "str", node->text);
    case NODE_LIST:
        return list(node);
    case NODE_MAP:
        return map(node);
    }
    return NULL;
}

static bool dump(const char *path)
{
    struct arena *arena = arena_new();
    size_t len;
    const char *text = file_read(arena, path, &len);
    if (!text)
        fatal("%s:", path);
    const struct node *node = node_parse(arena, path, text, len);
    json_t *json = node ? tree(node) : NULL;
    char *line = json ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    json_decref(json);
    if (node && !line)
        fatal("%s: JSON does not take its tree", path);
    puts(line ? line : "error");
    free(line);
    arena_free(arena);
    return node != NULL;
}

int main(int argc, char *argv[])
{
    bool ok = true;
    for (int i = 1; i < argc; i++)
        ok = dump(argv[i]) && ok;
    diag_flush();
    diag_end();
    return ok ? 0 : 1;
}
