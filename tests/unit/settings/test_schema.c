#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "diag_flushed.h"
#include "settings/node.h"
#include "settings/schema.h"

static const struct field fields[] = {
    {"text", FIELD_TEXT},
    {"name", FIELD_NAME},
    {"memory", FIELD_INT, .min = 128, .max = 10240, .unit = "MB"},
    {"count", FIELD_INT, .min = -5, .max = 5},
    {"flag", FIELD_FLAG},
    {"list", FIELD_LIST},
    {"map", FIELD_MAP},
    {"texts", FIELD_TEXTS},
    {"any", FIELD_ANY},
};
static const struct field needed[] = {{"code", FIELD_TEXT, .required = true}, {"role", FIELD_TEXT}};

static struct arena *arena;

static const struct node *parse(const char *yaml)
{
    const struct node *node = node_parse(arena, "s", yaml, strlen(yaml));
    CHECK(node != NULL);
    return node;
}

/* Returns the output of diag_flush. It has no source lines, because there is no file "s". */
static const char *flushed(void)
{
    return diag_flushed(arena, "flushed");
}

static void says(const char *yaml, bool result, bool expected, const char *text)
{
    const char *said = flushed();
    if (!CHECK(result == expected && said && strcmp(said, text) == 0))
        fprintf(stderr, "  %s\n  said: %s", yaml, said);
}

static const char *const right_values[] = {
    "{}",
    "text: a",
    "text: 5",
    "text: 1.5",
    "text: yes",
    "text: ''",
    "text: ref://Name",
    "text: 2001-01-01",
    "text:",
    "name: a",
    "name: 5",
    "name:",
    "memory: 128",
    "memory: 10240",
    "memory: '256'",
    "memory: ref://Memory",
    "memory: 0x100",
    "memory: '0128'",
    "memory:",
    "count: -5",
    "count: 5",
    "count: 0",
    "flag: true",
    "flag: no",
    "flag: t",
    "flag: False",
    "flag: 'True'",
    "flag: future",
    "flag:",
    "list: []",
    "list: [1, {a: b}]",
    "list: ~",
    "map: {}",
    "map: {a: [b]}",
    "map:",
    "texts: a",
    "texts: [a, 5, yes]",
    "texts: []",
    "texts: 5",
    "texts:",
    "any: a",
    "any: [a]",
    "any: {a: b}",
    "any: 1.5",
    "any:",
    "{text: a, memory: 128, any: 5}",
};

static void test_right_values(void)
{
    for (size_t i = 0; i < countof(right_values); i++) {
        const struct node *map = parse(right_values[i]);
        says(right_values[i], schema_check(fields, countof(fields), map, map, "a thing"), true, "");
    }
    says("nothing", schema_check(fields, countof(fields), NULL, NULL, "a thing"), true, "");
}

static const struct {
    const char *yaml, *message;
} wrong[] = {
    {"text: []", "s:1:7: error: text must be text, not a list"},
    {"text: {a: b}", "s:1:7: error: text must be text, not a map"},
    {"name: [a]", "s:1:7: error: name must be text, not a list"},
    {"name: ref://A", "s:1:7: error: name is needed when building and cannot be a ref"},
    {"memory: 127", "s:1:9: error: memory must be 128 to 10240 MB, not 127"},
    {"memory: 10241", "s:1:9: error: memory must be 128 to 10240 MB, not 10241"},
    {"memory: '127'", "s:1:9: error: memory must be 128 to 10240 MB, not 127"},
    {"memory: 9223372036854775807",
     "s:1:9: error: memory must be 128 to 10240 MB, not 9223372036854775807"},
    {"memory: '9999999999'", "s:1:9: error: memory must be a whole number, not text"},
    {"memory: a", "s:1:9: error: memory must be a whole number, not text"},
    {"memory: ''", "s:1:9: error: memory must be a whole number, not text"},
    {"memory: '128MB'", "s:1:9: error: memory must be a whole number, not text"},
    {"memory: '-128'", "s:1:9: error: memory must be 128 to 10240 MB, not -128"},
    {"memory: 128.0", "s:1:9: error: memory must be a whole number, not a number"},
    {"memory: yes", "s:1:9: error: memory must be a whole number, not a boolean"},
    {"memory: [128]", "s:1:9: error: memory must be a whole number, not a list"},
    {"memory: {}", "s:1:9: error: memory must be a whole number, not a map"},
    {"count: 6", "s:1:8: error: count must be -5 to 5, not 6"},
    {"count: -6", "s:1:8: error: count must be -5 to 5, not -6"},
    {"flag: maybe", "s:1:7: error: flag must be true or false, not 'maybe'"},
    {"flag: 'yes'", "s:1:7: error: flag must be true or false, not 'yes'"},
    {"flag: 1", "s:1:7: error: flag must be true or false, not '1'"},
    {"flag: ''", "s:1:7: error: flag must be true or false, not ''"},
    {"flag: []", "s:1:7: error: flag must be true or false, not a list"},
    {"list: a", "s:1:7: error: list must be a list, not text"},
    {"list: {}", "s:1:7: error: list must be a list, not a map"},
    {"map: []", "s:1:6: error: map must be a map, not a list"},
    {"map: yes", "s:1:6: error: map must be a map, not a boolean"},
    {"texts: {}", "s:1:8: error: texts must be text or a list of texts, not a map"},
    {"texts: [a, [b]]", "s:1:12: error: texts must be a list of texts, not of a list"},
    {"texts: [a, ~]", "s:1:12: error: texts must be a list of texts, not of nothing"},
    {"memroy: 1", "s:1:1: error: 'memroy' is not a setting of a thing; did you mean 'memory'?"},
    {"elephant: 1", "s:1:1: error: 'elephant' is not a setting of a thing"},
    {"x-text: 1", "s:1:1: error: 'x-text' is not a setting of a thing; did you mean 'text'?"},
    {"5: 1", "s:1:1: error: '5' is not a setting of a thing"},
    {"[a]", "s:1:1: error: a thing must be a map of settings, not a list"},
    {"text", "s:1:1: error: a thing must be a map of settings, not text"},
    {"5", "s:1:1: error: a thing must be a map of settings, not a number"},
};

