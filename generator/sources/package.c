#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/lock.h"
#include "base/removal.h"
#include "base/root.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_layers.h"
#include "lambdas/layer.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "sources/above.h"
#include "sources/collect.h"
#include "sources/package.h"

/* A program's path: the bundle's own setting, then the project's. */
static const char *program(const struct project *project, const struct bundle *bundle,
                           const char *key)
{
    const char *own = node_text(node_get(bundle->settings, key));
    return own ? own : project_text(project, key, NULL);
}

const char *package_folder(struct arena *arena, const struct bundle *bundle)
{
    return arena_strndup(arena, bundle->zip_key, strlen(bundle->zip_key) - strlen(".zip"));
}

const char *package_id(const struct package *package)
{
    return path_base(package->work);
}

/* The folder that the code must not leave: that of Gordon's own app, unless the project gives the
 * app's lambda other code. */
static const char *root_of(struct arena *arena, const struct project *project,
                           const struct bundle *bundle)
{
    const struct app *app = bundle->resource->app;
    const char *own = path_absolute(arena, app->dir);
    bool is_own = app->contrib && path_within(path_absolute(arena, bundle->code_path), own);
    return is_own ? own : path_absolute(arena, project->dir);
}

/* Sets `code`, `generated` and `root`. */
static void place_code(struct package *package, const struct model *model,
                       const struct bundle *bundle, const char *binary)
{
    struct arena *arena = model->arena;
    const char *code = bundle->code->text;
    package->generated = bundle_generated(code);
    package->root = root_of(arena, model->project, bundle);
    if (package->generated && binary) {
        package->root = path_absolute(arena, binary);
        package->code = path_join(arena, package->root, package->generated);
    } else {
        bool known = !package->generated && !bundle_target(code);
        package->code = known ? path_absolute(arena, bundle->code_path) : code;
    }
}

/* What may bring the handler besides the zip: layers, or a variable of the environment by which the
 * runtime finds code in other places. */
static const char *handler_from(struct arena *arena, const struct lambda *lambda)
{
    static const char *const variables[] = {"AWS_LAMBDA_EXEC_WRAPPER", "PYTHONPATH", "NODE_PATH",
                                            "RUBYLIB", "JAVA_TOOL_OPTIONS"};
    const struct node *environment = node_get(lambda->settings, "environment");
    if (lambda_has_layers(lambda))
        return "one of its layers";
    for (size_t i = 0; node_set(environment) && i < countof(variables); i++)
        if (node_get(environment, variables[i]))
            return arena_printf(arena, "%s of its environment", variables[i]);
    return NULL;
}

/* Only apply knows a handler that is a ref. */
static void set_handler(struct package *p, const struct lambda *lambda)
{
    const struct node *handler = node_get(lambda->settings, "handler");
    p->handler = lambda->handler;
    p->handler_given = node_set(handler);
    p->handler_from = handler_from(p->arena, lambda);
    p->handler_pos = p->handler_given ? handler->pos : lambda->bundle->code->pos;
    p->checks_handler = !(p->handler_given && node_dynamic(handler)) &&
                        schema_flag(node_get(lambda->settings, "check-handler"), true);
}

