#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "sources/ignore.h"

static char folder[] = "/tmp/gordon-test-ignore-XXXXXX";

/* Loads `patterns`, the content of a .gordonignore, or NULL for no file. */
static struct ignore *load(struct arena *arena, const char *patterns)
{
    const char *path = path_join(arena, folder, ".gordonignore");
    unlink(path);
    if (patterns)
        CHECK(file_write(path, patterns, strlen(patterns), 0644));
    const char *file;
    struct ignore *ignore = ignore_load(arena, folder, folder, &file);
    CHECK(ignore != NULL);
    return ignore;
}

/* Asks like a walk over the folder: from the top, until a folder is ignored. */
static bool is_out(struct arena *arena, const struct ignore *ignore, const char *path, bool is_dir)
{
    for (const char *slash = path; (slash = strchr(slash, '/')); slash++)
        if (ignore_match(ignore, arena_strndup(arena, path, (size_t)(slash - path)), true))
            return true;
    return ignore_match(ignore, path, is_dir);
}

static const struct {
    const char *patterns, *path;
    bool is_dir, out;
} cases[] = {
    /* the fixed list, which always applies */
    {NULL, "main.py", false, false},
    {NULL, ".git", true, true},
    {NULL, "vendor/.git", false, true}, /* of a submodule */
    {NULL, ".github", true, false},
    {NULL, ".gitignore", false, false},
    {NULL, "a/__pycache__", true, true},
    {NULL, "a/b.pyc", false, true},
    {NULL, ".DS_Store", false, true},
    {NULL, "a.py~", false, true},
    {NULL, ".a.py.swp", false, true},
    {NULL, "a.swp", false, false},
    {NULL, "#a.py#", false, true},
    {NULL, "a#", false, false},
    {NULL, ".#a.py", false, true},
    {NULL, ".idea", true, true},
    {NULL, ".vscode", true, true},
    {NULL, ".gordonignore", false, true},
    {"!__pycache__\n!*.pyc\n!.git\n", "a/__pycache__", true, true},
    {"!*.pyc\n", "b.pyc", false, true},
    /* lines */
    {"", "a", false, false},
    {"# a\n\n   \n", "a", false, false},
    {"#a\n", "#a", false, false},
    {"\\#a\n", "#a", false, true},
    {"\\!a\n", "!a", false, true},
    {"a", "a", false, true}, /* no line end */
    {"a\r\n", "a", false, true},
    {"\xEF\xBB\xBF"
     "a\n",
     "a", false, true},
    {"a  \n", "a", false, true},
    {"a\\ \n", "a ", false, true},
    {"a\\ \n", "a", false, false},
    {"a\\ \\  \n", "a  ", false, true},
    {"a\t\n", "a\t", false, true},
    {" a\n", "a", false, false},
    {" a\n", " a", false, true},
    {"a\\\n", "a", false, false}, /* a backslash at the end never matches */
    {"a\\\n", "a\\", false, false},
    {"a\\\\\n", "a\\", false, true},
    {"\\a\\b\n", "ab", false, true},
    /* the folders in which a pattern applies */
    {"a\n", "b/a", false, true},
    {"a\n", "b/ac", false, false},
    {"/a\n", "a", false, true},
    {"/a\n", "b/a", false, false},
    {"b/a\n", "b/a", false, true},
    {"b/a\n", "c/b/a", false, false},
    {"a/\n", "a", true, true},
    {"a/\n", "a", false, false},
    {"a/\n", "b/a", true, true},
    {"a/\n", "a/b", false, true}, /* by its folder */
    {"/a/\n", "b/a", true, false},
    {"b/a/\n", "b/a", true, true},
    {"/\n", "a", true, false},
    {"//a\n", "a", false, false},
    {"b//a\n", "b/a", false, false},
    {"b\\/a\n", "b/a", false, true},
    /* the last one that matches wins */
    {"*.log\n!keep.log\n", "keep.log", false, false},
    {"*.log\n!keep.log\n", "b/keep.log", false, false},
    {"!keep.log\n*.log\n", "keep.log", false, true},
    {"*.log\n!keep.log\nkeep.log\n", "keep.log", false, true},
    {"b/\n!b/a\n", "b/a", false, true}, /* its folder is ignored */
    {"b/*\n!b/a\n", "b/a", false, false},
    {"!\n", "a", false, false},
    /* * and ? */
    {"*\n", "a", false, true},
    {"*\n!*.py\n", "a.py", false, false},
    {"a*\n", "a", false, true},
    {"*a*b*c\n", "xaxbxbxc", false, true},
    {"*a*b*c\n", "xaxbxbx", false, false},
    {"a?c\n", "abc", false, true},
    {"a?c\n", "ac", false, false},
    {"/a?c\n", "a/c", true, false},
    {"/a*c\n", "a/c", true, false},
    {"b/*\n", "b/a", false, true},
    {"/*/a\n", "b/a", false, true},
    {"/*/a\n", "b/c/a", false, false},
    {"*/a\n", "a", false, false},
    {"a\\*\n", "a*", false, true},
    {"a\\*\n", "ab", false, false},
    {"?\n", "\xC3\xBC", false, false}, /* bytes, as in git */
    {"??\n", "\xC3\xBC", false, true},
    {"*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa*a*a*a*a*a*a*a*a*a*a*b\n",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "a",
     false, false}, /* and at once */
    /* classes */
    {"[abc]\n", "b", false, true},
    {"[abc]\n", "d", false, false},
    {"[a-c]x\n", "bx", false, true},
    {"[!a-c]\n", "b", false, false},
    {"[!a-c]\n", "d", false, true},
    {"[^a-c]\n", "d", false, true},
    {"[]a]\n", "]", false, true},
    {"[!]a]\n", "]", false, false},
    {"[!]a]\n", "b", false, true},
    {"[a-]\n", "-", false, true},
    {"[-a]\n", "-", false, true},
    {"[\\]]\n", "]", false, true},
    {"[a\\-c]\n", "b", false, false},
    {"[z-a]\n", "b", false, false},
    {"[[:alpha:]_]*\n", "x1", false, true},
    {"[[:alpha:]_]*\n", "1x", false, false},
    {"[![:digit:]]\n", "1", false, false},
    {"[[:digit:][:upper:]]\n", "Q", false, true},
    {"[[:xdigit:]]\n", "g", false, false},
    {"[[:word:]a]\n", "a", false, false}, /* an unknown class matches nothing */
    {"[a\n", "[a", false, false},         /* nor does one without an end */
    {"[a\n", "a", false, false},
    {"a[!b]c\n", "a/c", true, false},
    {"b[/]a\n", "b/a", false, false},
    /* ** in its three places, and in others */
    {"**/a\n", "a", false, true},
    {"**/a\n", "b/c/a", false, true},
    {"**\\/a\n", "a", false, false}, /* an escaped slash: at least one folder, as git does */
    {"**\\/a\n", "b/c/a", false, true},
    {"b/**\\/a\n", "b/a", false, false},
    {"b/**\\/a\n", "b/c/a", false, true},
    {"**/b/a\n", "c/b/a", false, true},
    {"**/b/a\n", "b/c/a", false, false},
    {"b/**\n", "b/a", false, true},
    {"b/**\n", "b/c/a", false, true},
    {"b/**\n", "b", true, false},
    {"b/**/\n", "b/a", false, false},
    {"b/**/\n", "b/a", true, true},
    {"b/**/a\n", "b/a", false, true},
    {"b/**/a\n", "b/c/d/a", false, true},
    {"b/**/a\n", "c/b/a", false, false},
    {"a/**/b/**/c\n", "a/x/b/y/b/z/c", false, true},
    {"a/**/b/**/c\n", "a/x/y/z/c", false, false},
    {"**\n", "a", false, true},
    {"**/\n", "a", false, false},
    {"**/\n", "a", true, true},
    {"a**b\n", "axxb", false, true},
    {"/a**b\n", "a/b", true, false},
    {"b/a**\n", "b/ac", false, true},
    {"b/a**/c\n", "b/ax/y/c", false, false},
};