static void test_wrong_values(void)
{
    for (size_t i = 0; i < countof(wrong); i++) {
        const struct node *map = parse(wrong[i].yaml);
        bool ok = schema_check(fields, countof(fields), map, map, "a thing");
        says(wrong[i].yaml, ok, false, arena_printf(arena, "%s\n", wrong[i].message));
    }
}

/* One run reports all errors, in the order of the file. */
static void test_all_at_once(void)
{
    const char *yaml = "zzzzz: 1\ncount: 9\ntexts:\n- [a]\n- {}\nflag: 1\n";
    const struct node *map = parse(yaml);
    says(yaml, schema_check(fields, countof(fields), map, map, "a thing"), false,
         "s:1:1: error: 'zzzzz' is not a setting of a thing\n"
         "s:2:8: error: count must be -5 to 5, not 9\n"
         "s:4:3: error: texts must be a list of texts, not of a list\n"
         "s:5:3: error: texts must be a list of texts, not of a map\n"
         "s:6:7: error: flag must be true or false, not '1'\n");
}

static void test_required(void)
{
    static const char *const missing[] = {"{}", "role: a", "code:", "code: ~"};
    const struct node *place = parse("\n\n  here: 1");
    for (size_t i = 0; i < countof(missing); i++)
        says(missing[i],
             schema_check(needed, countof(needed), parse(missing[i]), place, "a lambda"), false,
             "s:3:3: error: a lambda needs the setting 'code'\n");
    says("null", schema_check(needed, countof(needed), NULL, place, "a lambda"), false,
         "s:3:3: error: a lambda needs the setting 'code'\n");
    says("code: a", schema_check(needed, countof(needed), parse("code: a"), place, "a lambda"),
         true, "");
}

static void test_top(void)
{
    static const struct {
        const char *yaml, *said;
    } cases[] = {
        {"{text: a, x-anything: [1], x-: 2}", ""},
        {"txt: 1", "s:1:1: warning: 'txt' is not a setting of a project, and does nothing; did you "
                   "mean 'text'?\n"},
        {"anchors: 1",
         "s:1:1: warning: 'anchors' is not a setting of a project, and does nothing\n"},
    };
    for (size_t i = 0; i < countof(cases); i++)
        says(cases[i].yaml,
             schema_check_top(fields, countof(fields), parse(cases[i].yaml), "a project"), true,
             cases[i].said);
    says("count: 9", schema_check_top(fields, countof(fields), parse("count: 9"), "a project"),
         false, "s:1:8: error: count must be -5 to 5, not 9\n");
}

/* The exit status is that of the first error in the file. */
static void test_codes(void)
{
    diag_end();
    const struct node *map = parse("count: 9\nzzzzz: 1\n");
    schema_check(needed, countof(needed), map, map, "a thing");
    CHECK(diag_errors() == 3);
    flushed();
    CHECK(diag_flush() == EXIT_RESOURCE);
    diag_end();
    CHECK(diag_flush() == EXIT_DONE && diag_errors() == 0);
}

static void test_readers(void)
{
    size_t n;
    const struct node *map =
        parse("{yes: on, no: off, t: True, f: F, e: '', n: ~, i: 5, s: '0192',\n"
              " r: ref://A, one: a, more: [a, 5, no]}");
    CHECK(schema_flag(node_get(map, "yes"), false) && !schema_flag(node_get(map, "no"), true));
    CHECK(schema_flag(node_get(map, "t"), false) && !schema_flag(node_get(map, "f"), true));
    CHECK(!schema_flag(node_get(map, "e"), true)); /* no 't' */
    CHECK(schema_flag(node_get(map, "n"), true) && !schema_flag(node_get(map, "n"), false));
    CHECK(schema_flag(NULL, true) && !schema_flag(NULL, false));
    CHECK(schema_int(node_get(map, "i"), 1) == 5 && schema_int(node_get(map, "s"), 1) == 192);
    CHECK(schema_int(node_get(map, "r"), 7) == 7 && schema_int(node_get(map, "n"), 7) == 7 &&
          schema_int(NULL, 7) == 7);
    const char **texts = schema_texts(arena, node_get(map, "more"), &n);
    CHECK(n == 3 && strcmp(texts[0], "a") == 0 && strcmp(texts[1], "5") == 0 &&
          strcmp(texts[2], "no") == 0);
    texts = schema_texts(arena, node_get(map, "one"), &n);
    CHECK(n == 1 && strcmp(texts[0], "a") == 0);
    schema_texts(arena, node_get(map, "n"), &n);
    CHECK(n == 0);
    schema_texts(arena, NULL, &n);
    CHECK(n == 0);
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-schema-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_right_values();
    test_wrong_values();
    test_all_at_once();
    test_required();
    test_top();
    test_codes();
    test_readers();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
