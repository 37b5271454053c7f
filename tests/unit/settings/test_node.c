#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/root.h"
#include "base/util.h"
#include "check.h"
#include "diag_flushed.h"
#include "settings/node.h"

/* Positions of values, messages, and the functions that read a tree. tests/yaml compares the values
 * with PyYAML. */
static struct arena *arena;
static const struct root here = {".", EXIT_OTHER};

static const struct node *parse(const char *yaml)
{
    return node_parse(arena, "s", yaml, strlen(yaml));
}

static const char *flushed(void)
{
    return diag_flushed(arena, "flushed");
}

/* Adds "line:column:length" of a node, and of all nodes in it: keys before their values. */
static void add_places(struct buf *out, const struct node *node)
{
    buf_printf(out, "%s%d:%d:%d", out->len ? " " : "", node->pos.line, node->pos.column,
               node->pos.length);
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_LIST) {
            add_places(out, node->items[i]);
            continue;
        }
        add_places(out, node->entries[i].key);
        add_places(out, node->entries[i].value);
    }
}

static const struct {
    const char *yaml, *places;
} places[] = {
    {"a", "1:1:1"},
    {"key: value", "1:1:1 1:1:3 1:6:5"},
    {"key:   value   # c", "1:1:1 1:1:3 1:8:5"},
    {"\n\n  key: v", "3:3:1 3:3:3 3:8:1"},
    {"a: 1\nb: 2", "1:1:1 1:1:1 1:4:1 2:1:1 2:4:1"},
    {"a:\n  b:\n    c: d", "1:1:1 1:1:1 2:3:1 2:3:1 3:5:1 3:5:1 3:8:1"},
    {"- a\n- bc", "1:1:1 1:3:1 2:3:2"},
    {"- - a\n  - b", "1:1:1 1:3:1 1:5:1 2:5:1"},
    {"a:\n- b", "1:1:1 1:1:1 2:1:1 2:3:1"},
    /* flow */
    {"[a, bc]", "1:1:1 1:2:1 1:5:2"},
    {"{a: b, c: [d]}", "1:1:1 1:2:1 1:5:1 1:8:1 1:11:1 1:12:1"},
    {"k: {\n  a: b,\n  c: d}", "1:1:1 1:1:1 1:4:1 2:3:1 2:6:1 3:3:1 3:6:1"},
    {"[]", "1:1:1"},
    {"a: {}", "1:1:1 1:1:1 1:4:1"},
    /* quotes are part of the value */
    {"'a': \"b c\"", "1:1:1 1:1:3 1:6:5"},
    {"a: 'it''s'", "1:1:1 1:1:1 1:4:7"},
    {"a: \"\\u00e9\"", "1:1:1 1:1:1 1:4:8"},
    /* a value of several lines has the length 1, so the caret is at its beginning */
    {"a: b\n  c", "1:1:1 1:1:1 1:4:1"},
    {"a: \"b\n  c\"\nd: e", "1:1:1 1:1:1 1:4:1 3:1:1 3:4:1"},
    {"a: |\n  b\n  c\nd: e", "1:1:1 1:1:1 1:4:1 4:1:1 4:4:1"},
    {"a: >-\n  b\n\n\nd: e", "1:1:1 1:1:1 1:4:1 5:1:1 5:4:1"},
    {"- |+\n\n- b", "1:1:1 1:3:1 3:3:1"},
    /* an empty value is where a value would be */
    {"a:\nb: 1", "1:1:1 1:1:1 1:3:1 2:1:1 2:4:1"},
    {"- \n- a", "1:1:1 1:2:1 2:3:1"},
    {"{a, b: }", "1:1:1 1:2:1 1:3:1 1:5:1 1:8:1"},
    {"", "1:1:1"},
    /* a value begins with its anchor and its tag; an alias has the position of its anchor */
    {"a: &x bc", "1:1:1 1:1:1 1:4:5"},
    {"a: !!str bc", "1:1:1 1:1:1 1:4:8"},
    {"a: &x [b]\nc: *x", "1:1:1 1:1:1 1:4:1 1:8:1 2:1:1 1:4:1 1:8:1"},
    {"a: &x {b: c}\nd: {<<: *x}", "1:1:1 1:1:1 1:4:1 1:8:1 1:11:1 2:1:1 2:4:1 1:8:1 1:11:1"},
    /* columns are characters, not bytes */
    {"\u00E9: \u65E5\u672C", "1:1:1 1:1:1 1:4:2"},
    {"\u00E9\u65E5\U0001F600: x", "1:1:1 1:1:3 1:6:1"},
    {"[\U0001F600, \"\u00E9\", x]", "1:1:1 1:2:1 1:5:3 1:10:1"},
    {"# \u65E5\na: 1 # \u65E5\nb: 2", "2:1:1 2:1:1 2:4:1 3:1:1 3:4:1"},
    /* a tab is a character */
    {"a:\tb", "1:1:1 1:1:1 1:4:1"},
    {"a: b\t# c\nd: e", "1:1:1 1:1:1 1:4:1 2:1:1 2:4:1"},
    {"[a,\tb]", "1:1:1 1:2:1 1:5:1"},
    /* other line ends, a byte order mark, markers of documents and keys */
    {"a: 1\r\nb: 2\r\n", "1:1:1 1:1:1 1:4:1 2:1:1 2:4:1"},
    {"\uFEFFa: 1\nb: 2", "1:1:1 1:1:1 1:4:1 2:1:1 2:4:1"},
    {"---\na: 1\n...\n", "2:1:1 2:1:1 2:4:1"},
    {"--- a", "1:5:1"},
    {"%YAML 1.1\n---\na: 1", "3:1:1 3:1:1 3:4:1"},
    {"? a\n: b", "1:1:1 1:3:1 2:3:1"},
};

