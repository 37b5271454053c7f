#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/run.h"
#include "languages/requirements.h"
#include "languages/requirements_line.h"
#include "languages/requirements_option.h"

/* An option as it was written. */
struct use {
    const struct requirements_option *option;
    struct pos pos;
    const char *raw;   /* the option with its value, as pip reads it */
    const char *value; /* with variables replaced; NULL of a flag */
    const char *from;  /* the folder where paths of files start */
    bool constraints;  /* the file is one of constraints */
    bool anywhere;     /* of the user's settings: folders of wheels may be out of the project */
};

struct requirements requirements_new(struct arena *arena, const char *root, const char *base)
{
    return (struct requirements){.arena = arena, .root = {root, EXIT_BUILD}, .base = base};
}

/* Reports an error, unless nothing is to be reported. Returns false. */
static bool refuse(const struct requirements *r, struct pos pos, const char *format, ...)
    printf_like(3, 4);

static bool refuse(const struct requirements *r, struct pos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (!r->quiet)
        diag_error(EXIT_BUILD, pos, "%s", arena_vprintf(r->arena, format, args));
    va_end(args);
    return false;
}

/* --- files -------------------------------------------------------------------------------- */

/* Sets `*path` to the absolute path of what a line names, and `*kind`. Missing is an error. */
static bool find(struct requirements *r, struct pos pos, const char *from, const char *name,
                 const char **path, enum file_kind *kind)
{
    *path = path_absolute(r->arena, path_join(r->arena, from, name));
    if (strlen(path_base(*path)) > NAME_MAX || strlen(*path) >= PATH_MAX)
        return refuse(r, pos, "no file can have a name this long");
    if (!path_within(*path, r->root.folder) && !root_holds(r->root.folder, *path))
        return refuse(r, pos, "%s is outside of the project; copy it into the project", name);
    if (r->quiet)
        *kind = file_look(*path);
    else if (!root_look(&r->root, *path, kind))
        return false;
    return *kind != FILE_MISSING ||
           refuse(r, pos, "%s is not there: no file or folder %s", name, *path);
}

/* Whether this is the first time that a file is named for this use, by whatever path. */
static bool is_new(struct requirements *r, const char *path, const char *use)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return true;
    const char *id = arena_printf(r->arena, "%s %llu %llu", use, (unsigned long long)st.st_dev,
                                  (unsigned long long)st.st_ino);
    return !table_set(r->arena, &r->seen, id, r);
}

void requirements_note_file(struct requirements *r, const char *path)
{
    if (is_new(r, path, "file"))
        array_push(r->arena, r->files, r->nfiles, path);
}

static void note_folder(struct requirements *r, const char *path)
{
    if (is_new(r, path, "folder"))
        array_push(r->arena, r->folders, r->nfolders, path);
}

static bool is_url(const char *text)
{
    return strncasecmp(text, "http:", 5) == 0 || strncasecmp(text, "https:", 6) == 0 ||
           strncasecmp(text, "ftp:", 4) == 0;
}

static const char *without_scheme(const char *value)
{
    return str_starts(value, "file://") ? value + strlen("file://") : value;
}

/* --- requirements ------------------------------------------------------------------------- */

/* A local package: its folder or file is an input. */
static bool add_path(struct requirements *r, struct requirement *new, const char *shown)
{
    enum file_kind kind = FILE_MISSING;
    bool has_toml = true, has_setup = true;
    if (!find(r, new->pos, r->base, new->what, &new->what, &kind))
        return false;
    new->folder = kind == FILE_FOLDER;
    if (!new->folder) {
        requirements_note_file(r, new->what);
        return requirement_is_archive(new->what) ||
               refuse(r, new->pos,
                      "%s is neither a wheel nor an archive; give a list of requirements by "
                      "-r",
                      shown);
    }
    if (r->quiet)
        return true;
    if (!root_has(&r->root, path_join(r->arena, new->what, "pyproject.toml"), &has_toml) ||
        !root_has(&r->root, path_join(r->arena, new->what, "setup.py"), &has_setup))
        return false;
    return has_toml || has_setup ||
           refuse(r, new->pos,
                  "%s is no package of Python: it has neither pyproject.toml nor setup.py", shown);
}

