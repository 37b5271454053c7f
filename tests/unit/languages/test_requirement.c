#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/util.h"
#include "check.h"
#include "languages/requirement.h"
#include "languages/requirements.h"
#include "languages/requirements_line.h"
#include "languages/requirements_option.h"
#include "languages/wheel.h"

static struct arena *arena;

static bool same(const char *a, const char *b)
{
    if (a && b ? strcmp(a, b) == 0 : a == b)
        return true;
    fprintf(stderr, "  %s\n  %s\n", a ? a : "NULL", b ? b : "NULL");
    return false;
}

static void test_kinds(void)
{
    static const struct {
        const char *text;
        enum requirement_kind kind;
        const char *name, *extras, *what, *marker;
        bool pinned;
    } rows[] = {
        {"requests", REQUIREMENT_NAMED, "requests", "", "", "", false},
        {"a.b-c_d [x, y] == 1.0", REQUIREMENT_NAMED, "a.b-c_d", "[x, y]", "== 1.0", "", true},
        {"a===1", REQUIREMENT_NAMED, "a", "", "===1", "", true},
        {"a==1.*", REQUIREMENT_NAMED, "a", "", "==1.*", "", false},
        {"a~=1.0", REQUIREMENT_NAMED, "a", "", "~=1.0", "", false},
        {"a (>=1,<2)", REQUIREMENT_NAMED, "a", "", "(>=1,<2)", "", false},
        {"a<2;os_name=='x'", REQUIREMENT_NAMED, "a", "", "<2", "os_name=='x'", false},
        {"./a", REQUIREMENT_PATH, NULL, "", "./a", "", true},
        {".", REQUIREMENT_PATH, NULL, "", ".", "", true},
        {"../my libs/a[x] ; os_name == 'x'", REQUIREMENT_PATH, NULL, "[x]", "../my libs/a",
         "os_name == 'x'", true},
        {"a.whl", REQUIREMENT_PATH, NULL, "", "a.whl", "", true},
        {"a-1.tar.gz[x]", REQUIREMENT_PATH, NULL, "[x]", "a-1.tar.gz", "", true},
        {"file:../a", REQUIREMENT_PATH, NULL, "", "../a", "", true},
        {"file:///a%20b/c#egg=c", REQUIREMENT_PATH, NULL, "", "/a b/c", "", true},
        {"file://localhost/a", REQUIREMENT_PATH, NULL, "", "/a", "", true},
        {"a @ file:///b", REQUIREMENT_PATH, "a", "", "/b", "", true},
        {"a[x]@ ./b", REQUIREMENT_PATH, "a", "[x]", "./b", "", true},
        {"a @ https://h/a.whl", REQUIREMENT_URL, "a", "", "https://h/a.whl", "", false},
        {"https://h/a.whl#sha256=0", REQUIREMENT_URL, NULL, "", "https://h/a.whl#sha256=0", "",
         true},
        {"https://h/a;b.zip ; x", REQUIREMENT_URL, NULL, "", "https://h/a;b.zip", "x", false},
        {"git+https://h/a@main#egg=a", REQUIREMENT_URL, NULL, "", "git+https://h/a@main#egg=a", "",
         false},
        {"git+ssh://git@h/a.git@0123456789abcdef", REQUIREMENT_URL, NULL, "",
         "git+ssh://git@h/a.git@0123456789abcdef", "", true},
        {"git+ssh://git@h/a.git", REQUIREMENT_URL, NULL, "", "git+ssh://git@h/a.git", "", false},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        struct requirement r = {.options = ""};
        if (!CHECK(requirement_parse(arena, rows[i].text, rows[i].text, false, &r)))
            fprintf(stderr, "  %s\n", rows[i].text);
        CHECK(r.kind == rows[i].kind && same(r.name, rows[i].name) &&
              same(r.extras, rows[i].extras) && same(r.what, rows[i].what) &&
              same(r.marker, rows[i].marker));
        CHECK(requirement_is_pinned(&r) == rows[i].pinned || !same(rows[i].text, "is pinned"));
    }
    static const char *const wrong[] = {"one two", "-x", "=1", "a[x", "!", "a b/c=="};
    for (size_t i = 0; i < countof(wrong) - 1; i++) {
        struct requirement r = {.options = ""};
        CHECK(!requirement_parse(arena, wrong[i], wrong[i], false, &r) ||
              !same(wrong[i], "is wrong"));
    }
    struct requirement r = {.options = "--hash=sha256:0"};
    CHECK(requirement_parse(arena, "libs", "libs", true, &r) && r.kind == REQUIREMENT_PATH);
    CHECK(requirement_parse(arena, "a[x]>=1;m", "a[x]>=1;m", false, &r) &&
          same(requirement_line(arena, &r), "a[x]>=1 ; m --hash=sha256:0") &&
          requirement_is_pinned(&r));
    CHECK(same(requirement_line_of_file(arena, &r, "a", "/b c#d.whl", ""),
               "a[x] @ file:///b%20c%23d.whl ; m"));
    CHECK(same(requirement_name(arena, "A__b.-C"), "a-b-c"));
}

