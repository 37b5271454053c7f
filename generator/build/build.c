#include <errno.h>
#include <string.h>

#include "archive/entry.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/run.h"
#include "build/build.h"
#include "build/collect.h"
#include "build/command.h"
#include "build/package.h"

enum { COMMANDS_MAX = 2 };

/* The commands of each language that is built; the first row that fits counts. A Go binary is the
 * same on every machine because these flags leave out C code, paths and version control data. */
#define GO                                                                                         \
    "CGO_ENABLED=0 GOWORK=off GOOS={go_target_os} GOARCH={go_target_arch} "                        \
    "go build -trimpath -buildvcs=false -ldflags=-buildid= -o {target}/bootstrap "
#define GRADLE "{gradle_path} build -Ptarget={target} {gradle_build_extra}"

static const struct recipe {
    enum language language;
    const char *manifest; /* the file that must exist; NULL: none */
    const char *commands[COMMANDS_MAX + 1];
} recipes[] = {
    {LANG_JAVA, "build.gradle", {GRADLE}},
    {LANG_JAVA, "build.gradle.kts", {GRADLE}},
    {LANG_JAVA,
     "pom.xml",
     {"mvn -q -B package", "cp -R target/classes/. {target}"}}, /* for lib/ see mvn_arguments */
    {LANG_GO, "go.mod", {GO "."}},
    {LANG_GO, NULL, {GO "*.go"}},
};

static const struct recipe *find_recipe(const struct package *package)
{
    for (size_t i = 0; i < countof(recipes); i++)
        if (recipes[i].language == package->language &&
            (!recipes[i].manifest || package_has(package, recipes[i].manifest)))
            return &recipes[i];
    return NULL;
}

bool build_has_commands(const struct package *package)
{
    return package->nbuild || find_recipe(package);
}

static bool collect_source(const struct package *package, struct collection *source)
{
    return package->kind == FILE_FOLDER
               ? collect_dir(source, package->code, package->root)
               : collect_file(source, package->code, path_base(package->code));
}

/* Collects the source files and copies them to the folder `to`, unless the commands run in the
 * source itself. Empties `to` first. */
static bool copy_source(struct arena *arena, const struct package *package, const char *to,
                        struct collection *source)
{
    bool ok = remove_path(to) && file_mkdirs(to);
    if (!ok)
        return diag_error(EXIT_BUILD, (struct pos){.file = to}, "%s", strerror(errno));
    return collect_source(package, source) &&
           (package->in_source || collect_copy(arena, source->entries, source->nentries, to));
}

static bool digest_source(const struct collection *source, char hex[SHA256_HEX])
{
    struct digest digest;
    sha256_init(&digest);
    for (size_t i = 0; i < source->nentries; i++) {
        const struct pack_entry *entry = &source->entries[i];
        if (!sha256_file(entry->source, hex))
            return diag_error(EXIT_BUILD, (struct pos){.file = entry->source}, "cannot be read: %s",
                              strerror(errno));
        sha256_add(&digest, entry->name, strlen(entry->name) + 1);
        sha256_add(&digest, entry->executable ? "x" : "-", 1);
        sha256_add(&digest, hex, strlen(hex));
    }
    sha256_hex(&digest, hex);
    return true;
}

/* Commands that run in the source write to it, and its author may write to it at the same time.
 * Stamps cannot tell these apart. If the content is the same as before the commands, everything was
 * built from it: the next build then compares with the files as they are now. Otherwise it compares
 * with the stamps from before, and runs the commands again. */
static bool settle_source(const struct package *package, const char *before,
                          struct collection *source)
{
    static const double tick = 0.02; /* until the stamp of what was just written is settled */
    struct collection now = {.arena = source->arena, .left_out = source->left_out, .stamped = true};
    char after[SHA256_HEX];
    run_sleep(tick);
    if (!collect_source(package, &now) || !digest_source(&now, after))
        return false;
    if (strcmp(before, after) == 0)
        *source = now;
    return true;
}

/* The working directory of the commands. */
static const char *source_folder(struct arena *arena, const struct package *package)
{
    if (!package->in_source)
        return path_join(arena, package->work, "source");
    return package->kind == FILE_FOLDER ? package->code : path_dir(arena, package->code);
}

static const char *target_folder(struct arena *arena, const struct package *package)
{
    return path_join(arena, package->work, "target");
}

/* The place of command `i` in the settings. */
static struct pos command_pos(const struct package *package, size_t i)
{
    return i < package->nplaces ? package->build_places[i] : package->build_pos;
}

