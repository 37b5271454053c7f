#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "check.h"
#include "languages/node_manifest.h"

static struct arena *arena;

/* Which specs name something by path (npm-package-arg). */
static void test_paths(void)
{
    static const struct {
        const char *spec, *path;
    } specs[] = {
        {"1.0.0", NULL},
        {"^1.0.0 || >=2", NULL},
        {"latest", NULL},
        {"", NULL},
        {"*", NULL},
        {"npm:other@1.0.0", NULL},
        {"user/repository", NULL},
        {"github:user/repository", NULL},
        {"git+ssh://git@host/a/b.git#v1", NULL},
        {"https://host/a/b.tgz", NULL},
        {"git@github.com:a/b.git", NULL},
        {"workspace:*", NULL},
        {"workspace:^1.0.0", NULL},
        {"workspace:../a", "../a"},
        {"file:../a", "../a"},
        {"file:a", "a"},
        {"FILE:a", "a"},
        {"file:/srv/a", "/srv/a"},
        {"file:///srv/a", "/srv/a"},
        {"file://../a", "../a"},
        {"file:/../a", "../a"},
        {"file:~/a", "~/a"},
        {"link:a", "a"},
        {"portal:../a", "../a"},
        {".", "."},
        {"..", ".."},
        {"./a", "./a"},
        {"../a", "../a"},
        {"/srv/a", "/srv/a"},
        {"~/a", "~/a"},
        {"a/b/c", "a/b/c"},
        {"a.tgz", "a.tgz"},
        {"a.tar.gz", "a.tar.gz"},
    };
    for (size_t i = 0; i < countof(specs); i++) {
        const char *path = node_spec_path(arena, specs[i].spec), *wanted = specs[i].path;
        CHECK((!path && !wanted) || (path && wanted && strcmp(path, wanted) == 0) ||
              !fprintf(stderr, "  %s\n", specs[i].spec));
    }
}

static bool has(const char *one, const char *two, const char *path, bool above)
{
    const char *const patterns[] = {one, two};
    return node_workspace_has(arena, patterns, two ? 2 : 1, path, above);
}

static void test_patterns(void)
{
    CHECK(has("packages/*", NULL, "packages/a", false));
    CHECK(!has("packages/*", NULL, "packages", false));
    CHECK(!has("packages/*", NULL, "packages/a/b", false));
    CHECK(!has("packages/*", NULL, "packages/.a", false));
    CHECK(has("./packages/a/", NULL, "packages/a", false));
    CHECK(has("/packages/a", NULL, "packages/a", false));
    CHECK(has("packages/**", NULL, "packages/a/b", false));
    CHECK(has("**", NULL, "a/b", false));
    CHECK(has("a/**/b", NULL, "a/b", false) && has("a/**/b", NULL, "a/x/y/b", false));
    CHECK(!has("a/**/b", NULL, "a/x", false));
    CHECK(has("{a,b}/{c,d}", NULL, "b/d", false) && !has("{a,b}/c", NULL, "c/c", false));
    CHECK(has("{a,b", NULL, "{a,b", false));
    CHECK(has("lib-?", NULL, "lib-1", false));
    CHECK(!has("a/*", "!a/b", "a/b", false) && has("a/*", "!a/b", "a/c", false));
    CHECK(has("!a/b", "a/*", "a/b", false));
    CHECK(has("packages/*", NULL, "packages", true) && !has("packages/*", NULL, "other", true));
    CHECK(has("**/x", NULL, "any/folder", true) && has("a/*", "!a/**", "a", true));
}

static void test_parse(void)
{
    static const char text[] =
        "\xEF\xBB\xBF{\n"
        "  \"name\": \"n\", \"workspaces\": {\"packages\": [\"a\", 1, \"b\"]},\n"
        "  \"dependencies\": {\"x\": \"file:../x\", \"\u00e9\": \"1\"},\n"
        "  \"overrides\": {\"y\": {\".\": \"2\", \"z\": \"./z\"}},\n"
        "  \"pnpm\": {\"overrides\": {\"q\": \"link:q\"}},\n"
        "  \"scripts\": {\"prepare\": \"p\"}\n}\n";
    struct node_manifest m;
    if (!CHECK(node_manifest_parse(arena, "a/package.json", text, &m)))
        return;
    CHECK(strcmp(m.name, "n") == 0 && strcmp(m.dir, "a") == 0);
    CHECK(m.nworkspaces == 2 && strcmp(m.workspaces[1], "b") == 0);
    CHECK(m.prepares && !m.installs && m.ndependencies == 5);
    const struct node_dependency *x = &m.dependencies[0], *z = &m.dependencies[3];
    CHECK(strcmp(x->path, "../x") == 0 && x->pos.line == 3 && x->pos.column == 25);
    CHECK(x->pos.length == 11 && !x->replaces);
    CHECK(z->replaces && strcmp(z->path, "./z") == 0 && z->pos.line == 4);
    CHECK(strcmp(m.dependencies[4].path, "q") == 0);
    CHECK(node_manifest_parse(arena, "f", "{\"scripts\": {\"install\": \"\"}}", &m) && m.installs);
    CHECK(node_manifest_parse(arena, "f", "{\"dependencies\": {\"a\": 1}, \"name\": 2}", &m));
    CHECK(!m.ndependencies && !m.name);
}

static void test_pnpm(void)
{
    struct node_manifest m = {0};
    node_manifest_pnpm(arena, "catalog:\n  a: 1\n", &m);
    CHECK(!m.pnpm && !m.nworkspaces);
    node_manifest_pnpm(arena,
                       "# ours\npackages:\n  - 'a/*' # one\n  # - no\n- \"b\"\r\n\n  - '!c'\n"
                       "catalog:\n  - d\n",
                       &m);
    CHECK(m.pnpm && m.nworkspaces == 3 && strcmp(m.workspaces[0], "a/*") == 0 &&
          strcmp(m.workspaces[1], "b") == 0 && strcmp(m.workspaces[2], "!c") == 0);
}

static void test_faults(void)
{
    static const char *const texts[] = {"", "{", "[]", "1", "{\"a\": }", "{'a': 1}"};
    for (size_t i = 0; i < countof(texts); i++) {
        struct node_manifest m;
        size_t before = diag_errors();
        CHECK(!node_manifest_parse(arena, "f", texts[i], &m) && diag_errors() == before + 1);
    }
    diag_forget();
}

int main(void)
{
    arena = arena_new();
    test_paths();
    test_patterns();
    test_parse();
    test_pnpm();
    test_faults();
    arena_free(arena);
    return check_result();
}
