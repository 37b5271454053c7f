#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "languages/requirements.h"

static struct arena *arena;
static char folder[] = "/tmp/gordon-test-requirements-XXXXXX";

static bool same(const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return true;
    fprintf(stderr, "  %s\n  %s\n", a, b);
    return false;
}

/* Reads a text as the lines of an export. */
static struct requirements read_text(const char *text)
{
    struct requirements r = requirements_new(arena, folder, folder);
    CHECK(requirements_read_text(&r, (struct pos){.file = "lock"}, arena_strdup(arena, text)));
    return r;
}

static const char *list(const char *const *words, size_t n)
{
    struct buf buf = {0};
    for (size_t i = 0; i < n; i++)
        buf_add_item(&buf, " ", words[i]);
    return buf.data ? buf_text(arena, &buf) : "";
}

/* Puts `what` in place of the '*' of a form. */
static const char *with(const char *form, const char *what)
{
    const char *at = strchr(form, '*');
    return arena_printf(arena, "%.*s%s%s", (int)(at - form), form, what, at + 1);
}

/* An editable requirement is taken as any other one, also with a marker, as poetry writes it. */
static void test_editable(void)
{
    static const char *const forms[] = {"-e *", "-e*", "--editable *", "--editable=*", "*"};
    const char *package = path_join(arena, folder, "lib");
    CHECK(file_write(path_join(arena, package, "setup.py"), "", 0, 0644));
    for (size_t i = 0; i < countof(forms); i++) {
        const char *line = with(forms[i], "./lib");
        struct requirements r = read_text(line);
        CHECK(r.n == 1 && same(r.list[0].what, package) && same(r.list[0].marker, ""));
        r = read_text(arena_printf(arena, "%s ; python_version > '3'\na\n", line));
        CHECK(r.n == 2 && r.list[0].kind == REQUIREMENT_PATH && r.list[0].folder);
        CHECK(same(r.list[0].what, package) && same(r.list[0].marker, "python_version > '3'"));
        CHECK(same(r.list[1].name, "a"));
    }
    struct requirements r = read_text("-e ./lib --pre\n");
    CHECK(r.n == 1 && same(r.list[0].marker, "") && same(list(r.lines, r.nlines), "--pre"));
}

/* Variables are replaced in paths. In URLs they stay, because they may be secret. */
static void test_variables(void)
{
    static const char *const forms[] = {"-e *", "--editable=* ; python_version > '3'", "*",
                                        "a @ *"};
    const char *url = "git+https://u:${GORDON_TEST_TOKEN}@example.org/${GORDON_TEST_PLACE}#egg=a";
    setenv("GORDON_TEST_TOKEN", "hunter2", 1);
    setenv("GORDON_TEST_PLACE", "lib", 1);
    for (size_t i = 0; i < countof(forms); i++) {
        struct requirements r = read_text(with(forms[i], url));
        CHECK(r.n == 1 && r.list[0].kind == REQUIREMENT_URL && same(r.list[0].what, url));
        CHECK(same(list(r.variables, r.nvariables), "GORDON_TEST_PLACE"));
        r = read_text(with(forms[i], "./${GORDON_TEST_PLACE}"));
        CHECK(r.n == 1 && r.list[0].kind == REQUIREMENT_PATH &&
              same(r.list[0].what, path_join(arena, folder, "lib")));
        CHECK(same(list(r.variables, r.nvariables), "GORDON_TEST_PLACE"));
    }
    struct requirements r =
        read_text("--extra-index-url https://${GORDON_TEST_TOKEN}@example.org/\n"
                  "--index-url https://example.org/${GORDON_TEST_PLACE}\n");
    CHECK(same(list(r.lines, r.nlines),
               "--extra-index-url https://${GORDON_TEST_TOKEN}@example.org/ "
               "--index-url https://example.org/${GORDON_TEST_PLACE}"));
    CHECK(same(list(r.variables, r.nvariables), "GORDON_TEST_PLACE"));
}

/* Options of a requirement are its own, in any order, and `:none:` takes a rule back. */
static void test_options(void)
{
    struct requirements r =
        read_text("a==1 --hash=sha256:1 --hash sha256:2\nb\n--only-binary :none:\n"
                  "--no-binary :none:\n");
    CHECK(r.n == 2 && same(r.list[0].options, "--hash=sha256:1 --hash sha256:2"));
    CHECK(same(r.list[0].what, "==1") && same(r.list[1].options, "") && !r.only_binary);
    CHECK(read_text("--only-binary :all:\n").only_binary &&
          read_text("--only-binary=a\n").only_binary);
}

/* One requirement that is in no file. */
static void test_add(void)
{
    struct requirements r = requirements_new(arena, folder, folder);
    const struct pos pos = {.file = "pyproject.toml", .line = 1, .column = 1};
    CHECK(requirements_add(&r, pos, "requests==2.0") && r.n == 1);
    CHECK(strcmp(r.list[0].name, "requests") == 0 && r.list[0].kind == REQUIREMENT_NAMED);
    CHECK(!requirements_add(&r, pos, "own @ file:///etc/own") && r.n == 1);
    CHECK(diag_flush() == EXIT_BUILD);
}

int main(void)
{
    if (!CHECK(mkdtemp(folder)))
        return check_result();
    arena = arena_new();
    test_editable();
    test_variables();
    test_options();
    test_add();
    CHECK(remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