static char *expand(struct arena *arena, const struct package *package, const char *target,
                    const char *command, struct pos pos)
{
    const struct command_variable variables[] = {
        {"target", target},
        {"project_path", package->project_path},
        {"project_name", package->project_name},
        {"lambda_name", package->name},
        {"pip_path", package->pip_path ? package->pip_path : "pip", .words = true},
        {"npm_path", package->npm_path ? package->npm_path : "npm", .words = true},
        {"gradle_path", package->gradle_path ? package->gradle_path : "gradle", .words = true},
        {"pip_install_extra", package->pip_extra, .words = true},
        {"npm_install_extra", package->npm_extra, .words = true},
        {"gradle_build_extra", package->gradle_extra, .words = true},
        {"go_target_os", "linux"},
        {"go_target_arch", strcmp(package->architecture, "arm64") == 0 ? "arm64" : "amd64"},
    };
    const char *unknown;
    char *text = command_expand(arena, command, variables, countof(variables), &unknown);
    if (!text && strpbrk(unknown, "{}"))
        diag_error(EXIT_BUILD, pos,
                   "a single '%s' in the build command of %s; write it twice to mean itself: %s",
                   unknown, package->reference, command);
    else if (!text)
        diag_error(
            EXIT_BUILD, pos,
            "there is no variable '{%s}' for the build command of %s; {target} is the folder "
            "to fill: %s",
            unknown, package->reference, command);
    return text;
}

static void report(struct arena *arena, const struct package *package, size_t i,
                   const char *command, const struct run *run)
{
    diag_error(EXIT_BUILD, command_pos(package, i), "the build of %s failed: its command %s",
               package->reference, run_words(arena, run));
    if (strchr(command, '\n')) {
        diag_note((struct pos){0}, "the command was:");
        diag_lines(command);
    } else {
        diag_note((struct pos){0}, "the command was: %s", command);
    }
    diag_printed(run->out.data);
}

/* The commands as argument vectors, NULL after the last. Returns NULL after a reported error. */
static const char ***command_argvs(struct arena *arena, const struct package *package)
{
    const struct recipe *recipe = package->nbuild ? NULL : find_recipe(package);
    const char *const *commands = recipe ? recipe->commands : package->build;
    const char *target = target_folder(arena, package), ***argvs = NULL;
    size_t n = 0;
    for (size_t i = 0; recipe ? commands[i] != NULL : i < package->nbuild; i++) {
        const char *command = expand(arena, package, target, commands[i], command_pos(package, i));
        const char *const argv[] = {"/bin/sh", "-e", "-c", command, NULL};
        const char **copy = arena_alloc(arena, sizeof argv);
        if (!command)
            return NULL;
        memcpy(copy, argv, sizeof argv);
        array_push(arena, argvs, n, copy);
    }
    array_push(arena, argvs, n, NULL);
    return argvs;
}

static bool run_command(struct arena *arena, const struct package *package, size_t i,
                        const char *folder, const char *const *argv)
{
    struct run run = {.argv = argv, .folder = folder, .merge = true};
    bool ok = run_wait(&run);
    if (!ok)
        report(arena, package, i, argv[3], &run);
    buf_free(&run.out);
    buf_free(&run.err);
    return ok;
}

static bool run_all(struct arena *arena, const struct package *package)
{
    const char ***argvs = command_argvs(arena, package);
    const char *folder = source_folder(arena, package);
    bool ok = argvs != NULL;
    for (size_t i = 0; ok && argvs[i]; i++)
        ok = run_command(arena, package, i, folder, argvs[i]);
    return ok;
}

bool build_look(struct arena *arena, const struct package *package, struct collection *inputs,
                struct build_look *look)
{
    look->folder = source_folder(arena, package);
    look->argvs = command_argvs(arena, package);
    return look->argvs && collect_source(package, inputs);
}

bool build_run(struct arena *arena, const struct package *package, struct collection *collection)
{
    const char *target = target_folder(arena, package);
    struct collection built = {.arena = arena};
    struct collection source = {
        .arena = arena, .left_out = collection->left_out, .stamped = collection->stamped};
    bool settles = package->in_source && collection->stamped;
    char before[SHA256_HEX];
    bool ok = remove_path(target) && file_mkdirs(target);
    if (!ok)
        return diag_error(EXIT_BUILD, (struct pos){.file = target}, "%s", strerror(errno));
    ok = copy_source(arena, package, path_join(arena, package->work, "source"), &source) &&
         (!settles || digest_source(&source, before)) && run_all(arena, package) &&
         (!settles || settle_source(package, before, &source)) &&
         collect_dir(&built, target, package->work);
    collect_inputs_of(collection, &source);
    for (size_t i = 0; ok && i < built.nentries; i++)
        array_push(arena, collection->entries, collection->nentries, built.entries[i]);
    return ok;
}
