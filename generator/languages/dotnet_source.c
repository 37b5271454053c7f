#include <string.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "languages/dotnet_source.h"
#include "sources/collect.h"
#include "sources/mirror.h"
#include "sources/package.h"

struct search {
    struct arena *arena;
    const struct package *package;
    struct collection *files;
    const char **folders; /* that were added, with all below */
    size_t nfolders;
    size_t done; /* the entries of `files` whose paths were followed */
};

static bool read_text(const struct search *search, const char *path, char **text)
{
    const struct root root = {search->package->root, EXIT_BUILD};
    size_t len;
    return root_read(search->arena, &root, path, text, &len);
}

static bool is_project(const char *name)
{
    return str_ends(name, ".csproj") || str_ends(name, ".fsproj") || str_ends(name, ".vbproj");
}

/* Whether MSBuild reads paths in a file of this name. */
static bool has_paths(const char *name)
{
    return is_project(name) || str_ends(name, ".props") || str_ends(name, ".targets") ||
           str_ends(name, ".projitems");
}

static bool add_folder(struct search *search, const char *folder)
{
    const char *const built[] = {path_join(search->arena, folder, "bin"),
                                 path_join(search->arena, folder, "obj"), NULL};
    for (size_t i = 0; i < search->nfolders; i++)
        if (path_within(folder, search->folders[i]))
            return true;
    array_push(search->arena, search->folders, search->nfolders, folder);
    return mirror_add_folder(search->arena, search->package, folder, built, search->files);
}

/* Adds the files that tools of .NET look for in `folder` and above it (Microsoft's pages "Customize
 * your build by folder", "nuget.config reference", "global.json overview"). */
static bool add_settings(struct search *search, const char *folder)
{
    static const char *const names[] = {"Directory.Build.props",
                                        "Directory.Build.targets",
                                        "Directory.Packages.props",
                                        "Directory.Build.rsp",
                                        "global.json",
                                        "nuget.config",
                                        "NuGet.config",
                                        "NuGet.Config"};
    return mirror_add_above(search->arena, search->package, folder, names, countof(names),
                            search->files);
}

/* --- paths in files of MSBuild ------------------------------------------------------------------
 */

/* Adds what a path in the folder `base` leads to: a project with its folder, another file, or the
 * folder before a wildcard. */
static bool follow(struct search *search, const char *base, const char *value, struct pos pos)
{
    const struct root root = {search->package->root, EXIT_BUILD};
    char *name = arena_strdup(search->arena, value);
    for (char *c = name; (c = strchr(c, '\\'));)
        *c = '/';
    char *wild = strpbrk(name, "*?");
    if (wild)
        *wild = '\0';
    if (wild && strchr(name, '/'))
        *strrchr(name, '/') = '\0';
    const char *path = path_absolute(search->arena, path_join(search->arena, base, name));
    enum file_kind kind;
    if (!path_within(path, search->package->root))
        return diag_error(EXIT_BUILD, pos,
                          "this leads out of the project, to %s; move it into the project, or "
                          "reference a package",
                          path);
    if (!root_look(&root, path, &kind))
        return false;
    if (kind == FILE_FOLDER)
        return add_folder(search, path);
    if (kind == FILE_MISSING) /* it may be a condition's; dotnet reports it, if it needs it */
        return true;
    if (!is_project(path))
        return mirror_add_file(search->package, path, search->files);
    const char *folder = path_dir(search->arena, path);
    return add_folder(search, folder) && add_settings(search, folder);
}

/* A path that leads upwards, after properties that stand for the file's own folder; or NULL. */
static const char *upwards(const char *text)
{
    static const char *const own[] = {"$(MSBuildThisFileDirectory)",
                                      "$(MSBuildProjectDirectory)\\",
                                      "$(MSBuildProjectDirectory)/",
                                      "$(ProjectDir)",
                                      ".\\",
                                      "./"};
    for (size_t i = 0; i < countof(own); i++)
        if (str_starts(text, own[i]))
            text += strlen(own[i]);
    return str_starts(text, "../") || str_starts(text, "..\\") ? text : NULL;
}

static bool follow_line(struct search *search, const char *path, const char *line, int number)
{
    const char *base = path_dir(search->arena, path);
    bool ok = true;
    for (const char *c = line; (c = strpbrk(c, "\"'>;"));) {
        const char *value = upwards(++c);
        size_t len = value ? strcspn(value, "\"'<;") : 0;
        struct pos pos = {path, number, (int)(c - line) + 1,
                          value ? (int)(value - c + (long)len) : 0};
        if (value)
            ok = follow(search, base, arena_strndup(search->arena, value, len), pos) && ok;
    }
    return ok;
}

static bool follow_file(struct search *search, const char *path)
{
    char *text;
    bool ok = read_text(search, path, &text);
    int number = 0;
    for (char *line; ok && text && (line = strsep(&text, "\n"));)
        ok = follow_line(search, path, line, ++number);
    return ok;
}

static bool follow_all(struct search *search)
{
    bool ok = true;
    for (; search->done < search->files->nentries; search->done++) {
        const char *path = search->files->entries[search->done].source;
        ok = (!has_paths(path) || follow_file(search, path)) && ok;
    }
    return ok;
}

/* --- the project file ---------------------------------------------------------------------------
 */

/* The text of an element that is on one line, or NULL. */
static const char *element(struct arena *arena, const char *text, const char *name)
{
    const char *begin = strstr(text, arena_printf(arena, "<%s>", name));
    if (!begin)
        return NULL;
    begin += strlen(name) + 2;
    return arena_strndup(arena, begin, strcspn(begin, "<\r\n"));
}

static bool find_project(struct search *search, struct dotnet_source *source)
{
    const struct package *package = search->package;
    const struct root root = {package->root, EXIT_BUILD};
    char **names, *text = NULL;
    size_t n = 0;
    *source = (struct dotnet_source){0};
    if (!root_list(search->arena, &root, package->code, &names, &n))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (is_project(names[i]) && source->project)
            return diag_error(
                EXIT_BUILD, package->pos,
                "it is not clear which project %s is: %s or %s; give each a folder of "
                "its own",
                package->reference, source->project, names[i]);
        if (is_project(names[i]))
            source->project = names[i];
        source->locked = source->locked || strcmp(names[i], "packages.lock.json") == 0;
    }
    if (!source->project ||
        !read_text(search, path_join(search->arena, package->code, source->project), &text) ||
        !text)
        return diag_error(EXIT_BUILD, package->pos, "%s has no project file of .NET in %s",
                          package->reference, package->code);
    source->framework = element(search->arena, text, "TargetFramework");
    source->several = element(search->arena, text, "TargetFrameworks");
    return true;
}

/* Whether a file was made by an earlier build of a project, in its folder bin or obj. */
static bool is_built(const char *name)
{
    return strstr(name, "/obj/") || strstr(name, "/bin/");
}

bool dotnet_source_find(struct arena *arena, const struct package *package,
                        struct collection *files, struct dotnet_source *source)
{
    struct search search = {.arena = arena, .package = package, .files = files};
    bool ok = find_project(&search, source) && add_folder(&search, package->code) &&
              add_settings(&search, package->code) && follow_all(&search);
    size_t kept = 0;
    for (size_t i = 0; i < files->nentries; i++)
        if (!is_built(files->entries[i].name))
            files->entries[kept++] = files->entries[i];
    files->nentries = kept;
    collect_sort(files);
    return ok;
}
