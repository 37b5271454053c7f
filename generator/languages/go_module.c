#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "languages/go_module.h"
#include "settings/project.h"
#include "sources/collect.h"
#include "sources/package.h"

struct find {
    struct arena *arena;
    const struct package *package;
    struct collection *inputs;
    struct go_module *module;
    struct root root; /* by its real path */
};

/* --- looking for files -------------------------------------------------------------------- */

/* Sets `*there` to whether the folder has the file, and notes it, or that it is missing. */
static bool look(struct find *find, const char *folder, const char *name, bool *there)
{
    const char *path = path_join(find->arena, folder, name);
    if (!root_has(&find->root, path, there))
        return false;
    if (*there) {
        collect_input(find->inputs, path);
        collect_links(find->inputs, path, find->root.folder);
    } else {
        collect_missing(find->inputs, path);
    }
    return true;
}

/* Sets `*found` to the folder of the file, which is that of the code or the next one above it in
 * the project that has the file; or to NULL. */
static bool look_above(struct find *find, const char *name, const char **found)
{
    const char *root = find->root.folder, *folder = find->module->folder;
    const char *dir = path_within(folder, root) ? folder : NULL;
    bool there = false;
    *found = NULL;
    for (; dir && !there; dir = path_above(find->arena, dir, root)) {
        if (!look(find, dir, name, &there))
            return false;
        *found = there ? dir : NULL;
    }
    return true;
}

static const char *look_outside(struct find *find)
{
    const char *dir = find->root.folder;
    while (strcmp(dir, "/") != 0) {
        dir = path_dir(find->arena, dir);
        if (file_look(path_join(find->arena, dir, "go.mod")) == FILE_REGULAR)
            return dir;
    }
    return NULL;
}

/* --- the syntax of go.mod and go.work ----------------------------------------------------- */

/* A word of a line: its place in the text, and its value without quotes. */
struct word {
    size_t start, end;
    const char *value;
};

enum { WORDS_MAX = 8 }; /* more than a directive that names a path has */

struct line {
    struct word words[WORDS_MAX];
    size_t n;
};

/* Reads one word, which may be a string in "..." or `...`. */
static struct word read_word(struct arena *arena, const char *text, size_t at)
{
    struct word word = {.start = at};
    char quote = text[at] == '"' || text[at] == '`' ? text[at] : '\0';
    struct buf value = {0};
    for (at += quote != '\0'; text[at] && text[at] != '\n'; at++) {
        if (quote ? text[at] == quote
                  : strchr(" \t\r", text[at]) || str_starts(text + at, "//") ||
                        (at > word.start && strchr("()", text[at])))
            break;
        if (quote == '"' && text[at] == '\\' && text[at + 1] && text[at + 1] != '\n')
            at++;
        buf_add(&value, text + at, 1);
        if (!quote && strchr("()", text[at])) {
            at++;
            break;
        }
    }
    word.end = at + (quote && text[at] == quote);
    word.value = buf_text(arena, &value);
    return word;
}

/* Reads the words of the line that begins at `*at`, and moves `*at` behind it. */
static struct line read_line(struct arena *arena, const char *text, size_t *at)
{
    struct line line = {.n = 0};
    for (*at += strspn(text + *at, " \t\r"); text[*at] && text[*at] != '\n';
         *at += strspn(text + *at, " \t\r")) {
        if (str_starts(text + *at, "//")) {
            *at += strcspn(text + *at, "\n");
            break;
        }
        struct word word = read_word(arena, text, *at);
        if (line.n < WORDS_MAX)
            line.words[line.n++] = word;
        *at = word.end;
    }
    *at += text[*at] == '\n';
    return line;
}

/* The word of a directive that names a folder; NULL if none does. A path of `replace` is one only
 * if it begins like "./" or "/" (modfile.IsDirectoryPath). */
static const struct word *named_folder(const char *verb, const struct line *line, size_t first)
{
    static const char *const begins[] = {"./", "../", "/"};
    if (strcmp(verb, "use") == 0)
        return first < line->n && strcmp(line->words[first].value, "(") != 0 ? &line->words[first]
                                                                             : NULL;
    for (size_t i = first; strcmp(verb, "replace") == 0 && i + 1 < line->n; i++) {
        const struct word *next = &line->words[i + 1];
        if (strcmp(line->words[i].value, "=>") != 0)
            continue;
        for (size_t k = 0; k < countof(begins); k++)
            if (str_starts(next->value, begins[k]))
                return next;
        return strcmp(next->value, ".") == 0 || strcmp(next->value, "..") == 0 ? next : NULL;
    }
    return NULL;
}

static struct pos pos_of(struct find *find, const char *path, const char *text,
                         const struct word *word)
{
    struct pos pos = {.file = path, .line = 1};
    size_t start = 0;
    for (size_t i = 0; i < word->start; i++)
        if (text[i] == '\n') {
            pos.line++;
            start = i + 1;
        }
    struct arena *arena = find->arena;
    pos.column = 1 + (int)str_characters(arena_strndup(arena, text + start, word->start - start));
    pos.length =
        (int)str_characters(arena_strndup(arena, text + word->start, word->end - word->start));
    project_show_lines(arena, find->package->project_path, path);
    return pos;
}

/* --- the folders that they name ----------------------------------------------------------- */

