#include <string.h>

#include "base/util.h"
#include "check.h"
#include "languages/toml_text.h"

static struct arena *arena;

static bool is(const struct toml_value *value, const char *table, const char *key, const char *text,
               int line, int column)
{
    return strcmp(value->table, table) == 0 && strcmp(value->key, key) == 0 &&
           strcmp(value->value, text) == 0 && value->line == line && value->column == column &&
           value->length == (int)strlen(text) + 2;
}

static void test_values(void)
{
    size_t n;
    const struct toml_value *values = toml_values(arena,
                                                  "name = 'a # b'\n"
                                                  "# path = \"no\"\n"
                                                  "[dependencies]\n"
                                                  "a.path=\"../a\" # path = \"no\"\n"
                                                  "\"b\" = { version = \"1\", \"path\" = '../b' }\n"
                                                  "  [[bin]]\n"
                                                  "list = [\"x\", \"y\"]\n"
                                                  "open = \"\n"
                                                  "workspace = true\n",
                                                  &n);
    CHECK(n == 4);
    CHECK(n > 0 && is(&values[0], "", "name", "a # b", 1, 8));
    CHECK(n > 1 && is(&values[1], "dependencies", "path", "../a", 4, 8));
    CHECK(n > 2 && is(&values[2], "dependencies", "version", "1", 5, 19));
    CHECK(n > 3 && is(&values[3], "dependencies", "path", "../b", 5, 33));
    toml_values(arena, "", &n);
    CHECK(n == 0);
}

static void test_tables(void)
{
    CHECK(toml_has_table(arena, "a = 1\n [workspace] # x\n", "workspace"));
    CHECK(toml_has_table(arena, "[workspace.package]\n", "workspace"));
    CHECK(!toml_has_table(arena, "[workspaces]\n#[workspace]\n\"[workspace]\"\n", "workspace"));
    CHECK(!toml_has_table(arena, "[[bin]]\n", "workspace") &&
          toml_has_table(arena, "[[bin]]", "bin"));
}

int main(void)
{
    arena = arena_new();
    test_values();
    test_tables();
    arena_free(arena);
    return check_result();
}
