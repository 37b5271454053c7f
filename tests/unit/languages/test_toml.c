#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "check.h"
#include "languages/toml.h"

static struct arena *arena;

static bool has(const char *text, const char *path, const char *value)
{
    struct toml toml;
    const struct toml_value *found =
        toml_read(arena, "x.toml", text, false, &toml) ? toml_get(&toml, path) : NULL;
    if (found && strcmp(found->text, value) == 0)
        return true;
    fprintf(stderr, "  %s: %s\n", text, found ? found->text : "is not there");
    return false;
}

static void test_values(void)
{
    CHECK(has("a = 'b\\n'", "a", "b\\n"));
    CHECK(has("a = \"b\\n\\u00e4\\U0001F600\\\"\"", "a", "b\n\xC3\xA4\xF0\x9F\x98\x80\""));
    CHECK(has("a = \"\\u07ff\\u0800\\u20ac\\uffff\"", "a", "\u07ff\u0800\u20ac\xEF\xBF\xBF"));
    CHECK(has("a = \"\"\"\nb\\\n   c\"d\"\"\"\"", "a", "bc\"d\""));
    CHECK(has("a = '''\r\nb'c'''", "a", "b'c"));
    CHECK(has("a=1979-05-27T07:32:00Z # x\nb = true", "b", "true"));
    CHECK(has("[a.\"b.c\" . d]\ne.f = 'x'", "a.b.c.d.e.f", "x"));
    CHECK(has("[[a]]\nb = { c = [ 'd', ], e = \"f\" }", "a.b.e", "f"));
    CHECK(has("\xEF\xBB\xBF"
              "a = [ # x\n [1, 2], # y\n  'b'\n]\nc = 'd'",
              "c", "d"));
    CHECK(has("a = \"\"\nb = ''\nc = 3", "c", "3"));
}

static void test_places(void)
{
    struct toml toml;
    CHECK(toml_read(arena, "x", "[project]\ndependencies = [\n  'a', 'b',\n]\n[tool.x.y]\n", false,
                    &toml));
    CHECK(toml.n == 2 && toml.values[1].pos.line == 3 && toml.values[1].pos.column == 8);
    CHECK(strcmp(toml.values[1].path, "project.dependencies") == 0 && toml.values[1].is_string);
    CHECK(toml_table(&toml, "tool.x")->pos.line == 5 && !toml_table(&toml, "tool.x.y.z") &&
          !toml_table(&toml, "tool.x.yy") && !toml_get(&toml, "tool"));
}

static void test_errors(void)
{
    static const char *const wrong[] = {
        "a",           "a =",         "= 1",           "a = 'b",     "a = \"b\n\"",
        "a = [1",      "a = [1 2]",   "a = {b}",       "[a",         "[[a]",
        "a = 1 b = 2", "a = \"\\q\"", "a = \"\\u12\"", "a = '''b''", "a = {b = 1",
        "a.. = 1",
    };
    for (size_t i = 0; i < countof(wrong); i++) {
        struct toml toml;
        CHECK(!toml_read(arena, "x", wrong[i], false, &toml) ||
              !fprintf(stderr, "  %s\n", wrong[i]));
    }
    struct toml toml;
    struct buf deep = {0};
    buf_adds(&deep, "a = ");
    for (int i = 0; i < 100000; i++)
        buf_adds(&deep, "[");
    CHECK(!toml_read(arena, "x", deep.data, false, &toml));
    buf_free(&deep);
}

int main(void)
{
    arena = arena_new();
    test_values();
    test_places();
    test_errors();
    diag_forget();
    diag_end();
    arena_free(arena);
    return check_result();
}