static bool add(struct requirements *r, struct pos pos, const char *plain, const char *given,
                bool editable, bool constraint)
{
    const char *text = requirements_expand(r->arena, plain);
    struct requirement new = {.pos = pos, .options = given};
    if (!requirement_parse(r->arena, text, plain, editable, &new))
        return refuse(r, pos,
                      "this is no requirement that pip takes: neither a name with versions, "
                      "nor a path, nor a URL");
    if (constraint && new.kind == REQUIREMENT_PATH)
        return refuse(r, pos, "a path is no constraint; write it as a requirement, without -c");
    if (new.kind == REQUIREMENT_PATH && !add_path(r, &new, new.what))
        return false;
    if (constraint)
        array_push(r->arena, r->constraints, r->nconstraints, new);
    else
        array_push(r->arena, r->list, r->n, new);
    return true;
}

bool requirements_add_path(struct requirements *r, struct pos pos, const char *path)
{
    struct requirement new = {.kind = REQUIREMENT_PATH, .pos = pos, .what = path};
    new.extras = new.marker = new.options = "";
    if (!add_path(r, &new, path))
        return false;
    array_push(r->arena, r->list, r->n, new);
    return true;
}

bool requirements_add(struct requirements *r, struct pos pos, const char *text)
{
    return add(r, pos, text, "", false, false);
}

/* --- options ------------------------------------------------------------------------------ */

static bool read_file(struct requirements *r, const char *path, bool constraints);

static bool include(struct requirements *r, const struct use *use, bool constraints)
{
    enum file_kind kind;
    const char *path;
    if (is_url(use->value)) {
        if (!constraints)
            return refuse(r, use->pos,
                          "a requirements file at a URL may change without a change of the "
                          "project; download it into the project");
        array_push(r->arena, r->lines, r->nlines, use->raw);
        return true;
    }
    if (!find(r, use->pos, use->from, without_scheme(use->value), &path, &kind))
        return false;
    return read_file(r, path, constraints);
}

/* A folder, or a page of links. As pip does, looks beside the file first. */
static bool find_links(struct requirements *r, const struct use *use)
{
    enum file_kind kind;
    const char *name = without_scheme(use->value), *path;
    if (is_url(use->value)) {
        array_push(r->arena, r->lines, r->nlines, use->raw);
        return true;
    }
    bool beside = file_look(path_join(r->arena, use->from, name)) != FILE_MISSING;
    path = path_absolute(r->arena, path_join(r->arena, beside ? use->from : r->base, name));
    kind = use->anywhere ? file_look(path) : FILE_MISSING;
    if (kind != FILE_FOLDER && !find(r, use->pos, beside ? use->from : r->base, name, &path, &kind))
        return false;
    if (kind == FILE_FOLDER)
        note_folder(r, path);
    else
        requirements_note_file(r, path);
    const char *const words[] = {"--find-links", path, NULL};
    array_push(r->arena, r->lines, r->nlines, run_line(r->arena, words));
    return true;
}

static bool add_index(struct requirements *r, const struct use *use)
{
    enum file_kind kind;
    const char *path;
    array_push(r->arena, r->lines, r->nlines, use->raw);
    if (!str_starts(use->value, "file:"))
        return true;
    if (!find(r, use->pos, r->base, without_scheme(use->value), &path, &kind))
        return false;
    note_folder(r, path);
    return true;
}

/* The folder of an index may hold files of any depth. */
bool requirements_add_index(struct requirements *r, struct pos pos, const char *index)
{
    enum file_kind kind;
    const char *path;
    const char *words[] = {"--extra-index-url", index, NULL};
    if (str_starts(index, "https://pypi.org/simple"))
        return true;
    if (!strstr(index, "://")) {
        if (!find(r, pos, r->base, index, &path, &kind))
            return false;
        note_folder(r, path);
        words[0] = "--find-links";
        words[1] = path;
    }
    const char *line = run_line(r->arena, words);
    for (size_t i = 0; i < r->nlines; i++)
        if (strcmp(r->lines[i], line) == 0)
            return true;
    array_push(r->arena, r->lines, r->nlines, line);
    return true;
}