static void test_cases(void)
{
    for (size_t i = 0; i < countof(cases); i++) {
        struct arena *arena = arena_new();
        const struct ignore *ignore = load(arena, cases[i].patterns);
        if (!CHECK(is_out(arena, ignore, cases[i].path, cases[i].is_dir) == cases[i].out))
            fprintf(stderr, "  %s: %s\n", cases[i].patterns ? cases[i].patterns : "(fixed)",
                    cases[i].path);
        arena_free(arena);
    }
}

static void test_unreadable(void)
{
    struct arena *arena = arena_new();
    const char *path = path_join(arena, folder, ".gordonignore"), *file;
    unlink(path);
    CHECK(mkdir(path, 0700) == 0);
    CHECK(ignore_load(arena, folder, folder, &file) == NULL && diag_errors() == 1);
    CHECK(rmdir(path) == 0);
    CHECK(ignore_load(arena, path_join(arena, folder, "missing"), folder, &file) && !file);
    arena_free(arena);
}

/* Returns pseudo-random numbers, the same in each run (Numerical Recipes, 7.1). */
static unsigned random_below(unsigned n)
{
    static unsigned state = 1;
    state = state * 1664525 + 1013904223;
    return (state >> 8) % n;
}

static const char *pick(const char *const *words, unsigned n)
{
    return words[random_below(n)];
}

/* Makes a pattern of random parts. "**" is only between slashes: elsewhere gitignore(5) calls it a
 * regular '*', but in git 2.39 "foo**" + "/bar" matches "foox/y/bar", because git compares the text
 * before the first special character separately, and then finds a leading "**". */
