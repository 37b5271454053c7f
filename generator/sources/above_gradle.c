#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "sources/above.h"

enum { DEPTH_MAX = 32 }; /* build files that apply each other */

struct gradle {
    struct arena *arena;
    struct above *above;
    struct table seen; /* build files by their paths */
    const char *top;   /* the folder of the settings file, or the code folder */
    int depth;
};

static bool read_file(struct gradle *gradle, const char *path);

/* --- strings of Groovy and Kotlin --------------------------------------------------------- */

/* The end of a comment at `at`, or `at` if there is none. */
static size_t skip_comment(const char *all, size_t at)
{
    if (str_starts(all + at, "//"))
        return at + strcspn(all + at, "\n");
    if (!str_starts(all + at, "/*"))
        return at;
    const char *end = strstr(all + at + 2, "*/");
    return end ? (size_t)(end - all) + 2 : strlen(all);
}

/* Finds the next string from `*at` on. Sets its place without the quotes, and moves `*at` behind
 * it. Returns false at the end. */
static bool next_string(const char *all, size_t *at, size_t *offset, size_t *len)
{
    while (all[*at]) {
        size_t behind = skip_comment(all, *at);
        if (behind != *at) {
            *at = behind;
            continue;
        }
        char quote = all[*at];
        if (quote != '\'' && quote != '"') {
            ++*at;
            continue;
        }
        size_t quotes = all[*at + 1] == quote && all[*at + 2] == quote ? 3 : 1;
        *offset = *at += quotes;
        for (; all[*at] && strncmp(all + *at, all + *offset - quotes, quotes) != 0; ++*at)
            if (all[*at] == '\\' && all[*at + 1])
                ++*at;
            else if (quotes == 1 && all[*at] == '\n')
                break;
        *len = *at - *offset;
        *at += all[*at] ? quotes : 0;
        return true;
    }
    return false;
}

/* --- what they name ----------------------------------------------------------------------- */

/* The folder in which a path begins, by a variable at its start, which is taken off. */
static const char *begin_of(const struct gradle *gradle, const char *folder, const char **value)
{
    static const struct {
        const char *variable;
        bool top;
    } variables[] = {
        {"$rootDir", true},
        {"${rootDir}", true},
        {"$projectDir", false},
        {"${projectDir}", false},
        {"${rootProject.projectDir}", true},
        {"${project.projectDir}", false},
        {"$settingsDir", true},
        {"${settingsDir}", true},
    };
    for (size_t i = 0; i < countof(variables); i++)
        if (str_starts(*value, variables[i].variable)) {
            *value += strlen(variables[i].variable);
            *value += **value == '/';
            return variables[i].top ? gradle->top : folder;
        }
    return folder;
}

/* Reads the build file of a project that is named as ":libs:words". */
static bool read_project(struct gradle *gradle, const char *name)
{
    static const char *const files[] = {"build.gradle", "build.gradle.kts"};
    char *path = arena_strdup(gradle->arena, name + 1);
    bool ok = true;
    for (char *c = path; *c; c++)
        *c = *c == ':' ? '/' : *c;
    if (!*path || path_parts_fault(path))
        return true;
    for (size_t i = 0; i < countof(files); i++)
        ok = read_file(gradle, path_join(gradle->arena, path_join(gradle->arena, gradle->top, path),
                                         files[i])) &&
             ok;
    return ok;
}

static bool add_string(struct gradle *gradle, const char *file, const char *all, size_t offset,
                       size_t len)
{
    struct arena *arena = gradle->arena;
    const char *value = arena_strndup(arena, all + offset, len), *path;
    if (*value == ':')
        return read_project(gradle, value);
    const char *folder = begin_of(gradle, path_dir(arena, file), &value);
    bool script = str_ends(value, ".gradle") || str_ends(value, ".gradle.kts");
    if (strpbrk(value, "$*\n") ||
        (!script && !strstr(value, "../") && !str_ends(value, "/..") && strcmp(value, "..") != 0))
        return true;
    const struct above_name name = {file, all, offset, len, folder, value, "this path"};
    if (!above_add(arena, gradle->above, &name, &path))
        return false;
    return !path || !script || read_file(gradle, path);
}

static bool read_file(struct gradle *gradle, const char *path)
{
    char *all;
    size_t at = 0, offset, len;
    if (table_get(&gradle->seen, path) || gradle->depth >= DEPTH_MAX)
        return true;
    table_set(gradle->arena, &gradle->seen, path, gradle);
    if (!above_read(gradle->arena, gradle->above, path, &all))
        return false;
    bool ok = true;
    gradle->depth++;
    while (all && next_string(all, &at, &offset, &len))
        ok = add_string(gradle, path, all, offset, len) && ok;
    gradle->depth--;
    return ok;
}

/* --- the settings file -------------------------------------------------------------------- */

static const char *const settings_files[] = {"settings.gradle", "settings.gradle.kts"};

/* Finds the folder of the settings file: the next one above the code, as Gradle does. */
static void find_top(struct gradle *gradle)
{
    struct above *above = gradle->above;
    for (const char *folder = above->code;; folder = path_dir(gradle->arena, folder)) {
        for (size_t i = 0; i < countof(settings_files); i++) {
            const char *path = path_join(gradle->arena, folder, settings_files[i]);
            array_push(gradle->arena, above->looked, above->nlooked, path);
            if (file_look(path) != FILE_MISSING) {
                gradle->top = folder;
                return;
            }
        }
        if (strcmp(folder, above->project) == 0 || !path_within(folder, above->project))
            return;
    }
}

bool above_gradle(struct arena *arena, struct above *above)
{
    static const char *const files[] = {"settings.gradle", "settings.gradle.kts", "build.gradle",
                                        "build.gradle.kts"};
    struct gradle gradle = {.arena = arena, .above = above, .top = above->code};
    bool ok = true;
    above->base = above->run = above->code;
    find_top(&gradle);
    above_extend(arena, above, gradle.top);
    for (size_t i = 0; i < countof(files); i++) {
        ok = read_file(&gradle, path_join(arena, gradle.top, files[i])) && ok;
        ok = read_file(&gradle, path_join(arena, above->code, files[i])) && ok;
    }
    return ok;
}