/* Lines that go on, comments and places, as pip's req_file.py has them. */
static void test_lines(void)
{
    char *text = arena_strdup(arena, "a \\\n  b # c \\\r\n# d\\\ne#f\n\\\n\ng \\\n# h\ni\\\\\nj");
    static const char *const lines[] = {"a   b", "e#f", "", "g", "ij"};
    static const int numbers[] = {1, 4, 5, 7, 9};
    struct requirements_line line;
    int number = 0;
    size_t n = 0;
    for (; requirements_line_next(arena, &text, &number, &line); n++)
        if (CHECK(n < countof(lines)))
            CHECK(same(line.text, lines[n]) && line.parts[0].line == numbers[n]);
    CHECK(n == countof(lines));
    text = arena_strdup(arena, "\xC3\xA4 x \\\n  y");
    CHECK(requirements_line_next(arena, &text, &number, &line));
    struct pos pos = requirements_line_pos(&line, (struct pos){0}, 3);
    CHECK(pos.column == 3);
    pos = requirements_line_pos(&line, (struct pos){0}, strlen(line.text) - 1);
    CHECK(pos.line == line.parts[1].line && pos.column == 3);
    setenv("GORDON_TEST_ONE", "1", 1);
    CHECK(
        same(requirements_expand(arena, "a${GORDON_TEST_ONE}$GORDON_TEST_ONE${}${no}${GORDON_NOT}"),
             "a1$GORDON_TEST_ONE${}${no}${GORDON_NOT}"));
    CHECK(requirements_word_length("'a b'\\ c d") == strlen("'a b'\\ c"));
}

static void test_options(void)
{
    static const struct {
        const char *word, *name, *value;
    } rows[] = {
        {"-r", "--requirement", NULL},
        {"-rx", "--requirement", "x"},
        {"--requirement=x", "--requirement", "x"},
        {"--edit", "--editable", NULL},
        {"-e=x", "--editable", "x"},
        {"--no-i", "--no-index", NULL},
        {"--pre", "--pre", NULL},
        {"--config-settings", "--config-settings", NULL},
        {"--no", NULL, NULL},
        {"--upgrade", NULL, NULL},
        {"-U", NULL, NULL},
        {"--", NULL, NULL},
        {"-", NULL, NULL},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        const struct requirements_option *option = requirements_option_of(rows[i].word);
        CHECK(same(option ? option->name : NULL, rows[i].name) || !same(rows[i].word, ""));
        if (option)
            CHECK(same(requirements_option_glued(rows[i].word), rows[i].value));
    }
}

static void test_wheels(void)
{
    static const struct {
        const char *file;
        bool pure;
    } rows[] = {
        {"a-1-py3-none-any.whl", true},
        {"a-1-py2.py3-none-any.whl", true},
        {"a-1-1-py3-none-any.whl", true},
        {"a-1-py310-none-any.whl", true},
        {"a-1-py314-none-any.whl", false},
        {"a-1-py2-none-any.whl", false},
        {"a-1-cp313-none-any.whl", true},
        {"a-1-cp311-none-any.whl", false},
        {"a-1-cp313-cp313-linux_x86_64.whl", false},
        {"a-1-py3-none-manylinux_2_17_x86_64.whl", false},
    };
    struct wheel wheel;
    for (size_t i = 0; i < countof(rows); i++)
        CHECK((wheel_parse(arena, rows[i].file, &wheel) && same(wheel.name, "a") &&
               wheel_is_pure_for(arena, &wheel, "3.13") == rows[i].pure) ||
              !same(rows[i].file, ""));
    CHECK(!wheel_parse(arena, "a-1.whl", &wheel) && !wheel_parse(arena, "a-1.tar.gz", &wheel));
}

int main(void)
{
    arena = arena_new();
    test_kinds();
    test_lines();
    test_options();
    test_wheels();
    arena_free(arena);
    return check_result();
}
