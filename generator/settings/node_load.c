/* The tree is built from libyaml's events by recursive descent:
 *
 *   document = node
 *   node     = scalar | alias | "[" node* "]" | "{" (scalar node)* "}"
 */
#include <string.h>

#include "base/root.h"
#include "settings/function.h"
#include "settings/json_escape.h"
#include "settings/node.h"
#include "settings/reader.h"
#include "settings/scalar.h"

enum {
    DEPTH_MAX = 100,       /* levels of nesting */
    EXPANSION_MAX = 100000 /* nodes that aliases stand for */
};

static const char too_deep[] = "nested deeper than 100 levels";

static bool next(struct reader *r)
{
    yaml_event_delete(&r->event);
    if (!r->failed && yaml_parser_parse(&r->parser, &r->event))
        return true;
    memset(&r->event, 0, sizeof r->event);
    if (!r->failed)
        reader_fail_parser(r);
    return false;
}

static const struct node *read_node(struct reader *r);

static struct node *make(struct reader *r, enum node_kind kind)
{
    struct node *node = arena_alloc(r->arena, sizeof *node);
    node->kind = kind;
    node->pos = reader_pos(r);
    node->height = 1;
    node->text = "";
    r->expanded++;
    return node;
}

static const struct node *resolve(struct reader *r, struct node *node)
{
    switch (scalar_resolve(r->arena, node)) {
    case SCALAR_OK:
        return node;
    case SCALAR_RANGE:
        return reader_fail(r, node->pos,
                           "this number does not fit into 64 bits; quote it to make it text");
    case SCALAR_INVALID:
        break;
    }
    return reader_fail(r, node->pos, "YAML gives this scalar no value; quote it to make it text");
}

/* Whether `text` is `<<` or `=`, which have a meaning in YAML 1.1 as keys only. */
static bool is_key_word(const char *text)
{
    return strcmp(text, "<<") == 0 || strcmp(text, "=") == 0;
}

/* The tag !!float also accepts numbers that a plain float cannot look like: 5 and 1e3. */
static const struct node *resolve_tagged(struct reader *r, struct node *node, enum node_kind kind)
{
    if (kind == NODE_REAL ? scalar_real(r->arena, node)
                          : scalar_resolve(r->arena, node) == SCALAR_OK && node->kind == kind)
        return node;
    return reader_fail(r, node->pos,
                       arena_printf(r->arena, "this is no value for the tag '%s'",
                                    (const char *)r->event.data.scalar.tag));
}

/* Returns the tag of the current scalar, or NULL. Sets *by_text if its text decides what it is: it
 * is plain, or it has the tag `!`, as in `! "5"`, which PyYAML resolves like a plain scalar. */
static const char *scalar_tag(const struct reader *r, bool *by_text)
{
    const char *tag = r->in_function ? NULL : (const char *)r->event.data.scalar.tag;
    bool bare = tag && strcmp(tag, "!") == 0;
    *by_text = bare || (!tag && !r->in_function && r->event.data.scalar.plain_implicit);
    return bare ? NULL : tag;
}

static void note_scheme(struct reader *r, struct node *node)
{
    const char *rest;
    if (!r->schemes || r->at_key)
        return;
    enum reference reference = reference_of(node, &rest);
    if (reference == REFERENCE_TEXT || reference == REFERENCE_LAMBDA)
        array_push(r->arena, r->schemes->nodes, r->schemes->count, node);
}

static const struct node *read_scalar(struct reader *r)
{
    const char *value = (const char *)r->event.data.scalar.value;
    size_t len = r->event.data.scalar.length;
    struct node *node = make(r, NODE_STRING);
    enum node_kind kind = NODE_STRING;
    bool by_text;
    const char *tag = scalar_tag(r, &by_text);
    if (strlen(value) != len)
        return reader_fail(r, node->pos, "a NUL character cannot be part of a value");
    if (tag && !tag_kind(tag, &kind, &by_text))
        return reader_fail(r, node->pos,
                           reader_unknown_tag(r, tag, "; quote a text that begins with '!'"));
    if (kind >= NODE_LIST)
        return reader_fail(
            r, node->pos,
            arena_printf(r->arena, "'%s' is not a tag of a scalar", reader_shown(r, tag)));
    node->text = arena_strndup(r->arena, value, len);
    note_scheme(r, node);
    if (!by_text || (r->at_key && !tag && is_key_word(value)))
        return node;
    return tag ? resolve_tagged(r, node, kind) : resolve(r, node);
}