static void test_places(void)
{
    for (size_t i = 0; i < countof(places); i++) {
        struct buf found = {0};
        const struct node *node = parse(places[i].yaml);
        if (CHECK(node != NULL))
            add_places(&found, node);
        if (!CHECK(found.data && strcmp(found.data, places[i].places) == 0))
            fprintf(stderr, "  %s\n  %s\n", places[i].yaml, found.data);
        buf_free(&found);
    }
}

static const struct {
    const char *yaml, *message;
} errors[] = {
    {"a: *x", "s:1:4: error: no anchor '&x' before this; quote a text that begins with '*'\n"},
    {"a: &x [*x]", "s:1:8: error: '*x' refers to itself\n"},
    {"a: &x 1\n\u00E9: &x 2",
     "s:2:4: error: the anchor '&x' stands twice in this file\ns:1:4: note: it is here already\n"},
    {"a: 1\nb: 2\na: 3",
     "s:3:1: error: the key 'a' stands twice in this map\ns:1:1: note: it is here already\n"},
    {"{1: a, '1': b}",
     "s:1:8: error: the key '1' stands twice in this map\ns:1:2: note: it is here already\n"},
    {"a: !x b",
     "s:1:4: error: the tag '!x' has no meaning here; quote a text that begins with '!'\n"},
    {"a: !x [b]", "s:1:4: error: the tag '!x' has no meaning here\n"},
    {"a: !!set {b}", "s:1:4: error: the tag 'tag:yaml.org,2002:set' has no meaning here\n"},
    {"a: !!map b", "s:1:4: error: 'tag:yaml.org,2002:map' is not a tag of a scalar\n"},
    {"a: !!int b", "s:1:4: error: this is no value for the tag 'tag:yaml.org,2002:int'\n"},
    {"a: !!float 0x10", "s:1:4: error: this is no value for the tag 'tag:yaml.org,2002:float'\n"},
    {"a: 9223372036854775808",
     "s:1:4: error: this number does not fit into 64 bits; quote it to make it text\n"},
    {"a: =", "s:1:4: error: YAML gives this scalar no value; quote it to make it text\n"},
    {"[<<]", "s:1:2: error: YAML gives this scalar no value; quote it to make it text\n"},
    {"a: 0b_", "s:1:4: error: YAML gives this scalar no value; quote it to make it text\n"},
    {"a: \"b\\0\"", "s:1:4: error: a NUL character cannot be part of a value\n"},
    {"<<: 5", "s:1:5: error: '<<' merges maps, or a list of maps\n"},
    {"<<: [{}, [a]]", "s:1:10: error: '<<' merges maps, or a list of maps\n"},
    {"? [a]\n: b", "s:1:3: error: a key must be text or a number\n"},
    {"a: 1\n---\nb: 2", "s:2:1: error: a second document begins here; a file must have only one\n"},
    {"a: [b\n", "s:1:4: error: did not find expected ',' or ']', while parsing a flow sequence "
                "(close it with ']', and quote a text with one of { } [ ] , in it)\n"},
    {"a: {b: sub://${C}}\n",
     "s:1:15: error: did not find expected ',' or '}', while parsing a flow mapping "
     "(close it with '}', and quote a text with one of { } [ ] , such as \"sub://${Name}\")\n"},
    {"a:\n\tb: 1", "s:2:1: error: found character that cannot start any token, while scanning for "
                   "the next token (YAML is indented by spaces, not tabs; quote a text that "
                   "begins with '@' or '`')\n"},
    {"# \u00E9\n\n  a: '\xFF'",
     "s:3:7: error: invalid leading UTF-8 octet; settings are UTF-8 text\n"},
    {"\u00E9: \u00E9\xC3(",
     "s:1:6: error: invalid trailing UTF-8 octet; settings are UTF-8 text\n"},
    {"a: 1\nb: x\x01",
     "s:2:5: error: control characters are not allowed; settings are UTF-8 text\n"},
    {"\xFF\xFE"
     "a",
     "s:1:1: error: invalid leading UTF-8 octet; settings are UTF-8 text\n"},
};

