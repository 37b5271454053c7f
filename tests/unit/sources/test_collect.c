#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "archive/entry.h"
#include "archive/zip.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "diag_flushed.h"
#include "sources/collect.h"

static struct arena *arena;

static void touch(const char *path, unsigned mode)
{
    CHECK(file_write(path, path, strlen(path), mode));
}

/* Returns the sorted names, with a star after each executable file: "name name*". */
static const char *entries(const struct collection *c)
{
    struct buf text = {0};
    for (size_t i = 0; i < c->nentries; i++)
        buf_printf(&text, "%s%s%s", i ? " " : "", c->entries[i].name,
                   c->entries[i].executable ? "*" : "");
    const char *copy = arena_strdup(arena, text.data ? text.data : "");
    buf_free(&text);
    return copy;
}

/* Returns the output of diag_flush. Paths are relative, because the test's folder is the current
 * one. */
static const char *flushed(void)
{
    return diag_flushed(arena, "../flushed");
}

static void finds(const char *dir, const char *root, const char *names, const char *errors)
{
    struct collection c = {.arena = arena};
    bool ok = collect_dir(&c, dir, path_absolute(arena, root));
    collect_sort(&c);
    const char *found = entries(&c), *said = flushed();
    if (!CHECK(ok == !*errors && strcmp(said, errors) == 0 && (!ok || strcmp(found, names) == 0)))
        fprintf(stderr, "  %s: %s\n%s", dir, found, said);
}

static void test_files(void)
{
    touch("code/b.py", 0644), touch("code/a/z", 0600), touch("code/a.py", 0644);
    touch("code/run", 0755), touch("code/.hidden", 0644), touch("code/.folder/.x", 0644);
    touch("code/B", 0644), touch("code/\u00E9", 0644), touch("code/two words", 0711);
    CHECK(file_mkdirs("code/empty/folder"));
    finds("code", ".", ".folder/.x .hidden B a.py a/z b.py run* two words* \u00E9", "");
    finds("code/", ".", ".folder/.x .hidden B a.py a/z b.py run* two words* \u00E9", "");
    finds("code/empty", ".", "", "");
    finds("gone", ".", "", "gone: error: No such file or directory\n");
    finds("code/run", ".", "", "code/run/.gordonignore: error: cannot be read: Not a directory\n");
}

static void test_never_packed(void)
{
    static const char *const left_out[] = {
        ".git/config", "__pycache__/a.pyc",  "b.pyc", ".DS_Store", "c~",
        ".idea/x",     "d/__pycache__/e.pyc"};
    for (size_t i = 0; i < countof(left_out); i++)
        touch(path_join(arena, "ignored", left_out[i]), 0644);
    touch("ignored/kept", 0644);
    CHECK(symlink("/etc", "ignored/d/.git") == 0); /* an ignored link may lead out of the folder */
    finds("ignored", ".", "kept", "");
}

static void test_links_in(void)
{
    touch("links/real/file", 0755), touch("shared/code", 0644);
    CHECK(symlink("real/file", "links/file") == 0 && symlink("real", "links/folder") == 0);
    CHECK(symlink("../shared", "links/shared") == 0 && symlink("file", "links/twice") == 0);
    finds("links", ".", "file* folder/file* real/file* shared/code twice*", "");
    finds("links", "links", "",
          "links/shared: error: this link leads out of the project; copy what it links to\n");
    /* the folder may be a link, and the path of the root may have one */
    CHECK(symlink("shared", "linked") == 0 && symlink(".", "root") == 0);
    finds("linked", "root", "code", "");
}

static void test_links_out(void)
{
    touch("out/ok", 0644);
    CHECK(symlink("/etc/passwd", "out/file") == 0 && symlink("/etc", "out/folder") == 0);
    CHECK(symlink("nowhere", "out/gone") == 0 && symlink("self", "out/self") == 0);
    CHECK(symlink("../../tree-more", "out/like") ==
          0); /* a folder whose name begins like the root's */
    finds("out", ".", "",
          "out/file: error: this link leads out of the project; copy what it links to\n"
          "out/folder: error: this link leads out of the project; copy what it links to\n"
          "out/gone: error: this link leads nowhere; correct or remove it\n"
          "out/like: error: this link leads out of the project; copy what it links to\n"
          "out/self: error: this link leads to itself; correct or remove it\n");
}

/* Two links to each level: a walk that follows them would take 2^40 steps. */
static void test_loops(void)
{
    touch("loop/a/file", 0644);
    CHECK(symlink(".", "loop/one") == 0 && symlink("..", "loop/a/two") == 0);
    finds("loop", ".", "",
          "loop/a/two: error: this link leads to a folder that contains it, and would never end\n"
          "loop/one: error: this link leads to a folder that contains it, and would never end\n");
    CHECK(symlink("../..", "shared/up") == 0 && file_mkdirs("ping/a") && file_mkdirs("ping/b"));
    CHECK(symlink("../b", "ping/a/x") == 0 && symlink("../b", "ping/a/y") == 0);
    CHECK(symlink("../a", "ping/b/x") == 0 && symlink("../a", "ping/b/y") == 0);
    finds("shared", ".", "",
          "shared/up: error: this link leads to a folder that contains it, and would never end\n");
    finds("ping", ".", "",
          "ping/a/x/x: error: this link leads to a folder that contains it, and would never end\n"
          "ping/a/x/y: error: this link leads to a folder that contains it, and would never end\n"
          "ping/a/y/x: error: this link leads to a folder that contains it, and would never end\n"
          "ping/a/y/y: error: this link leads to a folder that contains it, and would never end\n"
          "ping/b/x/x: error: this link leads to a folder that contains it, and would never end\n"
          "ping/b/x/y: error: this link leads to a folder that contains it, and would never end\n"
          "ping/b/y/x: error: this link leads to a folder that contains it, and would never end\n"
          "ping/b/y/y: error: this link leads to a folder that contains it, and would never end\n");
}

