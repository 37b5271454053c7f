#include <assert.h>
#include <errno.h>
#include <string.h>

#include "archive/entry.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/run.h"
#include "build/build.h"
#include "build/command.h"
#include "languages/build_look.h"
#include "languages/dotnet.h"
#include "languages/go.h"
#include "languages/maven.h"
#include "languages/modules.h"
#include "languages/rust.h"
#include "settings/scalar_place.h"
#include "sources/above.h"
#include "sources/collect.h"
#include "sources/credential.h"
#include "sources/package.h"

enum { COMMANDS_MAX = 3 };

/* The commands of each language that is built; the first row that fits counts. For Go see go.h. */
#define GRADLE "build -Ptarget={target} {gradle_build_extra}"

/* Maven in a copy of what is above: its plugin copies the jars to target/dependency of each module,
 * as it does to lib/ in mvn_arguments. */
#define MAVEN(modules)                                                                             \
    {                                                                                              \
        "mvn -q -B " modules "package dependency:copy-dependencies dependency:list "               \
        "-DincludeScope=runtime -Dmdep.prependGroupId=true -DoutputFile=target/gordon.list",       \
            "cp -R {java_module}/target/classes/. {target}",                                       \
            "if [ -d {java_module}/target/dependency ]; then "                                     \
            "cp -R {java_module}/target/dependency {target}/lib; fi"                               \
    }

/* Gradle makes jars of sibling projects, which have the same bytes only by an init script. */
#define ABOVE_GRADLE                                                                               \
    "printf '%s\\n' 'allprojects {{ tasks.withType(AbstractArchiveTask) {{ "                       \
    "preserveFileTimestamps = false; reproducibleFileOrder = true }} }}' > {target}.init.gradle; " \
    "{gradle_path} --init-script {target}.init.gradle " GRADLE

enum reach { ALONE, ABOVE, REACTOR }; /* what the tool reads: see above.h */

static const struct recipe {
    enum language language;
    const char *manifest; /* the file that must exist; NULL: none */
    const char *commands[COMMANDS_MAX + 1];
    enum reach reach; /* at least */
} recipes[] = {
    {LANG_JAVA, "build.gradle", {ABOVE_GRADLE}, ABOVE},
    {LANG_JAVA, "build.gradle.kts", {ABOVE_GRADLE}, ABOVE},
    {LANG_JAVA, "build.gradle", {"{gradle_path} " GRADLE}},
    {LANG_JAVA, "build.gradle.kts", {"{gradle_path} " GRADLE}},
    {LANG_JAVA, "pom.xml", MAVEN("-pl {java_module} -am "), REACTOR},
    {LANG_JAVA, "pom.xml", MAVEN(""), ABOVE},
    {LANG_JAVA,
     "pom.xml",
     {"mvn -q -B package", "cp -R target/classes/. {target}"}}, /* for lib/ see mvn_arguments */
};

static bool go_builds(const struct package *package)
{
    return !package->nbuild && package->language == LANG_GO && !package_is_zip(package);
}

/* Languages whose tool finds out what to build. */
static const struct builder {
    bool (*takes)(const struct package *package);
    bool (*build)(struct arena *arena, const struct package *package, const char *target,
                  struct collection *inputs);
    bool (*look)(struct arena *arena, const struct package *package, const char *target,
                 struct collection *inputs, struct build_look *look);
} builders[] = {{go_builds, go_build, go_look},
                {rust_builds, rust_build, rust_look},
                {dotnet_builds, dotnet_build, dotnet_look}};

static const struct builder *find_builder(const struct package *package)
{
    for (size_t i = 0; i < countof(builders); i++)
        if (builders[i].takes(package))
            return &builders[i];
    return NULL;
}

static enum reach reach_of(const struct package *package)
{
    if (!package_is_above(package))
        return ALONE;
    return strcmp(package->above->run, package->code) == 0 ? ABOVE : REACTOR;
}