static char *random_pattern(struct arena *arena)
{
    static const char *const parts[] = {
        "a",           "b",       "ab",    "c.x",   "*",     "a*",  "*b",          "?",
        "?b",          "[ab]",    "[!a]",  "[^b]*", "[a-c]", "*.x", "[[:alpha:]]", "[[:alpha:]]*",
        "[[:punct:]]", "[!a-b]?", "\\a",   "a\\b",  "[]a]",  "[a",  "a]",          "*a*b*",
        "[[:nope:]]",  "[\\a]",   "[z-a]", "[a-]*", "**",    "**",  "***",         "[--z]",
        "\\*",         "[a/b]"};
    struct buf buf = {0};
    if (random_below(4) == 0)
        buf_adds(&buf, "!");
    if (random_below(4) == 0)
        buf_adds(&buf, "/");
    for (unsigned n = 1 + random_below(3), i = 0; i < n; i++)
        buf_printf(&buf, "%s%s", i ? "/" : "", pick(parts, countof(parts)));
    if (random_below(5) == 0)
        buf_adds(&buf, "/");
    if (random_below(8) == 0)
        buf_adds(&buf, "  ");
    char *pattern = arena_strdup(arena, buf.data);
    buf_free(&buf);
    return pattern;
}

/* Returns git's answer for `paths`, one on each line. Each line of it ends with a tab and the path,
 * and begins with "::" if no pattern matched. */
static char *ask_git(struct arena *arena, const char *paths, size_t *len)
{
    const char *list = path_join(arena, folder, "list");
    CHECK(file_write(list, paths, strlen(paths), 0644));
    const char *command = arena_printf(
        arena,
        "cd %s && git -c core.excludesFile=/dev/null -c core.ignoreCase=false check-ignore "
        "--no-index -v -n --stdin <list >answer",
        folder);
    int status = system(command);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) <= 1); /* 1: none is ignored */
    return file_read(arena, path_join(arena, folder, "answer"), len);
}

/* git shows the last pattern that matched. The path is ignored unless that pattern is negated. */
static bool git_says_out(const char *line)
{
    const char *pattern = strchr(line, ':');
    pattern = pattern ? strchr(pattern + 1, ':') : NULL;
    return pattern && line[0] != ':' && pattern[1] != '!';
}

static const char *const tree[] = {
    "a",     "b",         "ab",          "c.x",         "]",     "-",       "*",     "z",
    "d/a",   "d/b",       "d/ab",        "d/c.x",       "d/e/a", "d/e/c.x", "a.d/a", "a.d/b/ab",
    "b.d/a", "b.d/a.x/b", "a.d/b/c.x/a", "d/a.d/b.d/a", "zz",    "d/zz",    "bb",    "b.d/bb",
};

/* Makes a tree of files, because git checks whether a path is a folder. */
static char *make_tree(struct arena *arena)
{
    struct buf paths = {0};
    for (size_t i = 0; i < countof(tree); i++) {
        CHECK(file_write(path_join(arena, folder, tree[i]), "", 0, 0644));
        buf_printf(&paths, "%s\n", tree[i]);
        for (const char *slash = tree[i]; (slash = strchr(slash, '/')); slash++)
            buf_printf(&paths, "%.*s\n", (int)(slash - tree[i]), tree[i]);
    }
    char *list = arena_strdup(arena, paths.data);
    buf_free(&paths);
    return list;
}

static size_t outcomes[2]; /* packed, ignored */

static void compare_with_git(const char *patterns, const char *paths)
{
    struct arena *arena = arena_new();
    struct ignore *ignore = load(arena, patterns);
    CHECK(file_write(path_join(arena, folder, ".gitignore"), patterns, strlen(patterns), 0644));
    size_t len;
    char *answer = ask_git(arena, paths, &len);
    for (char *line = answer; line && *line;) {
        char *end = strchr(line, '\n');
        *end = '\0';
        const char *path = strrchr(line, '\t') + 1;
        bool is_dir = file_look(path_join(arena, folder, path)) == FILE_FOLDER;
        bool out = git_says_out(line);
        outcomes[out]++;
        if (!CHECK(is_out(arena, ignore, path, is_dir) == out))
            fprintf(stderr, "  git: %s\n  of:\n%s", line, patterns);
        line = end + 1;
    }
    arena_free(arena);
}

static void test_against_git(void)
{
    struct arena *arena = arena_new();
    if (system("git --version >/dev/null 2>&1") != 0 ||
        system(arena_printf(arena, "git init -q %s", folder)) != 0) {
        printf("no git: not compared with it\n");
        arena_free(arena);
        return;
    }
    char *paths = make_tree(arena);
    for (int i = 0; i < 150; i++) {
        struct buf patterns = {0};
        for (unsigned n = 1 + random_below(3); n; n--)
            buf_printf(&patterns, "%s\n", random_pattern(arena));
        compare_with_git(patterns.data, paths);
        buf_free(&patterns);
    }
    CHECK(outcomes[false] > 1000 && outcomes[true] > 1000);
    arena_free(arena);
}

int main(void)
{
    if (!mkdtemp(folder))
        fatal("%s:", folder);
    test_cases();
    test_unreadable();
    test_against_git();
    CHECK(remove_path(folder));
    diag_end();
    return check_result();
}