static bool apply(struct requirements *r, const struct use *use)
{
    switch (use->option->kind) {
    case OPTION_REQUIREMENTS:
        return include(r, use, use->constraints);
    case OPTION_CONSTRAINTS:
        return include(r, use, true);
    case OPTION_FIND_LINKS:
        return find_links(r, use);
    case OPTION_INDEX:
        return add_index(r, use);
    case OPTION_EDITABLE:
        return add(r, use->pos, use->value, "", true, use->constraints);
    case OPTION_NO_BINARY:
        if (strcmp(use->value, ":none:") == 0)
            return true;
        return refuse(r, use->pos,
                      "a package is built from its source only if it has no wheel; remove "
                      "--no-binary");
    case OPTION_ONLY_BINARY:
        r->only_binary = r->only_binary || strcmp(use->value, ":none:") != 0;
        return true;
    case OPTION_OF_REQUIREMENT:
        return refuse(r, use->pos, "%s must follow a requirement", use->option->name);
    case OPTION_VALUE:
    case OPTION_FLAG:
        break;
    }
    array_push(r->arena, r->lines, r->nlines, use->raw);
    return true;
}

/* The text without the quotes and backslashes of a shell. */
static const char *unquoted(struct arena *arena, const char *text, size_t len)
{
    const char **words = NULL;
    size_t n = 0;
    const char *word = arena_strndup(arena, text, len);
    return run_split(arena, word, &words, &n) && n == 1 ? words[0] : word;
}

/* --- lines -------------------------------------------------------------------------------- */

/* Where the options of a line begin: at the first word with a '-', as in pip's
 * break_args_options. */
static size_t options_begin(const char *text)
{
    size_t at = strspn(text, " \t\f\v");
    while (text[at] && text[at] != '-') {
        at += strcspn(text + at, " \t\f\v");
        at += strspn(text + at, " \t\f\v");
    }
    return at;
}

static struct pos place_of(const struct requirements *r, const struct requirements_line *line,
                           struct pos pos, size_t at)
{
    return r->exported ? pos : requirements_line_pos(line, pos, at);
}

/* Takes an option and its value at `*at`. */
static bool take_option(struct requirements *r, const struct requirements_line *line, size_t *at,
                        struct use *use)
{
    const char *text = line->text;
    size_t start = *at, len = requirements_word_length(text + start);
    const char *word = unquoted(r->arena, text + start, len);
    use->pos = place_of(r, line, use->pos, start);
    use->option = requirements_option_of(word);
    if (!use->option)
        return refuse(r, use->pos,
                      "%.*s is no option of a requirements file that Gordon knows; give "
                      "arguments of pip by pip-install-extra",
                      (int)strcspn(word, "= "), word);
    const char *value = use->option->kind == OPTION_FLAG ? NULL : requirements_option_glued(word);
    size_t end = start + len;
    if (use->option->kind != OPTION_FLAG && !value) {
        size_t next = end + strspn(text + end, " \t\f\v");
        end = next + requirements_word_length(text + next);
        if (end == next)
            return refuse(r, use->pos, "%s needs a value", use->option->name);
        value = unquoted(r->arena, text + next, end - next);
    }
    use->value = value ? requirements_expand(r->arena, value) : NULL;
    if (use->option->kind == OPTION_EDITABLE) { /* `add` replaces variables itself */
        size_t marker = end + strspn(text + end, " \t\f\v");
        use->value = value;
        if (text[marker] == ';') { /* as poetry writes it; pip ignores it */
            use->value = arena_printf(r->arena, "%s %s", value, text + marker);
            end = strlen(text);
        }
    }
    use->raw = arena_strndup(r->arena, text + start, end - start);
    *at = end + strspn(text + end, " \t\f\v");
    return true;
}

/* Notes the variables of a text, except for those in the credentials of a URL: a new password
 * installs nothing else. */
static void note_variables(struct requirements *r, const char *text)
{
    size_t len;
    for (const char *at = text; (at = requirements_variable(at, &len)); at += len) {
        const char *before = at, *end = at + strcspn(at, "@/?# \t");
        while (before > text && !strchr("/ \t@", before[-1]))
            before--;
        bool credential = *end == '@' && before > text + 1 && before[-1] == '/';
        const char *name = arena_strndup(r->arena, at + 2, len - 3);
        if (!credential)
            array_push(r->arena, r->variables, r->nvariables, name);
    }
}