static const struct recipe *find_recipe(const struct package *package)
{
    for (size_t i = 0; !package_is_zip(package) && i < countof(recipes); i++)
        if (recipes[i].language == package->language && recipes[i].reach <= reach_of(package) &&
            (!recipes[i].manifest || package_has(package, recipes[i].manifest)))
            return &recipes[i];
    return NULL;
}

bool build_look_is_exact(const struct package *package)
{
    return !find_builder(package);
}

bool build_has_commands(const struct package *package)
{
    return package->nbuild || find_builder(package) || find_recipe(package);
}

static bool collect_source(const struct package *package, struct collection *source)
{
    if (modules_are_kept(package))
        return modules_collect(source->arena, package, source);
    const struct above *above = package->above;
    for (size_t i = 0; above && i < above->nlooked; i++)
        if (file_look(above->looked[i]) == FILE_MISSING)
            collect_missing(source, above->looked[i]);
        else
            collect_input(source, above->looked[i]);
    if (above && package_is_above(package))
        return collect_dir(source, above->base, package->root);
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

/* The path of a folder that is `base` or in there. */
static const char *path_from(const char *base, const char *path)
{
    return strcmp(base, path) == 0 ? "." : path_below(base, path);
}

/* The working directory of the commands. Returns NULL after a reported error. */
static const char *source_folder(struct arena *arena, const struct package *package)
{
    const char *copy = path_join(arena, package->work, "source");
    if (package_is_above(package) && package->in_source)
        return package->above->run;
    if (package_is_above(package))
        return path_join(arena, copy, path_from(package->above->base, package->above->run));
    if (modules_are_kept(package))
        return modules_folder(arena, package, copy);
    if (!package->in_source)
        return copy;
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

enum { VARIABLES_MAX = 16 };

/* A row is a {name} of commands and a variable GORDON_NAME of their environment. Returns how many
 * there are. */
static size_t variables_of(struct arena *arena, const struct package *package,
                           struct command_variable variables[VARIABLES_MAX])
{
    const struct command_variable rows[] = {
        {"target", target_folder(arena, package)},
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
        {"java_module", /* the last row: only for Java */
         package_is_above(package) ? path_from(package->above->run, package->code) : "."},
    };
    static_assert(countof(rows) <= VARIABLES_MAX, "there is room for each row");
    memcpy(variables, rows, sizeof rows);
    return countof(rows) - (package->language != LANG_JAVA);
}

/* Expands command `i`. Returns NULL after reported errors. */
static const char *expand(struct arena *arena, const struct package *package, size_t i,
                          const char *command, const struct command_variable *variables, size_t n)
{
    struct command_fault *faults;
    size_t nfaults;
    const char *text = command_expand(arena, command, variables, n, &faults, &nfaults);
    for (size_t k = 0; k < nfaults; k++)
        diag_error(
            EXIT_BUILD,
            scalar_place(arena, command_pos(package, i), command, faults[k].offset, faults[k].len),
            "the build command of %s: %s", package->reference, faults[k].what);
    return text;
}

/* Fills `look` with the commands. Returns false after a reported error. */
static bool prepare(struct arena *arena, const struct package *package, struct build_look *look)
{
    const struct recipe *recipe = package->nbuild ? NULL : find_recipe(package);
    const char *const *commands = recipe ? recipe->commands : package->build;
    struct command_variable variables[VARIABLES_MAX];
    size_t nvariables = variables_of(arena, package, variables), n = 0;
    *look = (struct build_look){
        .folder = source_folder(arena, package),
        .environment = command_environment(arena, variables, nvariables),
    };
    bool ok = look->folder != NULL;
    for (size_t i = 0; recipe ? commands[i] != NULL : i < package->nbuild; i++) {
        const char *command = expand(arena, package, i, commands[i], variables, nvariables);
        const char *const argv[] = {"/bin/sh", "-e", "-c", command, NULL};
        const char **copy = arena_alloc(arena, sizeof argv);
        memcpy(copy, argv, sizeof argv);
        array_push(arena, look->argvs, n, copy);
        ok = ok && command;
    }
    array_push(arena, look->argvs, n, NULL);
    return ok;
}

static bool run_command(struct arena *arena, const struct package *package, size_t i,
                        const struct build_look *look)
{
    struct run run = {
        .argv = look->argvs[i], .folder = look->folder, .env = look->environment, .merge = true};
    bool ok = run_wait(&run);
    if (!ok)
        build_report(arena, package, command_pos(package, i), look->argvs[i][3], &run);
    buf_free(&run.out);
    buf_free(&run.err);
    return ok;
}

static bool run_all(struct arena *arena, const struct package *package)
{
    struct build_look look;
    bool ok = prepare(arena, package, &look);
    for (size_t i = 0; ok && look.argvs[i]; i++)
        ok = run_command(arena, package, i, &look);
    return ok;
}

/* Shortens the names of the jars that Maven copied in a build of what is above. */
static bool finish_maven(struct arena *arena, const struct package *package)
{
    const struct recipe *recipe = package->nbuild ? NULL : find_recipe(package);
    if (!recipe || !recipe->reach || strcmp(recipe->manifest, "pom.xml") != 0)
        return true;
    const char *module = path_from(package->above->run, package->code);
    const char *built = path_join(arena, source_folder(arena, package), module);
    const char *lib = path_join(arena, target_folder(arena, package), "lib");
    const char *copy =
        package->in_source ? package->above->base : path_join(arena, package->work, "source");
    if (!maven_shorten(arena, lib, path_join(arena, built, "target/gordon.list")))
        return diag_error(EXIT_BUILD, (struct pos){.file = lib}, "cannot be cleaned up: %s",
                          strerror(errno));
    return maven_settle(arena, lib, package->above, copy);
}

bool build_look(struct arena *arena, const struct package *package, struct collection *inputs,
                struct build_look *look)
{
    const struct builder *builder = find_builder(package);
    if (builder)
        return builder->look(arena, package, target_folder(arena, package), inputs, look);
    if (prepare(arena, package, look))
        return collect_source(package, inputs);
    look->argvs = NULL;
    return false;
}

/* Runs the commands in the copy `to`, with the packages of Node that they use. */
static bool run_with_modules(struct arena *arena, const struct package *package,
                             const struct collection *source, const char *to,
                             struct collection *inputs)
{
    struct modules modules;
    if (!modules_are_kept(package))
        return run_all(arena, package);
    if (!modules_take(arena, package, source, to, inputs, &modules))
        return false;
    bool ok = run_all(arena, package);
    return modules_put_back(arena, package, &modules) && ok;
}

/* Builds by commands, in a copy of the source unless the settings say otherwise. */
static bool run_commands(struct arena *arena, const struct package *package,
                         struct collection *inputs)
{
    struct collection source = {
        .arena = arena,
        .left_out = inputs->left_out,
        .credentials = inputs->credentials,
        .stamped = inputs->stamped,
    };
    bool settles = package->in_source && inputs->stamped;
    char before[SHA256_HEX];
    const char *copy = path_join(arena, package->work, "source");
    bool ok = copy_source(arena, package, copy, &source) &&
              (!settles || digest_source(&source, before)) &&
              run_with_modules(arena, package, &source, copy, inputs) &&
              finish_maven(arena, package) && (!settles || settle_source(package, before, &source));
    collect_inputs_of(inputs, &source);
    return ok;
}

bool build_run(struct arena *arena, const struct package *package, struct collection *collection)
{
    const char *target = target_folder(arena, package);
    const struct builder *builder = find_builder(package);
    struct collection built = {.arena = arena};
    if (!remove_path(target) || !file_mkdirs(target))
        return diag_error(EXIT_BUILD, (struct pos){.file = target}, "%s", strerror(errno));
    bool ok = (builder ? builder->build(arena, package, target, collection)
                       : run_commands(arena, package, collection)) &&
              collect_dir(&built, target, package->work);
    if (ok && collection->credentials)
        credential_remove(collection->credentials, built.entries, &built.nentries);
    for (size_t i = 0; ok && i < built.nentries; i++)
        array_push(arena, collection->entries, collection->nentries, built.entries[i]);
    return ok;
}
