#include <fnmatch.h>
#include <jansson.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "languages/node_manifest.h"

static const char mark[] = "\xEF\xBB\xBF"; /* of the byte order; npm skips it */

/* The keys of a manifest whose values name packages. Those of the second kind replace what other
 * packages name, and may be nested. */
static const struct {
    const char *key;
    bool replaces;
} lists[] = {
    {"dependencies", false},    {"optionalDependencies", false},
    {"devDependencies", false}, {"peerDependencies", false},
    {"overrides", true},        {"resolutions", true},
};

/* npm, "scripts": what `npm ci` and `npm install` run. */
static const char *const install_scripts[] = {"preinstall", "install", "postinstall"};
static const char *const prepare_scripts[] = {"prepublish", "preprepare", "prepare", "postprepare"};

/* --- places ------------------------------------------------------------------------------- */

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static struct pos pos_at(const char *file, const char *text, const char *at, size_t len)
{
    struct pos pos = {.file = file, .line = 1, .column = 1, .length = (int)len};
    for (; text < at; text++) {
        pos.column = *text == '\n' ? 1 : pos.column + ((*text & 0xC0) != 0x80);
        pos.line += *text == '\n';
    }
    return pos;
}

/* The place of `"name": "spec"`, of which the spec counts. */
static struct pos place_of(struct arena *arena, const char *file, const char *text,
                           const char *name, const char *spec)
{
    const char *key = arena_printf(arena, "\"%s\"", name);
    const char *value = arena_printf(arena, "\"%s\"", spec);
    for (const char *at = text; (at = strstr(at, key)); at++) {
        const char *colon = skip_space(at + strlen(key));
        const char *found = *colon == ':' ? skip_space(colon + 1) : "";
        if (str_starts(found, value))
            return pos_at(file, text, found, strlen(value));
    }
    return (struct pos){.file = file};
}

/* --- specs -------------------------------------------------------------------------------- */

static bool is_archive(const char *spec)
{
    return str_ends(spec, ".tgz") || str_ends(spec, ".tar.gz") || str_ends(spec, ".tar");
}

/* `file:` may be followed by slashes, which are no part of a relative path. */
static const char *without_slashes(const char *path)
{
    size_t slashes = strspn(path, "/");
    const char *rest = path + slashes;
    return !slashes || *rest == '.' || *rest == '~' ? rest : rest - 1;
}

const char *node_spec_path(struct arena *arena, const char *spec)
{
    static const char *const protocols[] = {"file:", "link:", "portal:", "workspace:"};
    (void)arena;
    for (size_t i = 0; i < countof(protocols); i++)
        if (strncasecmp(spec, protocols[i], strlen(protocols[i])) == 0) {
            const char *path = without_slashes(spec + strlen(protocols[i]));
            return i < countof(protocols) - 1 || strchr("./~", *path) ? path : NULL;
        }
    if (strchr("./", *spec) || str_starts(spec, "~/"))
        return *spec ? spec : NULL;
    const char *slash = strchr(spec, '/');
    if (strpbrk(spec, ":@#") || (slash && !strchr(slash + 1, '/')))
        return NULL; /* a URL, or user/repository of GitHub */
    return slash || is_archive(spec) ? spec : NULL;
}

/* --- workspaces --------------------------------------------------------------------------- */

/* Whether the parts of a path match those of a pattern, in which ** stands for any number. */
static bool match(struct arena *arena, const char *pattern, const char *path, bool above)
{
    size_t len = strcspn(pattern, "/"), part = strcspn(path, "/");
    const char *rest = pattern + len + (pattern[len] == '/');
    const char *below = path + part + (path[part] == '/');
    bool any = len == 2 && str_starts(pattern, "**");
    if (!*path)
        return above || !*pattern || (any && match(arena, rest, path, above));
    if (any)
        return match(arena, rest, path, above) || match(arena, pattern, below, above);
    return *pattern &&
           fnmatch(arena_strndup(arena, pattern, len), arena_strndup(arena, path, part),
                   FNM_PERIOD) == 0 &&
           match(arena, rest, below, above);
}

/* Matches each of the patterns that a{b,c} stands for. */
static bool match_braces(struct arena *arena, const char *pattern, const char *path, bool above)
{
    const char *open = strchr(pattern, '{'), *close = open ? strchr(open, '}') : NULL;
    if (!close)
        return match(arena, pattern, path, above);
    for (const char *word = open + 1; word <= close;) {
        size_t len = strcspn(word, ",}");
        if (match_braces(arena,
                         arena_printf(arena, "%.*s%.*s%s", (int)(open - pattern), pattern, (int)len,
                                      word, close + 1),
                         path, above))
            return true;
        word += len + 1;
    }
    return false;
}

