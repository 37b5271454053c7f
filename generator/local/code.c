#include "local/code.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/zip_unpack.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "languages/cache.h"

#define VERSION "code 1\n" /* changes when the same zips are unpacked in another way */

static bool cannot_write(const char *path)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be written: %s",
                      strerror(errno));
}

static bool digest_of(const struct code *code, char key[SHA256_HEX])
{
    struct digest all;
    char hex[SHA256_HEX];
    sha256_init(&all);
    sha256_add(&all, VERSION, strlen(VERSION));
    for (size_t i = 0; i < code->n; i++) {
        if (!zip_unpack_digest(code->zips[i], hex))
            return false;
        sha256_add(&all, hex, sizeof hex);
    }
    if (code->extra) {
        sha256_add(&all, code->extra, strlen(code->extra) + 1);
        sha256_add(&all, code->extra_text, strlen(code->extra_text) + 1);
    }
    sha256_hex(&all, key);
    return true;
}

/* Unpacks everything into a new folder. */
static bool fill(struct arena *arena, const struct code *code, const char *folder)
{
    if (mkdir(folder, 0700) != 0)
        return cannot_write(folder);
    for (size_t i = 0; i < code->n; i++)
        if (!zip_unpack(arena, code->zips[i], folder))
            return false;
    const char *extra = code->extra ? path_join(arena, folder, code->extra) : NULL;
    if (extra && unlink(extra) != 0 && errno != ENOENT)
        return cannot_write(extra);
    if (extra && !file_write(extra, code->extra_text, strlen(code->extra_text), 0444))
        return cannot_write(extra);
    return zip_unpack_close(folder) || cannot_write(folder);
}

/* Unpacks beside `tree`, and renames. */
static bool make(struct arena *arena, const struct code *code, const char *tree)
{
    const char *unfinished = arena_printf(arena, "%s.new", tree);
    if (!remove_path(unfinished))
        return cannot_write(unfinished);
    bool ok =
        fill(arena, code, unfinished) && (rename(unfinished, tree) == 0 || cannot_write(tree));
    if (!ok)
        remove_path(unfinished);
    return ok;
}

const char *code_unpack(struct arena *arena, const struct code *code)
{
    const char *dir = NULL;
    char key[SHA256_HEX];
    struct cache_entry entry;
    if (!cache_dir(&dir) || !digest_of(code, key))
        return NULL;
    if (!dir) {
        diag_error(EXIT_OTHER, (struct pos){0},
                   "there is no folder for unpacked code; name one with GORDON_CACHE_DIR");
        return NULL;
    }
    if (!cache_lock(arena, dir, arena_strdup(arena, key), &entry)) {
        cannot_write(dir);
        return NULL;
    }
    const char *tree = path_join(arena, entry.folder, "tree");
    bool ok = file_look(tree) == FILE_FOLDER || make(arena, code, tree);
    cache_unlock(&entry);
    return ok ? tree : NULL;
}
