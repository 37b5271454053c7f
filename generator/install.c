/* An installer gets a clean folder of its own and never writes to the source. What decides the
 * result is its key: manifest, lock file, arguments, runtime. The key is written last, so that an
 * install that was interrupted counts as none. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "digest.h"
#include "file.h"
#include "install.h"
#include "package.h"
#include "python.h"
#include "run.h"
#include "zip.h"

struct installer {
    enum language language;
    const char *manifest;      /* what must be there for it to run */
    const char *const *inputs; /* further files that decide the content, when they are there */
    bool in_code;              /* runs in the code folder, else in `into` */
    /* The argument vector. */
    const char **(*argv)(struct arena *arena, const struct package *package, const char *into);
    /* Makes the folder ready before, and clean after. */
    bool (*prepare)(struct arena *arena, const struct package *package, const char *into);
    bool (*finish)(struct arena *arena, const char *into);
    const char *hint;
};

/* The program of a setting such as pip-path, which may have arguments, or what is in PATH. */
static bool add_program(struct arena *arena, const char *setting, const char *const *candidates,
                        const char ***argv, size_t *n)
{
    if (setting)
        return run_split(arena, setting, argv, n);
    for (; candidates[0]; candidates++)
        if (run_found(candidates[0]) || !candidates[1]) {
            array_push(arena, *argv, *n, candidates[0]);
            return true;
        }
    return false;
}

static bool copy_if_there(struct arena *arena, const char *from, const char *to, const char *name)
{
    const char *source = path_join(arena, from, name);
    if (!file_exists(source) || file_copy(arena, source, path_join(arena, to, name)))
        return true;
    return diag_error(EXIT_BUILD, (struct pos){.file = source}, "cannot be copied: %s",
                      strerror(errno));
}

/* --- Python ------------------------------------------------------------------------------- */

static const char **pip_argv(struct arena *arena, const struct package *package, const char *into)
{
    static const char *const candidates[] = {"pip", "pip3", NULL};
    const char **argv = NULL;
    size_t n = 0;
    if (!add_program(arena, package->pip_path, candidates, &argv, &n))
        return NULL;
    const char *const fixed[] = {"install",
                                 "--disable-pip-version-check",
                                 "--no-input",
                                 "--no-compile",
                                 "--quiet",
                                 "--requirement",
                                 path_join(arena, package->code, "requirements.txt"),
                                 "--target",
                                 into};
    for (size_t i = 0; i < countof(fixed); i++)
        array_push(arena, argv, n, fixed[i]);
    python_platform_args(arena, package->runtime, package->architecture, &argv, &n);
    if (!run_split(arena, package->pip_extra, &argv, &n))
        return NULL;
    array_push(arena, argv, n, NULL);
    return argv;
}

/* --- Node --------------------------------------------------------------------------------- */

/* Whether npm needs more than the manifests: scripts of the package itself, or packages by path. */
static bool npm_needs_source(struct arena *arena, const struct package *package)
{
    static const char *const signs[] = {"\"file:",     "\"link:",         "\"preinstall\"",
                                        "\"install\"", "\"postinstall\"", "\"prepare\""};
    size_t len;
    const char *text = file_read(arena, path_join(arena, package->code, "package.json"), &len);
    for (size_t i = 0; text && i < countof(signs); i++)
        if (strstr(text, signs[i]))
            return true;
    return false;
}

/* The files of the code folder that npm may need, as a copy of it would have. */
static bool npm_source(struct arena *arena, const struct package *package,
                       struct collection *source)
{
    const char **skip = arena_alloc(arena, 2 * sizeof *skip);
    skip[0] = path_join(arena, package->code, "node_modules");
    *source = (struct collection){.arena = arena, .skip = skip};
    return !npm_needs_source(arena, package) || collect_dir(source, package->code, package->root);
}

static bool npm_prepare(struct arena *arena, const struct package *package, const char *into)
{
    struct collection source;
    bool ok = npm_source(arena, package, &source);
    for (size_t i = 0; ok && i < source.nentries; i++)
        ok = copy_if_there(arena, package->code, into, source.entries[i].name);
    return ok && copy_if_there(arena, package->code, into, "package.json") &&
           copy_if_there(arena, package->code, into, "package-lock.json") &&
           copy_if_there(arena, package->code, into, ".npmrc");
}