bool node_workspace_has(struct arena *arena, const char *const *patterns, size_t n,
                        const char *path, bool above)
{
    bool has = false;
    for (size_t i = 0; i < n; i++) {
        const char *pattern = patterns[i];
        bool negated = *pattern == '!';
        pattern += negated;
        pattern += str_starts(pattern, "./") ? 2 : 0;
        pattern += strspn(pattern, "/");
        size_t len = strlen(pattern);
        while (len && pattern[len - 1] == '/')
            len--;
        if (negated ? has && !above : !has)
            has = match_braces(arena, arena_strndup(arena, pattern, len), path, above) != negated;
    }
    return has;
}

/* Reads the items of the list `packages`, each on a line of its own, as pnpm writes them. */
void node_manifest_pnpm(struct arena *arena, const char *yaml, struct node_manifest *m)
{
    char *rest = arena_strdup(arena, yaml);
    const char **patterns = NULL;
    size_t n = 0;
    bool inside = false;
    for (char *line; (line = strsep(&rest, "\n"));) {
        char *item = line + strspn(line, " \t-");
        size_t len = strcspn(item, "\r#");
        while (len && strchr(" \t\"'", item[len - 1]))
            len--;
        if (*item && item[strspn(item, "\"'")] == '#')
            continue;
        if (item == line && len)
            inside = str_starts(line, "packages:");
        else if (inside && len)
            array_push(arena, patterns, n,
                       arena_strndup(arena, item + strspn(item, "\"'"), len - strspn(item, "\"'")));
    }
    if (n) {
        m->workspaces = patterns;
        m->nworkspaces = n;
        m->pnpm = true;
    }
}

bool node_manifest_json(struct arena *arena, const char *root, const char *dir, json_t **json)
{
    const struct root place = {root, EXIT_BUILD};
    char *text;
    size_t len;
    *json = NULL;
    if (!root_read(arena, &place, path_join(arena, dir, "package.json"), &text, &len))
        return false;
    if (text)
        *json = json_loads(text + (str_starts(text, mark) ? strlen(mark) : 0), 0, NULL);
    return true;
}

/* --- manifests ---------------------------------------------------------------------------- */

static void add_dependency(struct arena *arena, struct node_manifest *m, const char *text,
                           const char *name, const char *spec, bool replaces)
{
    struct node_dependency dependency = {
        .name = arena_strdup(arena, name),
        .spec = arena_strdup(arena, spec),
        .replaces = replaces,
        .pos = place_of(arena, m->file, text, name, spec),
    };
    dependency.path = node_spec_path(arena, dependency.spec);
    array_push(arena, m->dependencies, m->ndependencies, dependency);
}

static void add_list(struct arena *arena, struct node_manifest *m, const char *text, json_t *list,
                     bool replaces)
{
    const char *name;
    json_t *value;
    json_object_foreach(list, name, value) {
        if (json_is_string(value))
            add_dependency(arena, m, text, name, json_string_value(value), replaces);
        else if (replaces)
            add_list(arena, m, text, value, true);
    }
}

/* `workspaces` is a list of patterns, or a map that has it as `packages`. */
static void add_workspaces(struct arena *arena, struct node_manifest *m, json_t *workspaces)
{
    size_t i;
    json_t *value;
    if (json_is_object(workspaces))
        workspaces = json_object_get(workspaces, "packages");
    json_array_foreach(workspaces, i, value) {
        if (json_is_string(value))
            array_push(arena, m->workspaces, m->nworkspaces,
                       arena_strdup(arena, json_string_value(value)));
    }
}

static bool has_any(json_t *scripts, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (json_object_get(scripts, names[i]))
            return true;
    return false;
}

bool node_manifest_parse(struct arena *arena, const char *file, const char *text,
                         struct node_manifest *m)
{
    json_error_t error;
    text += str_starts(text, mark) ? strlen(mark) : 0;
    json_t *json = json_loads(text, 0, &error);
    *m = (struct node_manifest){.file = file, .dir = path_dir(arena, file)};
    if (!json_is_object(json)) {
        struct pos pos = {.file = file,
                          .line = json ? 1 : error.line,
                          .column = json || error.column < 1 ? 1 : error.column};
        json_decref(json);
        return diag_error(EXIT_BUILD, pos, "a package.json must be an object in JSON: %s",
                          json ? "it is something else" : error.text);
    }
    for (size_t i = 0; i < countof(lists); i++)
        add_list(arena, m, text, json_object_get(json, lists[i].key), lists[i].replaces);
    add_list(arena, m, text, json_object_get(json_object_get(json, "pnpm"), "overrides"), true);
    add_workspaces(arena, m, json_object_get(json, "workspaces"));
    json_t *scripts = json_object_get(json, "scripts");
    m->installs = has_any(scripts, install_scripts, countof(install_scripts));
    m->prepares = has_any(scripts, prepare_scripts, countof(prepare_scripts));
    const char *name = json_string_value(json_object_get(json, "name"));
    m->name = name ? arena_strdup(arena, name) : NULL;
    json_decref(json);
    return true;
}
