#include <string.h>

#include "archive/entry.h"
#include "archive/zip_look.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/mapping.h"
#include "base/util.h"
#include "languages/compiled.h"
#include "sources/collect.h"
#include "sources/package.h"

struct compiled {
    struct arena *arena;
    const struct package *package;
    bool warned_runtime, warned_architecture;
};

/* The first word of `words` that is not `word`, or NULL. */
static const char *other_word(struct arena *arena, const char *words, const char *word)
{
    for (size_t len; *words; words += len + (words[len] == ' ')) {
        len = strcspn(words, " ");
        if (len != strlen(word) || strncmp(words, word, len) != 0)
            return arena_strndup(arena, words, len);
    }
    return NULL;
}

static void warn_of(const struct compiled *c, const char *file, const char *works,
                    const char *other)
{
    diag_warning(c->package->pos,
                 "%s has compiled files for %s only, such as %s, which do not work with %s; make a "
                 "layer for each",
                 c->package->reference, works, file, other);
}

/* Returns "python3.12" for a module named *.cpython-312-*, else NULL. */
static const char *python_of(struct arena *arena, const char *file)
{
    static const char sign[] = ".cpython-3";
    const char *tag = strstr(path_base(file), sign);
    size_t len = tag ? strspn(tag + strlen(sign), STR_DIGITS) : 0;
    return len ? arena_printf(arena, "python3.%.*s", (int)len, tag + strlen(sign)) : NULL;
}

static void look(struct compiled *c, const char *file)
{
    const struct package *package = c->package;
    bool compiled = str_ends(file, ".so") || str_ends(file, ".node") || strstr(file, ".so.");
    if (!compiled)
        return;
    const char *python = python_of(c->arena, file);
    const char *runtime = python ? other_word(c->arena, package->runtimes, python) : NULL;
    const char *architecture = other_word(c->arena, package->architectures, package->architecture);
    if (architecture && !c->warned_architecture)
        warn_of(c, file, package->architecture, architecture);
    if (runtime && !c->warned_runtime)
        warn_of(c, file, python, runtime);
    c->warned_architecture = c->warned_architecture || architecture;
    c->warned_runtime = c->warned_runtime || runtime;
}

void compiled_warn(struct arena *arena, const struct package *package, const struct collection *own,
                   const char *dependencies)
{
    struct compiled c = {.arena = arena, .package = package};
    struct mapping file;
    struct zip_look zip;
    struct zip_seen seen;
    bool can_differ = package->layer && (*package->runtimes || *package->architectures);
    for (size_t i = 0; can_differ && i < own->nentries; i++)
        look(&c, own->entries[i].name);
    if (!can_differ || !dependencies || !mapping_open(&file, dependencies))
        return; /* packing reports a zip that cannot be read */
    if (zip_look_begin(&zip, file.data, file.len))
        while (zip_look_next(&zip, &seen))
            look(&c, arena_strndup(arena, seen.name, seen.name_len));
    mapping_close(&file);
}