static const char **npm_argv(struct arena *arena, const struct package *package, const char *into)
{
    static const char *const candidates[] = {"npm", NULL};
    const char **argv = NULL;
    size_t n = 0;
    bool locked = file_exists(path_join(arena, package->code, "package-lock.json"));
    (void)into; /* npm installs where it runs */
    if (!add_program(arena, package->npm_path, candidates, &argv, &n))
        return NULL;
    const char *const fixed[] = {locked ? "ci" : "install", "--omit=dev", "--no-audit", "--no-fund",
                                 "--no-update-notifier"};
    for (size_t i = 0; i < countof(fixed); i++)
        array_push(arena, argv, n, fixed[i]);
    if (!locked)
        array_push(arena, argv, n, "--no-package-lock");
    if (!run_split(arena, package->npm_extra, &argv, &n))
        return NULL;
    array_push(arena, argv, n, NULL);
    return argv;
}

/* Links to programs, which a zip would hold as copies that find nothing, and npm's own notes, which
 * name the registry. Manifests are the source folder's. */
static bool npm_finish(struct arena *arena, const char *into)
{
    static const char *const names[] = {"node_modules/.bin", "node_modules/.package-lock.json",
                                        "package.json", "package-lock.json", ".npmrc"};
    bool ok = true;
    for (size_t i = 0; i < countof(names); i++)
        ok = file_remove(path_join(arena, into, names[i])) && ok;
    return ok;
}

static const char *const npm_inputs[] = {"package-lock.json", ".npmrc", NULL};

static const struct installer installers[] = {
    {.language = LANG_PYTHON,
     .manifest = "requirements.txt",
     .in_code = true, /* relative paths in it start there */
     .argv = pip_argv,
     .finish = python_clean,
     .hint = "pip installs wheels for the lambda's platform only; a package without one needs a "
             "wheel of your own, or build commands"},
    {.language = LANG_NODE,
     .manifest = "package.json",
     .inputs = npm_inputs,
     .argv = npm_argv,
     .prepare = npm_prepare,
     .finish = npm_finish,
     .hint = "npm needs a package.json (and package-lock.json) that it can install from"},
};

static void add_text(struct digest *digest, const char *text)
{
    sha256_add(digest, text, strlen(text) + 1);
}

static void add_content(struct arena *arena, struct digest *digest, const char *path)
{
    size_t len;
    const char *data = file_read(arena, path, &len);
    add_text(digest, path_base(path));
    if (data)
        sha256_add(digest, data, len);
    add_text(digest, data ? "" : "-");
}

/* The file that a line of a requirements file names by -r or -c, or NULL (pip, "Requirements File
 * Format"); the line is cut. */
static char *included_name(char *line)
{
    static const char *const options[] = {"-r", "--requirement", "-c", "--constraint"};
    line += strspn(line, " \t");
    for (size_t i = 0; i < countof(options); i++) {
        if (!str_starts(line, options[i]))
            continue;
        char *name = line + strlen(options[i]);
        name += strspn(name, " \t=");
        name[strcspn(name, " \t\r#")] = '\0';
        return name;
    }
    return NULL;
}

/* The file that a requirement is itself, such as ./wheels/x.whl, or NULL; pip looks for it from
 * where it runs, which is the code folder. The line is cut. */
static const char *local_file(struct arena *arena, const char *code, char *line)
{
    line += strspn(line, " \t");
    line[strcspn(line, " \t\r;#")] = '\0';
    const char *path = *line ? path_join(arena, code, line) : NULL;
    return path && file_exists(path) && !file_is_dir(path) ? path : NULL;
}

/* Included files count as the manifest does, and are inputs of the zip; each once. */
static void add_included(struct collection *c, struct digest *digest, struct table *seen,
                         const char *code, const char *path)
{
    size_t len;
    char *text = file_read(c->arena, path, &len);
    for (char *line; text && (line = strsep(&text, "\n"));) {
        char *name = included_name(line);
        const char *included = name ? path_join(c->arena, path_dir(c->arena, path), name)
                                    : local_file(c->arena, code, line);
        if (!included || table_set(c->arena, seen, included, seen))
            continue;
        add_content(c->arena, digest, included);
        if (file_exists(included))
            collect_input(c, included);
        if (name)
            add_included(c, digest, seen, code, included);
    }
}