static const struct node *read_alias(struct reader *r)
{
    const char *name = (const char *)r->event.data.alias.anchor;
    const struct anchor *anchor = table_get(&r->anchors, name);
    if (!anchor)
        return reader_fail(
            r, reader_pos(r),
            arena_printf(r->arena, "no anchor '&%s' before this; quote a text that begins with '*'",
                         reader_shown(r, name)));
    if (!anchor->node)
        return reader_fail(r, reader_pos(r),
                           arena_printf(r->arena, "'*%s' refers to itself", reader_shown(r, name)));
    r->expanded += anchor->expanded;
    r->aliased += anchor->expanded;
    if (r->depth - 1 + anchor->node->height - 1 > DEPTH_MAX)
        return reader_fail(r, reader_pos(r), too_deep);
    if (r->aliased > EXPANSION_MAX)
        return reader_fail(r, reader_pos(r), "the aliases expand to more than 100,000 values");
    return anchor->node;
}

static bool check_collection_tag(struct reader *r, const yaml_char_t *tag, enum node_kind kind)
{
    enum node_kind wanted = kind;
    bool by_text;
    if (tag && !r->in_function && strcmp((const char *)tag, "!") != 0 &&
        (!tag_kind((const char *)tag, &wanted, &by_text) || wanted != kind))
        reader_fail(r, reader_pos(r), reader_unknown_tag(r, (const char *)tag, ""));
    r->in_function = false; /* not of what is in it */
    return !r->failed;
}

static void contain(struct node *collection, const struct node *child)
{
    if (collection->height <= child->height)
        collection->height = child->height + 1;
}

static const struct node *read_list(struct reader *r)
{
    struct node *list = make(r, NODE_LIST);
    if (!check_collection_tag(r, r->event.data.sequence_start.tag, NODE_LIST))
        return NULL;
    list->pos.length = 1;
    while (next(r) && r->event.type != YAML_SEQUENCE_END_EVENT) {
        const struct node *item = read_node(r);
        if (!item)
            return NULL;
        array_push(r->arena, list->items, list->count, item);
        contain(list, item);
    }
    return r->failed ? NULL : list;
}

/* A map while it is read: the entries written in it, and the maps that `<<` merges into it. */
struct map_reader {
    struct entry *written;
    const struct node **merged; /* the last one that has a key wins */
    size_t nwritten, nmerged;
    struct table keys; /* of the written entries, to their key nodes */
};

/* Of the maps in a list the first one wins; of two `<<` in one map the later one, as in PyYAML. So
 * lists are appended from their end, and the last map of all wins. */
static bool merge(struct reader *r, struct map_reader *m, const struct node *from)
{
    const struct node **items = from->kind == NODE_LIST ? from->items : &from;
    size_t n = from->kind == NODE_LIST ? from->count : 1;
    for (size_t i = 0; i < n; i++)
        if (items[i]->kind != NODE_MAP)
            return reader_fail(r, items[i]->pos, "'<<' merges maps, or a list of maps");
    for (size_t i = n; i-- > 0;)
        array_push(r->arena, m->merged, m->nmerged, items[i]);
    return true;
}

/* Whether the current key is `<<` without quotes. */
static bool at_merge(const struct reader *r)
{
    bool by_text;
    return r->event.type == YAML_SCALAR_EVENT && !scalar_tag(r, &by_text) && by_text &&
           strcmp((const char *)r->event.data.scalar.value, "<<") == 0;
}

