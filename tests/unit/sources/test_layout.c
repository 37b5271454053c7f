#include <stdlib.h>
#include <string.h>

#include "archive/entry.h"
#include "base/util.h"
#include "check.h"
#include "sources/collect.h"
#include "sources/layout.h"
#include "sources/package.h"

static struct arena *arena;

/* The names of files, after each layout function, with blanks between them. */
static const char *names_after(bool own, struct package package, const char *names)
{
    struct collection c = {.arena = arena};
    struct buf text = {0};
    char *rest = arena_strdup(arena, names);
    for (char *name; (name = strsep(&rest, " "));)
        array_push(arena, c.entries, c.nentries, (struct pack_entry){.name = name});
    if (own)
        CHECK(layout_own(arena, &package, &c));
    else
        layout_installed(arena, &package, &c);
    for (size_t i = 0; i < c.nentries; i++)
        buf_add_item(&text, " ", c.entries[i].name);
    return text.data ? buf_text(arena, &text) : "";
}

static void is(const char *name, const char *expected)
{
    if (!CHECK(strcmp(name, expected) == 0))
        fprintf(stderr, "  %s, not %s\n", name, expected);
}

static const struct package folder = {
    .layer = true, .code = "/p/code", .kind = FILE_FOLDER, .work = "/p/work", .name = "code"};

static void test_own(void)
{
    static const struct {
        enum language language;
        const char *before, *after; /* NULL: the same */
    } cases[] = {
        {LANG_PYTHON, "a.py b/c.txt", "python/a.py python/b/c.txt"},
        {LANG_NODE, "a.js package.json", "nodejs/a.js nodejs/package.json"},
        {LANG_RUBY, "a.rb lib/b.rb", "ruby/lib/a.rb ruby/lib/lib/b.rb"},
        /* the language's folder is there, beside anything else */
        {LANG_PYTHON, "README.md python/a.py", NULL},
        {LANG_NODE, "nodejs/a.js x/y", NULL},
        {LANG_RUBY, "a.rb ruby/lib/b.rb", NULL},
        {LANG_JAVA, "a.class java/lib/b.jar", NULL},
        /* nothing but folders of layers */
        {LANG_PYTHON, "bin/a extensions/b lib/c.so", NULL},
        {LANG_PYTHON, "nodejs/a.js ruby/lib/b.rb", NULL},
        {LANG_PYTHON, "bin/a b.txt", "python/bin/a python/b.txt"},
        {LANG_PYTHON, "bin/a lib/b.py", "python/bin/a python/lib/b.py"},
        {LANG_NODE, "bin/a lib/b.py", NULL},
        {LANG_PYTHON, "bin", "python/bin"},
        {LANG_PYTHON, "pythons/a", "python/pythons/a"},
        /* jars */
        {LANG_JAVA, "a.jar b/c.jar lib/d.jar bin/e",
         "java/lib/a.jar java/lib/b/c.jar java/lib/d.jar bin/e"},
        /* no language */
        {LANG_NONE, "a.py b", NULL},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct package package = folder;
        const char *before = cases[i].before, *after = cases[i].after ? cases[i].after : before;
        package.language = cases[i].language;
        is(names_after(true, package, before), after);
        package.layer = false; /* lambdas have their files at the top */
        is(names_after(true, package, before), before);
        package.layer = true, package.kind = FILE_REGULAR, package.code = "/p/code.zip";
        is(names_after(true, package, before), before);
        package.code = "target://code";
        is(names_after(true, package, before), before);
    }
}

static void test_installed(void)
{
    static const struct {
        enum language language;
        const char *before, *after;
    } cases[] = {
        {LANG_PYTHON, "a.py bin/b", "python/a.py python/bin/b"},
        {LANG_NODE, "node_modules/a/b.js", "nodejs/node_modules/a/b.js"},
        {LANG_JAVA, "lib/a.jar b", "java/lib/a.jar"},
        {LANG_RUBY, "vendor/bundle/ruby/3.4.0/a .bundle/config", "ruby/gems/3.4.0/a"},
        {LANG_NONE, "a", "a"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct package package = folder;
        package.language = cases[i].language;
        is(names_after(false, package, cases[i].before), cases[i].after);
        package.layer = false;
        is(names_after(false, package, cases[i].before), cases[i].before);
    }
}

int main(void)
{
    arena = arena_new();
    test_own();
    test_installed();
    arena_free(arena);
    return check_result();
}
