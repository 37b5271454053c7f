#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "sources/above.h"

/* --- XML ---------------------------------------------------------------------------------- */

enum { DEPTH_MAX = 32 }; /* elements of a POM that are looked at */

/* A text in a POM, with the names of the elements around it, as in "project/parent/version". */
struct text {
    const char *path, *value;
    size_t offset, len; /* in the file, without white space around it */
};

struct texts {
    struct text *items;
    size_t n;
};

static void add_text(struct arena *arena, struct texts *texts, const char *all, size_t start,
                     size_t end, const char *path)
{
    while (start < end && isspace((unsigned char)all[start]))
        start++;
    while (end > start && isspace((unsigned char)all[end - 1]))
        end--;
    array_push(
        arena, texts->items, texts->n,
        ((struct text){path, arena_strndup(arena, all + start, end - start), start, end - start}));
}

/* The end of a comment, an instruction or a declaration at `at`, or 0 if there is none. */
static size_t skip_markup(const char *all, size_t at)
{
    static const char *const marks[][2] = {{"<!--", "-->"}, {"<?", "?>"}, {"<!", ">"}};
    for (size_t i = 0; i < countof(marks); i++)
        if (str_starts(all + at, marks[i][0])) {
            const char *end = strstr(all + at, marks[i][1]);
            return end ? (size_t)(end - all) + strlen(marks[i][1]) : strlen(all);
        }
    return 0;
}

/* Reads the texts of all elements that have no other elements in them. */
static struct texts read_texts(struct arena *arena, const char *all)
{
    struct texts texts = {0};
    const char *path = "";
    size_t start = 0;
    bool leaf = false;
    for (size_t at = strcspn(all, "<"); all[at]; at += strcspn(all + at, "<")) {
        size_t skipped = skip_markup(all, at);
        if (skipped) {
            at = skipped;
            continue;
        }
        size_t end = at + strcspn(all + at, ">");
        size_t name = strcspn(all + at + 1, "/> \t\r\n");
        if (all[at + 1] == '/') {
            if (leaf)
                add_text(arena, &texts, all, start, at, path);
            path = *path && strchr(path, '/') ? path_dir(arena, path) : "";
            leaf = false;
        } else {
            const char *inner =
                arena_printf(arena, "%s%s%.*s", path, *path ? "/" : "", (int)name, all + at + 1);
            leaf = all[end] && all[end - 1] != '/';
            if (leaf)
                path = inner;
            else
                add_text(arena, &texts, all, at, at, inner);
            start = end + 1;
        }
        at = end;
    }
    return texts;
}

static const struct text *find_text(const struct texts *texts, const char *path)
{
    for (size_t i = 0; i < texts->n; i++)
        if (strcmp(texts->items[i].path, path) == 0)
            return &texts->items[i];
    return NULL;
}

/* --- a POM -------------------------------------------------------------------------------- */

struct maven {
    struct arena *arena;
    struct above *above;
    struct table seen; /* POMs by their paths */
    int depth;
};

static bool read_pom(struct maven *maven, const char *pom, bool modules);

/* The path in a text, for names such as "file://${project.basedir}/../libs"; NULL if it is none. A
 * path that stays below the POM needs no look. */
static const char *path_in(struct arena *arena, const struct text *text, const char *folder)
{
    static const char *const variables[] = {"${project.basedir}", "${basedir}", "${pom.basedir}"};
    const char *value = text->value;
    bool file = str_starts(value, "file:");
    if (file) {
        value += strlen("file:");
        size_t slashes = strspn(value, "/");
        value += slashes ? slashes - 1 : 0; /* file:/x and file:///x are /x */
    }
    for (size_t i = 0; i < countof(variables); i++) {
        const char *variable = variables[i];
        const char *at = value + (*value == '/');
        if (str_starts(at, variable))
            value = arena_printf(arena, "%s%s", folder, at + strlen(variable));
    }
    if (strchr(value, '$') || strpbrk(value, "*?\n"))
        return NULL;
    bool absolute = *value == '/' && (file || str_ends(text->path, "/systemPath"));
    return absolute || strstr(value, "../") || strcmp(value, "..") == 0 ? value : NULL;
}

static struct above_name name_of(const char *pom, const char *all, const struct text *text,
                                 const char *folder, const char *value, const char *what)
{
    return (struct above_name){.manifest = pom,
                               .text = all,
                               .offset = text->offset,
                               .len = text->len,
                               .folder = folder,
                               .value = value,
                               .what = what};
}

/* The POM that a path of 'relativePath' or 'module' means: itself, or pom.xml in that folder. */
static const char *pom_at(struct arena *arena, const char *path)
{
    return file_look(path) == FILE_FOLDER ? path_join(arena, path, "pom.xml") : path;
}

/* Whether a POM may be the parent that another one names: Maven looks for it in a repository if the
 * file has other coordinates. */
