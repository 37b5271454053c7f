#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/root.h"
#include "base/util.h"
#include "check.h"
#include "diag_flushed.h"

static struct arena *arena;
static const char *top; /* the absolute path of the test's folder */

#define OUT     "this link leads out of the project; copy what it links to"
#define NOWHERE "this link leads nowhere; correct or remove it"
#define ITSELF  "this link leads to itself; correct or remove it"
#define PIPE    "cannot be read: it is a pipe, a socket or a device, not a file"

static void touch(const char *path)
{
    CHECK(file_write(path, path, strlen(path), 0644));
}

static const char *flushed(void)
{
    return diag_flushed(arena, "flushed");
}

static void make_tree(void)
{
    touch("in/file"), touch("in/folder/file"), touch("in/a.b/..c"), touch("out/file");
    touch("inside/file"); /* its name begins as that of the root */
    CHECK(symlink("folder", "in/link") == 0 && symlink("../out", "in/away") == 0);
    CHECK(symlink("../inside", "in/near") == 0 && symlink("nothing", "in/gone") == 0);
    CHECK(symlink("loop", "in/loop") == 0 && symlink("link/file", "in/twice") == 0);
    CHECK(symlink(path_join(arena, top, "in/file"), "in/absolute") == 0);
    CHECK(symlink("../in/folder", "in/around") == 0 && symlink("in", "root") == 0);
    CHECK(mkfifo("in/pipe", 0644) == 0 && symlink("pipe", "in/to pipe") == 0);
}

/* An error is "<place>: <text>". */
static const struct look {
    const char *path; /* below the root */
    enum file_kind kind;
    const char *place, *text;
} looks[] = {
    {"file", FILE_REGULAR, NULL, NULL},
    {"folder", FILE_FOLDER, NULL, NULL},
    {"folder/file", FILE_REGULAR, NULL, NULL},
    {"a.b/..c", FILE_REGULAR, NULL, NULL},
    {"none", FILE_MISSING, NULL, NULL},
    {"none/none", FILE_MISSING, NULL, NULL},
    {"folder/none", FILE_MISSING, NULL, NULL},
    {"link", FILE_FOLDER, NULL, NULL},
    {"link/file", FILE_REGULAR, NULL, NULL},
    {"link/none", FILE_MISSING, NULL, NULL},
    {"twice", FILE_REGULAR, NULL, NULL},
    {"absolute", FILE_REGULAR, NULL, NULL},
    {"around/file", FILE_REGULAR, NULL, NULL},
    {"folder/../file", FILE_REGULAR, NULL, NULL},
    {"link/../file", FILE_REGULAR, NULL, NULL},
    {"../in/file", FILE_REGULAR, NULL, NULL},
    {"../none", FILE_MISSING, NULL, NULL},
    {"away", FILE_MISSING, "away", OUT},
    {"away/file", FILE_MISSING, "away", OUT},
    {"away/none", FILE_MISSING, "away", OUT},
    {"near/file", FILE_MISSING, "near", OUT},
    {"gone", FILE_MISSING, "gone", NOWHERE},
    {"gone/file", FILE_MISSING, "gone", NOWHERE},
    {"loop", FILE_MISSING, "loop", ITSELF},
    {"pipe", FILE_OTHER, "pipe", PIPE},
    {"to pipe", FILE_OTHER, "to pipe", PIPE},
    {"file/below", FILE_MISSING, "file", "cannot be read: Not a directory"},
    {"../out/file", FILE_REGULAR, "../out/file",
     "this lies outside of the project; copy it into the project"},
    {"../inside", FILE_REGULAR, "../inside",
     "this lies outside of the project; copy it into the project"},
    {"folder/../gone", FILE_MISSING, "folder/../gone", NOWHERE},
    {"folder/../loop", FILE_MISSING, "folder/../loop", ITSELF},
};

static void looks_like(const char *folder, const struct look *look)
{
    const struct root root = {folder, EXIT_OTHER};
    enum file_kind kind;
    bool ok = root_look(&root, path_join(arena, folder, look->path), &kind);
    const char *expected = !look->text
                               ? ""
                               : arena_printf(arena, "%s: error: %s\n",
                                              path_join(arena, folder, look->place), look->text);
    const char *said = flushed();
    if (!CHECK(ok == !look->text && strcmp(said, expected) == 0 && (!ok || kind == look->kind)))
        fprintf(stderr, "  %s in %s: %d %s", look->path, folder, kind, said);
}