static void test_errors(void)
{
    for (size_t i = 0; i < countof(errors); i++) {
        CHECK(!parse(errors[i].yaml));
        const char *said = flushed();
        if (!CHECK(strcmp(said, errors[i].message) == 0))
            fprintf(stderr, "  %s\n  %s", errors[i].yaml, said);
    }
    size_t len = 30000; /* more than libyaml reads ahead */
    char *text = arena_alloc(arena, len + 1);
    memset(text, '\n', len);
    text[len - 2] = '\xFF';
    CHECK(!parse(text));
    CHECK(strcmp(flushed(),
                 "s:29999:1: error: invalid leading UTF-8 octet; settings are UTF-8 text\n") == 0);
}

/* The source line, and a caret below the value. Columns are characters. */
static void test_caret(void)
{
    const struct node *node;
    static const char text[] = "\u00E9:\t\u65E5: 1\nlist: [\u00E9, *x]\n";
    CHECK(file_write("s.yml", "list: [\u00E9, *none]\n", 18, 0644));
    diag_show("s.yml");
    CHECK(!node_load(arena, &here, "s.yml", &node));
    CHECK(
        strcmp(
            flushed(),
            "s.yml:1:11: error: no anchor '&none' before this; quote a text that begins with '*'\n"
            "    1 | list: [\u00E9, *none]\n"
            "      |           ^~~~~\n") == 0);
    CHECK(file_write("t.yml", text, sizeof text - 1, 0644));
    diag_show("t.yml");
    CHECK(!node_load(arena, &here, "t.yml", &node));
    CHECK(strcmp(flushed(), "t.yml:1:5: error: mapping values are not allowed in this context\n"
                            "    1 | \u00E9:\t\u65E5: 1\n"
                            "      |   \t ^\n") == 0);
}

static void test_load(void)
{
    const struct node *node;
    CHECK(file_write("empty.yml", "", 0, 0644) && file_write("comment.yml", "# c\n", 4, 0644));
    CHECK(file_write("null.yml", "~", 1, 0644) && file_write("list.yml", "- a", 3, 0644));
    static const char *const empty[] = {"empty.yml", "comment.yml", "null.yml"};
    for (size_t i = 0; i < countof(empty); i++) {
        CHECK(node_load(arena, &here, empty[i], &node));
        CHECK(node && node->kind == NODE_MAP && node->count == 0 && node->pos.line == 1 &&
              strcmp(node->pos.file, empty[i]) == 0 && !node_get(node, "a"));
    }
    diag_show("list.yml");
    CHECK(!node_load(arena, &here, "list.yml", &node) && file_mkdirs("folder.yml"));
    CHECK(!node_load(arena, &here, "folder.yml", &node));
    CHECK(node_load(arena, &here, "gone.yml", &node) && !node);
    CHECK(strcmp(flushed(),
                 "list.yml:1:1: error: settings are a map of names to values, not a list\n"
                 "    1 | - a\n"
                 "      | ^\n"
                 "folder.yml: error: cannot be read: it is a folder, not a file\n") == 0);
}