static bool read_entry(struct reader *r, struct map_reader *m)
{
    bool merges = at_merge(r);
    r->at_key = true;
    const struct node *key = read_node(r);
    r->at_key = false;
    if (!key)
        return false;
    if (key->kind >= NODE_LIST)
        return reader_fail(r, key->pos, "a key must be text or a number");
    ((struct node *)key)->name = scalar_key(r->arena, key); /* an alias sets the same name again */
    const struct node *value = next(r) ? read_node(r) : NULL;
    if (!value)
        return false;
    if (merges)
        return merge(r, m, value);
    const struct node *before = table_set(r->arena, &m->keys, key->name, (void *)key);
    if (before) {
        diag_error(EXIT_OTHER, key->pos, "the key '%s' stands twice in this map", key->text);
        diag_note(before->pos, "it is here already");
        r->failed = true;
        return false;
    }
    array_push(r->arena, m->written, m->nwritten, ((struct entry){key, value}));
    return true;
}

/* Puts the merged entries first, without those whose key is written in the map itself. If several
 * merged maps have a key, the last one wins. */
static void finish_map(struct reader *r, struct node *map, const struct map_reader *m)
{
    struct table *index = arena_alloc(r->arena, sizeof *index), names = {0};
    struct entry *entries = NULL;
    size_t count = 0;
    for (size_t i = m->nmerged; i-- > 0;)
        for (size_t k = 0; k < m->merged[i]->count; k++) {
            struct entry entry = m->merged[i]->entries[k];
            if (table_get(&m->keys, entry.key->name) ||
                table_set(r->arena, &names, entry.key->name, (void *)entry.value))
                continue;
            array_push(r->arena, entries, count, entry);
            table_set(r->arena, index, entry.key->text, (void *)entry.value);
        }
    for (size_t i = 0; i < m->nwritten; i++) {
        array_push(r->arena, entries, count, m->written[i]);
        table_set(r->arena, index, m->written[i].key->text, (void *)m->written[i].value);
    }
    for (size_t i = 0; i < count; i++)
        contain(map, entries[i].value);
    map->entries = entries;
    map->count = count;
    map->index = index;
}

/* Returns a function of one text in the form that JSON has: {Ref: Name} is the string "ref://Name",
 * and {Fn::GetAtt: a.b} has a list. Any other map stays as it is. */
static const struct node *long_form(struct reader *r, struct node *map)
{
    static const char *const names[] = {"Ref", "Fn::GetAtt"};
    const struct entry *entry = map->entries;
    if (entry->value->kind != NODE_STRING || !str_one_of(entry->key->text, names, countof(names)))
        return map;
    return function_make(r->arena, entry->key->text, entry->value);
}

static const struct node *read_map(struct reader *r)
{
    struct node *map = make(r, NODE_MAP);
    struct map_reader m = {0};
    if (!check_collection_tag(r, r->event.data.mapping_start.tag, NODE_MAP))
        return NULL;
    map->pos.length = 1;
    while (next(r) && r->event.type != YAML_MAPPING_END_EVENT)
        if (!read_entry(r, &m))
            return NULL;
    if (r->failed)
        return NULL;
    finish_map(r, map, &m);
    if (r->schemes && map->count == 1)
        return long_form(r, map);
    return map;
}

static const char *event_anchor(const yaml_event_t *event)
{
    return (
        const char *)(event->type == YAML_SCALAR_EVENT           ? event->data.scalar.anchor
                      : event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.anchor
                      : event->type == YAML_MAPPING_START_EVENT  ? event->data.mapping_start.anchor
                                                                 : NULL);
}

static const yaml_char_t *event_tag(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT           ? event->data.scalar.tag
           : event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.tag
           : event->type == YAML_MAPPING_START_EVENT  ? event->data.mapping_start.tag
                                                      : NULL;
}

static const struct node *read_untagged(struct reader *r)
{
    switch (r->event.type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(r);
    case YAML_ALIAS_EVENT:
        return read_alias(r);
    case YAML_SEQUENCE_START_EVENT:
        return read_list(r);
    case YAML_MAPPING_START_EVENT:
        return read_map(r);
    default:
        return reader_fail(r, reader_pos(r), "a value is missing");
    }
}

/* Reads a node, and makes the long form of a function that is its tag. */
static const struct node *read_by_type(struct reader *r)
{
    const char *tag = (const char *)event_tag(&r->event);
    const char *function = tag && r->schemes && !r->at_key ? function_of_tag(tag) : NULL;
    r->in_function = function;
    const struct node *node = read_untagged(r);
    r->in_function = false;
    return node && function ? function_make(r->arena, function, node) : node;
}