static bool is_parent(struct maven *maven, const char *pom, const char *artifact)
{
    size_t len;
    char *all = file_read_most(maven->arena, pom, ROOT_READ_MAX, &len);
    struct texts texts = all ? read_texts(maven->arena, all) : (struct texts){0};
    const struct text *own = find_text(&texts, "project/artifactId");
    return own && strcmp(own->value, artifact) == 0;
}

static bool read_parent(struct maven *maven, const char *pom, const char *all,
                        const struct texts *texts)
{
    const char *folder = path_dir(maven->arena, pom), *path;
    const struct text *artifact = find_text(texts, "project/parent/artifactId");
    const struct text *relative = find_text(texts, "project/parent/relativePath");
    const char *value = relative ? relative->value : "../pom.xml";
    if (!artifact || !*value || strchr(value, '$'))
        return true;
    const char *file =
        pom_at(maven->arena, path_absolute(maven->arena, path_join(maven->arena, folder, value)));
    if (!is_parent(maven, file, artifact->value)) {
        array_push(maven->arena, maven->above->looked, maven->above->nlooked, file);
        return true;
    }
    const struct above_name name =
        name_of(pom, all, relative ? relative : artifact, folder, file, "the parent of this POM");
    return above_add(maven->arena, maven->above, &name, &path) &&
           (!path || read_pom(maven, path, false));
}

static bool read_paths(struct maven *maven, const char *pom, const char *all,
                       const struct texts *texts, bool modules)
{
    const char *folder = path_dir(maven->arena, pom), *path;
    bool ok = true;
    for (size_t i = 0; i < texts->n; i++) {
        const struct text *text = &texts->items[i];
        bool module = str_ends(text->path, "modules/module");
        const char *value = module ? text->value : path_in(maven->arena, text, folder);
        if (!value || strcmp(text->path, "project/parent/relativePath") == 0 ||
            (module && !modules))
            continue;
        struct above_name name =
            name_of(pom, all, text, folder, value, module ? "this module" : "this path");
        bool added = above_add(maven->arena, maven->above, &name, &path);
        if (added && module && path)
            added = read_pom(maven, pom_at(maven->arena, path), true);
        ok = added && ok;
    }
    return ok;
}

/* Reads a POM and what it names. `modules`: it is part of the reactor. */
static bool read_pom(struct maven *maven, const char *pom, bool modules)
{
    char *all;
    if (table_get(&maven->seen, pom) || maven->depth >= DEPTH_MAX)
        return true;
    table_set(maven->arena, &maven->seen, pom, maven);
    if (!above_read(maven->arena, maven->above, pom, &all))
        return false;
    if (!all)
        return true;
    struct texts texts = read_texts(maven->arena, all);
    maven->depth++;
    bool ok = read_parent(maven, pom, all, &texts);
    ok = read_paths(maven, pom, all, &texts, modules) && ok;
    maven->depth--;
    return ok;
}

/* --- the reactor -------------------------------------------------------------------------- */

/* Whether the POM in `folder` has the project in `member` as a module. */
static bool has_module(struct maven *maven, const char *folder, const char *member, bool *has)
{
    char *all;
    struct arena *arena = maven->arena;
    *has = false;
    if (!above_read(arena, maven->above, path_join(arena, folder, "pom.xml"), &all))
        return false;
    struct texts texts = all ? read_texts(arena, all) : (struct texts){0};
    for (size_t i = 0; i < texts.n; i++) {
        const char *path = path_absolute(arena, path_join(arena, folder, texts.items[i].value));
        if (str_ends(texts.items[i].path, "modules/module") &&
            (strcmp(path, member) == 0 || strcmp(path, path_join(arena, member, "pom.xml")) == 0))
            *has = true;
    }
    return true;
}

/* Finds the top of the reactor: a POM above that has the one below it as a module. */
static bool find_reactor(struct maven *maven)
{
    struct above *above = maven->above;
    const char *folder = above->run;
    bool has;
    while (strcmp(folder, above->project) != 0 && path_within(folder, above->project)) {
        folder = path_dir(maven->arena, folder);
        if (!has_module(maven, folder, above->run, &has))
            return false;
        if (has)
            above->run = folder;
        const char *mvn = path_join(maven->arena, folder, ".mvn");
        if (file_look(mvn) == FILE_FOLDER)
            above_extend(maven->arena, above, folder);
        array_push(maven->arena, above->looked, above->nlooked, mvn);
    }
    above_extend(maven->arena, above, above->run);
    return true;
}

bool above_maven(struct arena *arena, struct above *above)
{
    struct maven maven = {.arena = arena, .above = above};
    above->base = above->run = above->code;
    bool ok = find_reactor(&maven);
    if (strcmp(above->run, above->code) != 0)
        ok = read_pom(&maven, path_join(arena, above->run, "pom.xml"), true) && ok;
    return read_pom(&maven, path_join(arena, above->code, "pom.xml"), true) && ok;
}