struct package *package_of(const struct model *model, const struct bundle *bundle,
                           const struct package_dirs *dirs)
{
    struct arena *a = model->arena;
    const struct project *project = model->project;
    const struct app *app = bundle->resource->app;
    const struct node *settings = bundle->settings;
    struct package *p = arena_alloc(a, sizeof *p);
    const char *folder = package_folder(a, bundle);
    *p = (struct package){
        .arena = a,
        .reference = bundle->title,
        .name = bundle->resource->name,
        .zip = path_absolute(a, path_join(a, path_join(a, dirs->output, "code"), bundle->zip_key)),
        .work = path_absolute(a, path_join(a, path_join(a, dirs->work, "lambdas"), folder)),
        .runtime = bundle->runtime->identifier,
        .language = bundle->language,
        .architecture = bundle->architecture,
        .layer = bundle->layer != NULL,
        .runtimes = bundle->layer ? layer_runtimes(a, bundle->layer) : "",
        .architectures = bundle->layer ? layer_architectures(a, bundle->layer) : "",
        .handler = "",
        .handler_pos = bundle->code->pos,
        .in_source = schema_flag(node_get(settings, "build-in-source"), false),
        .project_name = project->name,
        .project_path = path_absolute(a, project->dir),
        .pip_path = program(project, bundle, "pip-path"),
        .npm_path = program(project, bundle, "npm-path"),
        .gradle_path = program(project, bundle, "gradle-path"),
        .pip_extra = project_extra(project, app, settings, "pip-install-extra"),
        .npm_extra = project_extra(project, app, settings, "npm-install-extra"),
        .gradle_extra = project_extra(project, app, settings, "gradle-build-extra"),
        .strip = schema_flag(node_get(settings, "strip"), false),
        .libc = schema_flag(node_get(settings, "libc"), false),
        .pos = bundle->code->pos,
        .parameters = project->parameters,
        .nparameters = project->nparameters,
    };
    place_code(p, model, bundle, dirs->binary);
    if (bundle->lambda)
        set_handler(p, bundle->lambda);
    const struct node *build = node_get(settings, "build");
    const struct node *building = node_set(build) ? build : node_get(settings, "strip");
    p->build_pos = node_set(building) ? building->pos : p->pos;
    p->build = schema_texts(a, build, &p->nbuild);
    for (size_t i = 0; i < p->nbuild; i++)
        array_push(a, p->build_places, p->nplaces,
                   build->kind == NODE_LIST ? build->items[i]->pos : build->pos);
    return p;
}

/* The files by which the tools of a language know how to install or to build. */
static const struct manifest {
    enum language language;
    const char *name;
} manifests[] = {
    {LANG_PYTHON, "requirements.txt"},
    {LANG_PYTHON, "uv.lock"},
    {LANG_PYTHON, "poetry.lock"},
    {LANG_PYTHON, "pylock.toml"},
    {LANG_PYTHON, "Pipfile.lock"},
    {LANG_PYTHON, "Pipfile"},
    {LANG_PYTHON, "pyproject.toml"},
    {LANG_NODE, "package.json"},
    {LANG_NODE, "package-lock.json"},
    {LANG_NODE, "pnpm-lock.yaml"},
    {LANG_NODE, "yarn.lock"},
    {LANG_JAVA, "build.gradle"},
    {LANG_JAVA, "pom.xml"},
    {LANG_JAVA, "build.gradle.kts"},
    {LANG_OTHER, "Cargo.toml"},
    {LANG_RUBY, "Gemfile"},
    {LANG_RUBY, "gems.rb"},
    {LANG_DOTNET, "*.csproj"},
    {LANG_DOTNET, "*.fsproj"},
    {LANG_DOTNET, "*.vbproj"},
};
static_assert(countof(manifests) <= PACKAGE_MANIFESTS, "a package has room for all");

bool package_needs_cmake(const struct package *package)
{
    return bundle_target(package->code) || bundle_generated(package->code);
}

/* Sets `*there` to whether the code folder has a manifest, or a file whose name ends as one with
 * '*' in front. `names` are those in the folder, or NULL if it cannot be listed. */
static bool has_manifest(struct arena *arena, const struct root *root, const struct package *p,
                         char **names, size_t n, const char *name, bool *there)
{
    if (*name != '*')
        return (names && !bsearch(&name, names, n, sizeof *names, str_compare)) ||
               root_has(root, path_join(arena, p->code, name), there);
    if (!names && !root_list(arena, root, p->code, &names, &n))
        return false;
    for (size_t i = 0; i < n; i++)
        *there = *there || str_ends(names[i], name + 1);
    return true;
}

/* Sets `above`. */
static bool look_above(struct package *p)
{
    struct above *above = arena_alloc(p->arena, sizeof *above);
    *above = (struct above){.project = p->root, .code = p->code};
    p->above = above;
    return (package_has(p, "pom.xml") && p->nmanifests == 1 ? above_maven : above_gradle)(p->arena,
                                                                                          above);
}

bool package_is_above(const struct package *p)
{
    return p->above && strcmp(p->above->base, p->code) != 0;
}