/* Returns a new anchor for the node that begins here. A second anchor of one name is an error, as
 * in PyYAML; then returns NULL. */
static struct anchor *new_anchor(struct reader *r, const char *name)
{
    const struct anchor *before = table_get(&r->anchors, name);
    if (before) {
        diag_error(EXIT_OTHER, reader_pos(r), "the anchor '&%s' stands twice in this file",
                   reader_shown(r, name));
        diag_note(before->pos, "it is here already");
        r->failed = true;
        return NULL;
    }
    struct anchor *anchor = arena_alloc(r->arena, sizeof *anchor);
    anchor->pos = reader_pos(r);
    table_set(r->arena, &r->anchors, arena_strdup(r->arena, name), anchor);
    return anchor;
}

static const struct node *read_node(struct reader *r)
{
    if (++r->depth > DEPTH_MAX + (r->event.type == YAML_SCALAR_EVENT))
        return reader_fail(r, reader_pos(r), too_deep);
    size_t before = r->expanded;
    const char *name = event_anchor(&r->event);
    struct anchor *anchor = name ? new_anchor(r, name) : NULL;
    if (name && !anchor)
        return NULL;
    const struct node *node = read_by_type(r);
    if (anchor) {
        anchor->node = node;
        anchor->expanded = r->expanded - before;
    }
    r->depth--;
    return node;
}

/* Skips one event and goes on to the one after it. */
static bool skip_event(struct reader *r)
{
    if (!next(r))
        return false;
    return next(r);
}

/* stream start, then nothing or one document, then stream end. */
static const struct node *read_stream(struct reader *r)
{
    if (!skip_event(r))
        return NULL;
    if (r->event.type == YAML_STREAM_END_EVENT)
        return make(r, NODE_NULL);
    const struct node *node = next(r) ? read_node(r) : NULL;
    if (!node || !skip_event(r))
        return NULL;
    if (r->event.type != YAML_STREAM_END_EVENT)
        return reader_fail(r, reader_pos(r),
                           "a second document begins here; a file must have only one");
    return node;
}

static const struct node *parse(struct arena *arena, const char *path, const char *text, size_t len,
                                struct node_schemes *schemes)
{
    static const char bom[] = "\xEF\xBB\xBF";
    size_t skipped = len >= 3 && memcmp(text, bom, 3) == 0 ? 3 : 0; /* positions do not count it */
    struct reader r = {.arena = arena,
                       .path = path,
                       .text = text + skipped,
                       .len = len - skipped,
                       .schemes = schemes};
    if (!yaml_parser_initialize(&r.parser))
        fatal_memory();
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.text, len - skipped);
    const struct node *node = read_stream(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return r.failed ? NULL : node;
}

const struct node *node_parse(struct arena *arena, const char *path, const char *text, size_t len)
{
    return parse(arena, path, text, len, NULL);
}

/* Makes a map of an empty file. NULL after a reported error. */
static const struct node *map_of(struct arena *arena, const char *path, const struct node *node)
{
    if (node->kind == NODE_NULL) {
        struct node *map = arena_alloc(arena, sizeof *map);
        *map = (struct node){.kind = NODE_MAP, .pos = {path, 1, 1, 1}};
        return map;
    }
    if (node->kind == NODE_MAP)
        return node;
    diag_error(EXIT_VALUE, node->pos, "settings are a map of names to values, not %s",
               node_kind_words(node));
    return NULL;
}

bool node_load(struct arena *arena, const struct root *root, const char *path,
               const struct node **node)
{
    return node_load_settings(arena, root, path, NULL, node);
}

bool node_load_settings(struct arena *arena, const struct root *root, const char *path,
                        struct node_schemes *schemes, const struct node **node)
{
    size_t len;
    char *text;
    *node = NULL;
    path = arena_strdup(arena, path);
    if (!root_read(arena, root, path, &text, &len))
        return false;
    if (!text)
        return true;
    const char *yaml = str_ends(path, ".json") ? json_as_yaml(arena, text, &len) : text;
    *node = parse(arena, path, yaml, len, schemes);
    *node = *node ? map_of(arena, path, *node) : NULL;
    return *node != NULL;
}
