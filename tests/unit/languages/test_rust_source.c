#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "languages/rust_source.h"
#include "sources/collect.h"
#include "sources/package.h"

static char folder[] = "/tmp/gordon-test-rust-source-XXXXXX";
static struct arena *arena;

static void put(const char *path, const char *text)
{
    CHECK(file_write(path_join(arena, folder, path), text, strlen(text), 0644));
}

/* The files that cargo needs by this manifest of the code; "refused" after an error. */
static const char *found(const char *manifest)
{
    struct package package = {
        .arena = arena, .code = path_join(arena, folder, "code"), .root = folder, .work = "work"};
    struct collection files = {.arena = arena};
    struct rust_source source;
    struct buf names = {0};
    put("code/Cargo.toml", manifest);
    bool ok = rust_source_find(arena, &package, &files, &source);
    diag_flush();
    for (size_t i = 0; ok && i < files.nentries; i++)
        buf_printf(&names, "%s ", files.entries[i].name);
    return ok ? buf_text(arena, &names) : "refused";
}

static bool finds(const char *manifest, const char *names)
{
    const char *all = found(manifest);
    if (strcmp(all, names) == 0)
        return true;
    fprintf(stderr, "  %s: %s\n", manifest, all);
    return false;
}

int main(void)
{
    if (!CHECK(mkdtemp(folder)))
        return check_result();
    arena = arena_new();
    put("code/src/main.rs", "");
    put("build.rs", "");
    put("other/Cargo.toml", "[package]\nname = \"other\"\n");
    put("other/src/lib.rs", "");
    CHECK(finds("[package]\n", "code/Cargo.toml code/src/main.rs "));
    CHECK(finds("[package]\nbuild = \"../build.rs\"\n",
                "build.rs code/Cargo.toml code/src/main.rs "));
    CHECK(finds("[package]\nbuild = \"../missing.rs\"\n", "code/Cargo.toml code/src/main.rs "));
    CHECK(finds("[dependencies]\nother = { path = \"../other\" }\n",
                "code/Cargo.toml code/src/main.rs other/Cargo.toml other/src/lib.rs "));
    CHECK(finds("[package]\nbuild = \"../../build.rs\"\n", "refused"));
    CHECK(finds("[dependencies]\nother = { path = \"/etc\" }\n", "refused"));
    CHECK(remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