bool package_look(struct package *p)
{
    const struct root root = {p->root, EXIT_BUILD};
    struct arena *arena = arena_new();
    p->kind = FILE_MISSING;
    p->nmanifests = 0;
    p->above = NULL;
    bool ok = package_needs_cmake(p) || root_look(&root, p->code, &p->kind);
    size_t n = 0;
    char **names = ok && p->kind == FILE_FOLDER ? file_list(arena, p->code, &n) : NULL;
    for (size_t i = 0; ok && p->kind == FILE_FOLDER && i < countof(manifests); i++) {
        bool there = false;
        if (manifests[i].language == p->language)
            ok = has_manifest(arena, &root, p, names, n, manifests[i].name, &there);
        if (there)
            p->manifests[p->nmanifests++] = manifests[i].name;
    }
    arena_free(arena);
    bool looks = ok && p->language == LANG_JAVA && p->nmanifests && !p->nbuild;
    return looks ? look_above(p) : ok;
}

bool package_has(const struct package *p, const char *manifest)
{
    for (size_t i = 0; i < p->nmanifests; i++)
        if (strcmp(p->manifests[i], manifest) == 0)
            return true;
    return false;
}

bool package_is_zip(const struct package *p)
{
    const char *extension = path_extension(p->code);
    return p->kind == FILE_REGULAR && !p->nbuild &&
           (strcasecmp(extension, ".zip") == 0 ||
            (strcasecmp(extension, ".jar") == 0 && !p->layer)); /* layers have jars as files */
}

/* Folders that a developer's own run of a tool leaves beside its manifest. They may be older than
 * the source, and for another platform. They stay in if the settings have build commands, which may
 * need them. */
static const struct left {
    enum language language;
    const char *manifest, *folder;
} left[] = {
    {LANG_NODE, "package.json", "node_modules"}, {LANG_RUBY, "Gemfile", "vendor/bundle"},
    {LANG_RUBY, "Gemfile", ".bundle"},           {LANG_RUBY, "gems.rb", "vendor/bundle"},
    {LANG_RUBY, "gems.rb", ".bundle"},           {LANG_JAVA, "pom.xml", "target"},
    {LANG_JAVA, "build.gradle", "build"},        {LANG_JAVA, "build.gradle", ".gradle"},
    {LANG_JAVA, "build.gradle.kts", "build"},    {LANG_JAVA, "build.gradle.kts", ".gradle"},
};

const struct left_out *package_left_out(struct arena *arena, const struct package *package)
{
    struct left_out *out = arena_alloc(arena, sizeof *out);
    const char **skip = NULL;
    size_t n = 0;
    array_push(arena, skip, n, path_dir(arena, path_dir(arena, package->zip)));
    array_push(arena, skip, n, package->zip); /* if the output folder holds the code, too */
    array_push(arena, skip, n, path_dir(arena, path_dir(arena, package->work)));
    array_push(arena, skip, n, path_join(arena, package->project_path, "parameters"));
    for (size_t i = 0; !package->nbuild && i < countof(left); i++)
        if (left[i].language == package->language && package_has(package, left[i].manifest))
            array_push(arena, skip, n, path_join(arena, package->code, left[i].folder));
    array_push(arena, skip, n, NULL);
    *out = (struct left_out){skip, package->parameters, package->nparameters,
                             package_is_above(package)};
    return out;
}

void package_sweep(struct arena *arena, const struct package *package)
{
    remove_unfinished(path_dir(arena, package->zip),
                      arena_printf(arena, "%s.", path_base(package->zip)));
    remove_unfinished(package->work, "");
}

int package_lock(struct arena *arena, const char *work)
{
    int lock = lock_folder(arena, work);
    if (lock < 0 && errno == ENOENT && file_mkdirs(work))
        lock = lock_folder(arena, work);
    if (lock < 0)
        diag_error(EXIT_BUILD, (struct pos){.file = work}, "cannot be locked: %s", strerror(errno));
    return lock;
}

void package_remove_zip(struct arena *arena, const struct package *package)
{
    const char *code = path_dir(arena, package->zip);
    remove_below(path_dir(arena, code), path_below(path_dir(arena, code), package->zip));
}
