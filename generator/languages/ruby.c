#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "languages/installer.h"
#include "languages/installers.h"
#include "languages/installing.h"
#include "languages/ruby_script.h"
#include "sources/collect.h"
#include "sources/package.h"

static const char *const ruby_programs[] = {"ruby", NULL};

/* --- paths in a Gemfile ----------------------------------------------------------------------- */

/* Words of a Gemfile after which a text in quotes names a file or folder (bundler's "Gemfile(5)").
 */
static const struct word {
    const char *text;
    bool only_path; /* it may also be a URL */
} words[] = {{"path:", false},        {":path =>", false}, {":path=>", false}, {"path ", false},
             {"eval_gemfile", false}, {"git:", true},      {":git =>", true}};

static bool is_path(const struct word *word, const char *value)
{
    return *value && !strstr(value, "#{") &&
           (!word->only_path || strchr("./", *value) || str_starts(value, "file:"));
}

/* The text in quotes that follows a word in a line, and its column. NULL if there is none. */
static char *text_after(struct arena *arena, const char *line, const struct word *word, int *column)
{
    const char *found = strstr(line, word->text), *hash = strchr(line, '#');
    if (!found || (hash && hash < found))
        return NULL;
    const char *quote = found + strlen(word->text);
    quote += strspn(quote, " \t(");
    const char *end = strchr("'\"", *quote) && *quote ? strchr(quote + 1, *quote) : NULL;
    if (!end)
        return NULL;
    *column = (int)(quote - line) + 1;
    return arena_strndup(arena, quote + 1, (size_t)(end - quote - 1));
}

/* Lambda finds gems below the code folder only, by their relative paths. */
static bool check_path(struct arena *arena, const struct package *package, struct pos pos,
                       const char *value)
{
    const char *path = path_absolute(arena, path_join(arena, package->code, value));
    if (path_within(path, package->code) && !str_starts(value, "file:"))
        return true;
    pos.length = (int)strlen(value) + 2;
    return diag_error(EXIT_BUILD, pos,
                      "%s is outside of the code folder, and a lambda in Ruby cannot load it from "
                      "there: move it into %s, or build it with commands in 'build'",
                      value, package->code);
}

static bool check_paths(struct arena *arena, const struct package *package, const char *manifest,
                        const char *text)
{
    char *rest = arena_strdup(arena, text);
    struct pos pos = {.file = path_join(arena, package->code, manifest)};
    bool ok = true;
    for (char *line; (line = strsep(&rest, "\n"));) {
        pos.line++;
        for (size_t i = 0; i < countof(words); i++) {
            const char *value = text_after(arena, line, &words[i], &pos.column);
            if (value && is_path(&words[i], value))
                ok = check_path(arena, package, pos, value) && ok;
        }
    }
    return ok;
}

/* --- the installer ------------------------------------------------------------------------------
 */

static const char *manifest_of(const struct package *package)
{
    return installer_of(package)->manifest;
}

static const char *lock_of(const struct package *package)
{
    return strcmp(manifest_of(package), "Gemfile") == 0 ? "Gemfile.lock" : "gems.locked";
}

static bool decides(const char *name)
{
    static const char *const names[] = {"Gemfile",     "Gemfile.lock",  "gems.rb",
                                        "gems.locked", ".ruby-version", ".tool-versions"};
    for (size_t i = 0; i < countof(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* A Gemfile is a program. One with these words may read other files. */
static bool needs_all(struct arena *arena, const struct package *package, bool *all)
{
    static const char *const signs[] = {"path", "gemspec",  "eval",    "load", "require",
                                        "File", "Dir",      "IO.",     "git:", "__dir__",
                                        "`",    "Pathname", "__FILE__"};
    char *text;
    if (!installer_manifest(arena, package, manifest_of(package), &text))
        return false;
    for (size_t i = 0; text && i < countof(signs); i++)
        *all = *all || strstr(text, signs[i]);
    return !text || check_paths(arena, package, manifest_of(package), text);
}

static const char *script_path(struct arena *arena, const char *into)
{
    return arena_printf(arena, "%s.rb", into);
}

static bool arguments(struct arena *arena, const struct package *package, const char *into,
                      const char ***argv, size_t *n)
{
    bool arm = strcmp(package->architecture, "arm64") == 0;
    const char *const all[] = {script_path(arena, into),
                               manifest_of(package),
                               lock_of(package),
                               package->runtime + strlen("ruby"),
                               arm ? "aarch64-linux" : "x86_64-linux",
                               into};
    installer_add(arena, argv, n, all, countof(all));
    return true;
}

static void warn_unlocked(const struct installing *installing)
{
    const struct package *package = installing->package;
    const char *lock = path_join(installing->arena, package->code, lock_of(package));
    if (file_look(path_join(installing->arena, installing->copy, lock_of(package))) == FILE_MISSING)
        diag_warning((struct pos){.file = lock},
                     "there is no such file, so the gems of %s change with time: run bundle lock, "
                     "and keep the file",
                     package->reference);
}

static bool run(const struct installing *installing)
{
    struct arena *arena = installing->arena;
    const char *script = script_path(arena, installing->into);
    if (!collect_copy(arena, installing->files, installing->nfiles, installing->copy))
        return false;
    warn_unlocked(installing);
    if (!file_write(script, ruby_script, strlen(ruby_script), 0644))
        return diag_error(EXIT_BUILD, (struct pos){.file = script}, "cannot be written: %s",
                          strerror(errno));
    return installing_step(
        installing,
        installer_argv(arena, installing->installer, installing->package, installing->into),
        installing->copy, NULL);
}

#define BUNDLER(file)                                                                              \
    {                                                                                              \
        .language = LANG_RUBY, .manifest = file, .programs = ruby_programs,                        \
        .setting = installer_no_setting, .version = "--version", .place = IN_COPY,                 \
        .decides = decides, .needs_all = needs_all, .arguments = arguments, .run = run,            \
        .missing = "install Ruby with Bundler, or set 'build' to other commands",                  \
        .hint = "Ruby and Bundler install the gems of this file; in 'build', commands may do it "  \
                "otherwise"                                                                        \
    }

const struct installer installer_bundler = BUNDLER("Gemfile"),
                       installer_bundler_gems = BUNDLER("gems.rb");