static void test_look_ups(void)
{
    const struct node *map =
        parse("{a: {b: {c: text}}, n: ~, i: 010, f: 1.50, y: yes, l: [1], r: ref://X,\n"
              " e: ref://, deep: [1, {k: [ref://Y]}], q: '5', 7: seven}");
    CHECK(strcmp(node_text(node_get(node_get(node_get(map, "a"), "b"), "c")), "text") == 0);
    CHECK(!node_get(node_get(node_get(map, "x"), "y"), "z") && !node_get(node_get(map, "l"), "0"));
    CHECK(!node_text(node_get(map, "n")) && !node_text(node_get(map, "a")) && !node_text(NULL));
    CHECK(strcmp(node_text(node_get(map, "i")), "010") == 0 && node_get(map, "i")->integer == 8);
    CHECK(strcmp(node_text(node_get(map, "f")), "1.50") == 0);
    CHECK(strcmp(node_text(node_get(map, "y")), "yes") == 0 && node_get(map, "y")->boolean);
    CHECK(node_get(map, "q")->kind == NODE_STRING &&
          strcmp(node_text(node_get(map, "7")), "seven") == 0);
    CHECK(strcmp(node_ref(node_get(map, "r")), "X") == 0 &&
          strcmp(node_ref(node_get(map, "e")), "") == 0);
    CHECK(!node_ref(node_get(map, "q")) && !node_ref(NULL) && !node_ref(map));
    CHECK(node_find_ref(map, "Y") == node_get(node_get(map, "deep")->items[1], "k")->items[0]);
    CHECK(node_find_ref(map, "X") == node_get(map, "r") && !node_find_ref(map, "Z") &&
          !node_find_ref(NULL, "X"));
    CHECK(node_set(map) && !node_set(node_get(map, "n")) && !node_set(NULL));
}

static void test_kind_words(void)
{
    static const char *const kinds[][2] = {
        {"~", "nothing"}, {"yes", "a boolean"}, {"1", "a number"}, {"1.5", "a number"},
        {"a", "text"},    {"[]", "a list"},     {"{}", "a map"}};
    for (size_t i = 0; i < countof(kinds); i++)
        CHECK(strcmp(node_kind_words(parse(kinds[i][0])), kinds[i][1]) == 0);
}

/* `<<`: merged entries come first. A written entry replaces a merged one, at its own position. */
static void test_merge_order(void)
{
    const struct node *map = parse("{a: &a {x: 1, y: 1}, b: &b {y: 2, z: 2},\n"
                                   " c: {x: 3, <<: [*a, *b], w: 3}}");
    static const char *const keys[] = {"y", "z", "x", "w"};
    const struct node *c = node_get(map, "c");
    CHECK(c->count == countof(keys));
    for (size_t i = 0; i < c->count; i++)
        CHECK(strcmp(c->entries[i].key->text, keys[i]) == 0);
    CHECK(node_get(c, "x")->integer == 3 && node_get(c, "y")->integer == 1);
    CHECK(c->entries[0].value == node_get(node_get(map, "a"), "y")); /* shared, with its position */
}

/* A text in memory need not be NUL-terminated. */
static void test_length(void)
{
    char *text = malloc(4); /* ASan finds a read after the end */
    if (!CHECK(text != NULL))
        return;
    memcpy(text, "a: 5", 4);
    const struct node *node = node_parse(arena, "s", text, 4);
    CHECK(node && node_get(node, "a")->integer == 5);
    node = node_parse(arena, "s", text, 2);
    CHECK(node && node_get(node, "a")->kind == NODE_NULL);
    memcpy(text, "\xEF\xBB\xBF", 3);
    CHECK(node_parse(arena, "s", text, 3) && node_parse(arena, "s", text, 0));
    free(text);
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-node-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_places();
    test_errors();
    test_caret();
    test_load();
    test_look_ups();
    test_kind_words();
    test_merge_order();
    test_length();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