/* Adds the folder of a module. Returns false after reporting that it is not in the project. */
static bool add_local(struct find *find, const char *path, const char *text, const char *verb,
                      const struct word *word, const char **folder)
{
    struct go_module *module = find->module;
    const char *base = path_dir(find->arena, path);
    *folder = path_absolute(find->arena, path_join(find->arena, base, word->value));
    char *real = realpath(*folder, NULL);
    bool within = path_within(real ? real : *folder, find->root.folder);
    free(real);
    if (!within)
        return diag_error(EXIT_BUILD, pos_of(find, path, text, word),
                          "'%s' leads to %s, which is not in the project; move that module into "
                          "the folder of the project's settings.yml%s",
                          verb, *folder,
                          strcmp(verb, "use") == 0 ? ", or remove this line"
                                                   : ", or require a version of it");
    array_push(find->arena, module->local, module->nlocal, *folder);
    return true;
}

/* Writes a part of go.work, with the absolute path of a folder behind it. */
static void add_rewritten(struct buf *out, const char *text, size_t *from, const struct word *word,
                          const char *folder)
{
    buf_add(out, text + *from, word->start - *from);
    buf_adds(out, "\"");
    for (const char *c = folder; *c; c++)
        buf_printf(out, "%s%c", strchr("\"\\", *c) ? "\\" : "", *c);
    buf_adds(out, "\"");
    *from = word->end;
}

/* Reads a go.mod or go.work. With `used`, adds the folders of its 'use' there. With `rewritten`,
 * writes there the text with absolute paths. */
static bool read_manifest(struct find *find, const char *path, struct buf *rewritten,
                          const char ***used, size_t *nused)
{
    char *text;
    size_t len, from = 0, at = 0;
    if (!root_read(find->arena, &find->root, path, &text, &len))
        return false;
    const char *block = NULL; /* the verb of "verb (" */
    bool ok = true;
    while (text && at < len && text[at]) {
        struct line line = read_line(find->arena, text, &at);
        const char *verb = block ? block : line.n ? line.words[0].value : "", *folder;
        const struct word *word = named_folder(verb, &line, block ? 0 : 1);
        if (!block && line.n > 1 && strcmp(line.words[1].value, "(") == 0)
            block = line.words[0].value;
        else if (line.n && strcmp(line.words[0].value, ")") == 0)
            block = NULL, word = NULL;
        if (!word)
            continue;
        ok = add_local(find, path, text, verb, word, &folder) && ok;
        if (used && strcmp(verb, "use") == 0)
            array_push(find->arena, *used, *nused, folder);
        if (rewritten)
            add_rewritten(rewritten, text, &from, word, folder);
    }
    if (rewritten && text)
        buf_adds(rewritten, text + from);
    return ok;
}

/* Notes the go.mod and go.sum of a module, and reads what its go.mod replaces. */
static bool read_module(struct find *find, const char *folder)
{
    bool there;
    const char *path = path_join(find->arena, folder, "go.mod");
    return look(find, folder, "go.mod", &there) && look(find, folder, "go.sum", &there) &&
           read_manifest(find, path, NULL, NULL, NULL);
}

/* Reads go.work and the modules that it uses. */
static bool read_work(struct find *find)
{
    struct go_module *module = find->module;
    struct buf text = {0};
    const char **used = NULL;
    size_t n = 0;
    bool there;
    bool ok =
        look(find, module->work, "go.work.sum", &there) &&
        read_manifest(find, path_join(find->arena, module->work, "go.work"), &text, &used, &n);
    for (size_t i = 0; ok && i < n; i++)
        ok = read_module(find, used[i]);
    module->work_text = buf_text(find->arena, &text);
    return ok;
}

/* Notes the go.mod of the modules in the project: Go reads their requirements. */
static bool note_local(struct find *find)
{
    bool ok = true, there;
    for (size_t i = 0; ok && i < find->module->nlocal; i++)
        ok = look(find, find->module->local[i], "go.mod", &there);
    return ok;
}

bool go_module_find(struct arena *arena, const struct package *package, struct collection *inputs,
                    struct go_module *module)
{
    const char *code =
        package->kind == FILE_FOLDER ? package->code : path_dir(arena, package->code);
    char *root = realpath(package->root, NULL), *folder = realpath(code, NULL);
    if (!root || !folder)
        fatal("%s: cannot be found:", root ? code : package->root);
    *module = (struct go_module){.root = arena_strdup(arena, root),
                                 .folder = arena_strdup(arena, folder)};
    free(root);
    free(folder);
    struct find find = {arena, package, inputs, module, {module->root, EXIT_BUILD}};
    const char *gowork = getenv("GOWORK");
    if (!look_above(&find, "go.mod", &module->module))
        return false;
    if (!module->module) {
        module->outside = look_outside(&find);
        return true;
    }
    if (!(gowork && strcmp(gowork, "off") == 0) && !look_above(&find, "go.work", &module->work))
        return false;
    array_push(arena, module->local, module->nlocal, module->module);
    bool ok = module->work ? read_work(&find) : read_module(&find, module->module);
    return ok && note_local(&find) &&
           look(&find, path_join(arena, module->work ? module->work : module->module, "vendor"),
                "modules.txt", &module->vendored);
}