static char *make_key(struct collection *c, const struct installer *installer,
                      const struct package *package, const char *const *argv)
{
    struct arena *arena = c->arena;
    struct digest digest;
    struct table seen = {0};
    char *hex = arena_alloc(arena, SHA256_HEX);
    const char *manifest = path_join(arena, package->code, installer->manifest);
    sha256_init(&digest);
    for (size_t i = 0; argv[i]; i++)
        add_text(&digest, argv[i]);
    add_text(&digest, package->runtime);
    add_text(&digest, package->architecture);
    add_content(arena, &digest, manifest);
    if (installer->language == LANG_PYTHON)
        add_included(c, &digest, &seen, package->code, manifest);
    for (const char *const *input = installer->inputs; input && *input; input++)
        add_content(arena, &digest, path_join(arena, package->code, *input));
    struct collection source = {.arena = arena};
    if (installer->language == LANG_NODE)
        npm_source(arena, package, &source);
    for (size_t i = 0; i < source.nentries; i++)
        add_content(arena, &digest, source.entries[i].source);
    sha256_hex(&digest, hex);
    return hex;
}

static bool kept(struct arena *arena, const char *key_file, const char *key)
{
    size_t len;
    const char *before = file_read(arena, key_file, &len);
    return before && strcmp(before, key) == 0;
}

static bool fail(struct arena *arena, const struct installer *installer,
                 const struct package *package, struct run *run)
{
    diag_error(EXIT_BUILD, package->pos, "the dependencies of %s could not be installed: %s %s",
               package->reference, run->argv[0], run_words(arena, run));
    diag_note((struct pos){.file = path_join(arena, package->code, installer->manifest)}, "%s",
              run->status < 0 ? "install the program, or name it with pip-path or npm-path"
                              : installer->hint);
    diag_note((struct pos){0}, "the command was: %s", run_line(arena, run->argv));
    if (run->status >= 0)
        diag_note((struct pos){0}, "it printed:%s", run_indented(arena, run->out.data));
    return false;
}

/* Runs the installer into a new folder, which then takes the place of the old one. */
static bool install(struct arena *arena, const struct installer *installer,
                    const struct package *package, const char *into, const char *const *argv)
{
    struct run run = {
        .argv = argv, .folder = installer->in_code ? package->code : into, .merge = true};
    bool ok = run_wait(&run) || fail(arena, installer, package, &run);
    buf_free(&run.out);
    buf_free(&run.err);
    if (ok && installer->finish && !installer->finish(arena, into))
        ok = diag_error(EXIT_BUILD, (struct pos){.file = into}, "cannot be cleaned up: %s",
                        strerror(errno));
    return ok;
}

static bool run_installer(struct arena *arena, const struct installer *installer,
                          const struct package *package, struct collection *collection)
{
    const char *into = path_join(arena, package->work, "dependencies");
    const char *key_file = path_join(arena, package->work, "dependencies.key");
    const char **argv = installer->argv(arena, package, into);
    if (!argv)
        return diag_error(EXIT_BUILD, package->pos,
                          "a quote is not closed in the settings of %s "
                          "for pip or npm",
                          package->reference);
    const char *key = make_key(collection, installer, package, argv);
    bool ok = true;
    if (!kept(arena, key_file, key)) {
        ok = file_remove(key_file) && file_remove(into) && file_mkdirs(into);
        if (!ok)
            return diag_error(EXIT_BUILD, (struct pos){.file = into}, "%s", strerror(errno));
        ok = (!installer->prepare || installer->prepare(arena, package, into)) &&
             install(arena, installer, package, into, argv) &&
             (file_write(key_file, key, strlen(key), 0644) ||
              diag_error(EXIT_BUILD, (struct pos){.file = key_file}, "cannot be written: %s",
                         strerror(errno)));
    }
    return ok && collect_dir(collection, into, into);
}

bool install_dependencies(struct arena *arena, const struct package *package,
                          struct collection *collection)
{
    for (size_t i = 0; i < countof(installers); i++)
        if (installers[i].language == package->language &&
            file_exists(path_join(arena, package->code, installers[i].manifest)))
            return run_installer(arena, &installers[i], package, collection);
    return true;
}