static bool read_line(struct requirements *r, const struct requirements_line *line, struct pos pos,
                      const char *from, bool constraints)
{
    const char *text = line->text;
    size_t begin = strspn(text, " \t\f\v"), at = options_begin(text), own = at;
    struct buf of_requirement = {0};
    bool ok = true;
    note_variables(r, text);
    while (own > begin && strchr(" \t\f\v", text[own - 1]))
        own--;
    while (ok && text[at]) {
        struct use use = {.pos = pos, .from = from, .constraints = constraints};
        ok = take_option(r, line, &at, &use);
        if (ok && own > begin && use.option->kind == OPTION_OF_REQUIREMENT)
            buf_add_item(&of_requirement, " ", use.raw);
        else
            ok = ok && apply(r, &use);
    }
    const char *given = of_requirement.data ? buf_text(r->arena, &of_requirement) : "";
    if (ok && own > begin)
        ok = add(r, place_of(r, line, pos, begin),
                 arena_strndup(r->arena, text + begin, own - begin), given, false, constraints);
    return ok;
}

static bool read_lines(struct requirements *r, struct pos pos, char *text, const char *from,
                       bool constraints)
{
    struct requirements_line line;
    int number = 0;
    bool ok = true;
    text += str_starts(text, "\xEF\xBB\xBF") ? 3 : 0;
    while (requirements_line_next(r->arena, &text, &number, &line))
        ok = read_line(r, &line, pos, from, constraints) && ok;
    return ok;
}

static bool read_file(struct requirements *r, const char *path, bool constraints)
{
    size_t len;
    char *text;
    requirements_note_file(r, path);
    if (!is_new(r, path, constraints ? "constraints" : "requirements"))
        return true;
    if (r->quiet)
        text = root_holds(r->root.folder, path)
                   ? file_read_most(r->arena, path, ROOT_READ_MAX, &len)
                   : NULL;
    else if (!root_read(r->arena, &r->root, path, &text, &len))
        return false;
    const struct pos pos = {.file = path};
    return !text || read_lines(r, pos, text, path_dir(r->arena, path), constraints);
}

bool requirements_read(struct requirements *r, const char *path)
{
    return read_file(r, path, false);
}

bool requirements_read_text(struct requirements *r, struct pos pos, char *text)
{
    r->exported = true;
    return read_lines(r, pos, text, r->base, false);
}

/* --- arguments ---------------------------------------------------------------------------- */

static bool is_ours(const struct requirements_option *option)
{
    return option && (option->kind == OPTION_REQUIREMENTS || option->kind == OPTION_CONSTRAINTS ||
                      option->kind == OPTION_EDITABLE || option->kind == OPTION_FIND_LINKS);
}

bool requirements_read_arguments(struct requirements *r, struct pos pos,
                                 const char *const *arguments, size_t n, const char ***words,
                                 size_t *nwords)
{
    bool ok = true, value = false;
    for (size_t i = 0; i < n; i++) {
        const char *word = arguments[i];
        const struct requirements_option *option =
            *word == '-' && !value ? requirements_option_of(word) : NULL;
        if (is_ours(option)) {
            const char *given = requirements_option_glued(word);
            if (!given && i + 1 == n)
                return refuse(r, pos, "%s needs a value", option->name);
            given = given ? given : arguments[++i];
            const char *const both[] = {option->name, given, NULL};
            const struct use use = {option, pos, run_line(r->arena, both), given, r->base,
                                    false,  true};
            ok = apply(r, &use) && ok;
            continue;
        }
        bool path =
            *word != '-' && !value && (strchr(word, '/') || *word == '.' || strchr(word, '@'));
        if (path)
            ok = add(r, pos, word, "", false, false) && ok;
        else
            array_push(r->arena, *words, *nwords, word);
        value = requirements_argument_has_value(word);
        r->only_binary = r->only_binary || (option && option->kind == OPTION_ONLY_BINARY);
    }
    return ok;
}

/* --- questions ---------------------------------------------------------------------------- */

static struct requirement *find_name(struct arena *arena, struct requirement *list, size_t n,
                                     const char *name)
{
    const char *wanted = requirement_name(arena, name);
    for (size_t i = 0; i < n; i++)
        if (list[i].name && strcmp(requirement_name(arena, list[i].name), wanted) == 0)
            return &list[i];
    return NULL;
}

struct requirement *requirements_find(const struct requirements *r, const char *name)
{
    return find_name(r->arena, r->list, r->n, name);
}

bool requirements_pin(const struct requirements *r, const struct requirement *requirement)
{
    const struct requirement *constraint =
        requirement->name ? find_name(r->arena, r->constraints, r->nconstraints, requirement->name)
                          : NULL;
    return requirement_is_pinned(requirement) || (constraint && requirement_is_pinned(constraint));
}