static void test_deep(void)
{
    struct buf path = {0};
    buf_adds(&path, "deep");
    for (int i = 0; i < 63; i++)
        buf_adds(&path, "/d");
    touch(arena_printf(arena, "%s/file", path.data), 0644);
    finds("deep", ".", arena_printf(arena, "%s/file", path.data + 5), "");
    touch(arena_printf(arena, "%s/d/file", path.data), 0644);
    finds("deep", ".", "",
          arena_printf(arena, "%s/d: error: folders are nested too deep\n", path.data));
    buf_free(&path);
}

static void test_no_files(void)
{
    struct sockaddr_un address = {AF_UNIX, "special/socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(file_mkdirs("special") && mkfifo("special/fifo", 0644) == 0);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    close(fd);
    CHECK(symlink("fifo", "special/link") == 0);
    finds("special", ".", "",
          "special/fifo: error: neither a file nor a folder; a zip cannot hold it\n"
          "special/link: error: neither a file nor a folder; a zip cannot hold it\n"
          "special/socket: error: neither a file nor a folder; a zip cannot hold it\n");
}

/* The inputs have all files and folders, because a new file in a folder must build again. */
static void test_inputs(void)
{
    static const char *const inputs[] = {"code/a.py", "code/noted", "in",
                                         "in/a",      "in/a/file",  "in/empty"};
    struct collection c = {.arena = arena};
    touch("in/a/file", 0644);
    CHECK(file_mkdirs("in/empty"));
    CHECK(collect_dir(&c, "in", path_absolute(arena, ".")) && collect_file(&c, "code/a.py", "x"));
    collect_input(&c, "code/noted");
    qsort(c.inputs, c.ninputs, sizeof *c.inputs, str_compare);
    CHECK(c.ninputs == countof(inputs));
    for (size_t i = 0; i < countof(inputs) && i < c.ninputs; i++)
        CHECK(strcmp(c.inputs[i], inputs[i]) == 0);
}

/* The inputs that the links of `path` add, without the folder of the tests. */
static const char *linked(const char *path)
{
    struct collection c = {.arena = arena};
    struct buf text = {0};
    char *here = realpath("..", NULL);
    collect_links(&c, path_absolute(arena, path), ".");
    for (size_t i = 0; here && i < c.ninputs; i++)
        buf_printf(&text, "%s%s", i ? " " : "",
                   str_starts(c.inputs[i], here) ? c.inputs[i] + strlen(here) + 1 : c.inputs[i]);
    const char *copy = arena_strdup(arena, text.data ? text.data : "");
    buf_free(&text);
    free(here);
    return copy;
}

/* A link that is replaced changes its folder, so that folder is an input, if it is the project's.
 */
static void test_link_inputs(void)
{
    touch("notes/real/file", 0644), touch("notes/far/file", 0644);
    CHECK(symlink("real", "notes/one") == 0 && symlink("far/two", "notes/more") == 0);
    CHECK(symlink("../one", "notes/far/two") == 0);
    CHECK(file_mkdirs("../beside") && symlink("../../beside/back", "notes/away") == 0);
    CHECK(symlink("../tree/notes/one", "../beside/back") == 0);
    const struct {
        const char *path, *inputs;
    } cases[] = {
        {"notes/real/file", ""},
        {"notes/one/file", "tree/notes"},
        {"notes/one", "tree/notes"},
        {"notes/more/file", "tree/notes tree/notes/far tree/notes"},
        {"notes/away/file", "tree/notes tree/notes"}, /* but not the folder `beside` */
        {"notes/gone", ""},
    };
    for (size_t i = 0; i < countof(cases); i++)
        if (!CHECK(strcmp(linked(cases[i].path), cases[i].inputs) == 0))
            fprintf(stderr, "  %s: %s\n", cases[i].path, linked(cases[i].path));
}

static void test_sort(void)
{
    struct collection c = {.arena = arena};
    CHECK(collect_file(&c, "code/run", "z") && collect_file(&c, "code/B", "a") &&
          collect_file(&c, "code/B", "z") && collect_file(&c, "code/B", "B"));
    collect_sort(&c);
    CHECK(strcmp(entries(&c), "B a z*") == 0 && strcmp(c.entries[2].source, "code/run") == 0);
    CHECK(!collect_file(&c, "gone", "x"));
    CHECK(strcmp(flushed(), "gone: error: No such file or directory\n") == 0);
    struct collection none = {.arena = arena};
    collect_sort(&none);
    CHECK(none.nentries == 0);
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-collect-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    CHECK(file_mkdirs("tree") && file_mkdirs("tree-more") && chdir("tree") == 0);
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_files();
    test_never_packed();
    test_links_in();
    test_links_out();
    test_inputs();
    test_link_inputs();
    test_sort();
    test_loops();
    test_deep();
    test_no_files();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
