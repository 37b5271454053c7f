#include <string.h>

#include "archive/entry.h"
#include "archive/zip.h"
#include "base/file.h"
#include "base/util.h"
#include "resources/bundle.h"
#include "sources/collect.h"
#include "sources/layout.h"
#include "sources/package.h"

static const struct layout {
    const char *folder;           /* of the language in a layer */
    const char *code;             /* how names of files in the language end */
    const char *own;              /* where the code's own files go */
    const char *from, *installed; /* where installed files go that begin with `from` */
} layouts[] = {
    [LANG_PYTHON] = {"python/", ".py", "python/", "", "python/"},
    [LANG_NODE] = {"nodejs/", ".js", "nodejs/", "", "nodejs/"},
    [LANG_JAVA] = {"java/", ".jar", "java/lib/", "lib/", "java/lib/"},
    [LANG_RUBY] = {"ruby/", ".rb", "ruby/lib/", "vendor/bundle/ruby/", "ruby/gems/"},
    [LANG_NONE] = {NULL},
};

/* Folders of any layer, besides those of languages: for programs, shared libraries and extensions
 * of Lambda. */
static const char *const common[] = {"bin/", "lib/", "extensions/"};

static bool is_common(const char *name)
{
    for (size_t i = 0; i < countof(common); i++)
        if (str_starts(name, common[i]))
            return true;
    return false;
}

static bool is_jar(const char *name)
{
    return str_ends(name, ".jar");
}

/* Whether a file is in a folder that any layer may have. A lib/ with code of the language is no
 * such folder, but a part of the code. */
static bool is_of_layers(const struct layout *layout, const char *name)
{
    for (size_t i = 0; i < countof(layouts); i++)
        if (layouts[i].folder && str_starts(name, layouts[i].folder))
            return true;
    return is_common(name) && !(str_starts(name, "lib/") && str_ends(name, layout->code));
}

/* Whether the files have the folders of a layer already. */
static bool is_laid_out(const struct package *package, const struct collection *c)
{
    const struct layout *layout = &layouts[package->language];
    bool all = true, own = false;
    for (size_t i = 0; i < c->nentries; i++) {
        own = own || str_starts(c->entries[i].name, layout->folder);
        all = all && is_of_layers(layout, c->entries[i].name);
    }
    return own || all;
}

static void move_below(struct arena *arena, struct pack_entry *entry, const char *from,
                       const char *to)
{
    entry->name = arena_printf(arena, "%s%s", to, entry->name + strlen(from));
}

/* Java takes only jars from a layer: the classes and other files go into one. */
static bool lay_out_java(struct arena *arena, const struct package *package, struct collection *c)
{
    const char *name = arena_printf(arena, "%s.jar", package_id(package));
    const char *jar = path_join(arena, package->work, name);
    struct collection classes = {.arena = arena};
    size_t kept = 0;
    for (size_t i = 0; i < c->nentries; i++) {
        struct pack_entry *entry = &c->entries[i];
        if (is_jar(entry->name))
            move_below(arena, entry, str_starts(entry->name, "lib/") ? "lib/" : "", "java/lib/");
        else if (!is_common(entry->name)) {
            array_push(arena, classes.entries, classes.nentries, *entry);
            continue;
        }
        c->entries[kept++] = *entry;
    }
    c->nentries = kept;
    if (!classes.nentries)
        return true;
    collect_sort(&classes);
    struct pack_entry made = {.name = arena_printf(arena, "java/lib/%s", name), .source = jar};
    array_push(arena, c->entries, c->nentries, made);
    return zip_write(jar, classes.entries, classes.nentries);
}

static bool has_layout(const struct package *package)
{
    return package->layer && layouts[package->language].folder && !package_is_zip(package) &&
           !bundle_target(package->code);
}

bool layout_own(struct arena *arena, const struct package *package, struct collection *c)
{
    if (!has_layout(package) || is_laid_out(package, c))
        return true;
    if (package->language == LANG_JAVA)
        return lay_out_java(arena, package, c);
    for (size_t i = 0; i < c->nentries; i++)
        move_below(arena, &c->entries[i], "", layouts[package->language].own);
    return true;
}

void layout_installed(struct arena *arena, const struct package *package, struct collection *c)
{
    const struct layout *layout = &layouts[package->language];
    size_t kept = 0;
    for (size_t i = 0; has_layout(package) && i < c->nentries; i++)
        if (str_starts(c->entries[i].name, layout->from)) {
            move_below(arena, &c->entries[i], layout->from, layout->installed);
            c->entries[kept++] = c->entries[i];
        }
    if (has_layout(package))
        c->nentries = kept;
}