/* The same by a relative root, an absolute one, and through a link. */
static void test_look(void)
{
    const char *const folders[] = {"in", "in/", path_join(arena, top, "in"), "root", "../tree/in"};
    for (size_t i = 0; i < countof(looks); i++)
        for (size_t k = 0; k < countof(folders); k++)
            looks_like(folders[k], &looks[i]);
    CHECK(chdir("in") == 0);
    for (size_t i = 0; i < countof(looks); i++)
        looks_like(".", &looks[i]);
    CHECK(chdir("..") == 0 && unlink("in/flushed") == 0);
}

static void test_read(void)
{
    const struct root root = {"in", EXIT_OTHER}, own = {NULL, EXIT_OTHER};
    char *text, **names;
    bool there;
    size_t n;
    CHECK(root_read(arena, &root, "in/link/file", &text, &n) && n == strlen("in/folder/file"));
    CHECK(text && strcmp(text, "in/folder/file") == 0);
    CHECK(root_read(arena, &root, "in/none", &text, &n) && !text && !n);
    CHECK(root_has(&root, "in/file", &there) && there && root_has(&root, "in/none", &there) &&
          !there);
    CHECK(root_list(arena, &root, "in/none", &names, &n) && !names && !n);
    CHECK(root_list(arena, &root, "in/folder", &names, &n) && n == 1 &&
          strcmp(names[0], "file") == 0);
    CHECK(root_read(arena, &own, "in/away/file", &text, &n) && text); /* it has no root */
    CHECK(root_list(arena, &own, "/", &names, &n) && n &&
          root_list(arena, &own, "in/", &names, &n));
    CHECK(n && root_list(arena, &own, ".", &names, &n) && n);
    CHECK(strcmp(flushed(), "") == 0);
    CHECK(!root_read(arena, &root, "in/folder", &text, &n) && !text);
    CHECK(!root_has(&root, "in/link", &there) && !there);
    CHECK(!root_list(arena, &root, "in/file", &names, &n) && !names);
    CHECK(!root_read(arena, &own, "in/gone", &text, &n));
    CHECK(truncate("out/file", 65 << 20) == 0 && !root_read(arena, &own, "out/file", &text, &n));
    CHECK(strcmp(flushed(), "in/gone: error: " NOWHERE "\n" /* it was the first in test_look */
                            "in/file: error: cannot be read: Not a directory\n"
                            "in/folder: error: cannot be read: it is a folder, not a file\n"
                            "in/link: error: cannot be read: it is a folder, not a file\n"
                            "out/file: error: cannot be read: it has more than 64 MB\n") == 0);
}

static void has_links(const char *path, const char *expected)
{
    size_t n;
    const char **folders = root_links(arena, "in", path, &n), *all = "";
    for (size_t i = 0; i < n; i++)
        all = arena_printf(arena, "%s%s%s", all, *all ? " " : "", path_below(top, folders[i]));
    if (!CHECK(strcmp(all, expected) == 0))
        fprintf(stderr, "  %s: %s\n", path, all);
}

static void test_links(void)
{
    has_links("in/folder/file", "");
    has_links("in/link/file", "in");
    has_links("in/twice", "in in");
    has_links("in/none", "");
    has_links("in/around", "in");
    has_links("root/link", "in"); /* the link to the root is not in it */
    touch("in/deep/er/file");
    CHECK(symlink("../twice", "in/deep/first") == 0 && symlink("deep/first", "in/zeroth") == 0);
    has_links("in/zeroth", "in in/deep in in");
    CHECK(symlink("pong", "in/ping") == 0 && symlink("ping", "in/pong") == 0);
    size_t n;
    root_links(arena, "in", "in/ping", &n);
    CHECK(n == 40);
}

static void test_holds(void)
{
    CHECK(root_holds("in", "in/folder/file") && root_holds("root", "in/file"));
    CHECK(root_holds("in", "in/twice") && root_holds("in", "out/../in/file"));
    CHECK(!root_holds("in", "in/away") && !root_holds("in", "inside/file"));
    CHECK(!root_holds("in", "in/none") && !root_holds("none", "in/file"));
    CHECK(strcmp(flushed(), "") == 0);
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-root-XXXXXX";
    arena = arena_new();
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0) || !CHECK(file_mkdirs("tree")) ||
        !CHECK(chdir("tree") == 0))
        return check_result();
    top = path_absolute(arena, ".");
    make_tree();
    test_look();
    test_read();
    test_links();
    test_holds();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    return check_result();
}
