#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "collect.h"
#include "file.h"
#include "install.h"
#include "lambda.h"
#include "model.h"
#include "node.h"
#include "notes.h"
#include "package.h"
#include "project.h"
#include "schema.h"
#include "target.h"
#include "zip.h"

/* A program's path: the lambda's own setting, then the project's. */
static const char *program(const struct project *project, const struct lambda *lambda,
                           const char *key)
{
    const char *own = node_text(node_get(lambda->settings, key));
    return own ? own : project_text(project, key, NULL);
}

const char *package_folder(struct arena *arena, const struct lambda *lambda)
{
    return arena_strndup(arena, lambda->zip_key, strlen(lambda->zip_key) - strlen(".zip"));
}

struct package *package_of(const struct model *model, const struct lambda *lambda,
                           const char *output, const char *work)
{
    struct arena *a = model->arena;
    const struct project *project = model->project;
    const struct node *settings = lambda->settings;
    const struct node *architecture = node_get(settings, "architecture");
    struct package *p = arena_alloc(a, sizeof *p);
    const char *folder = package_folder(a, lambda);
    *p = (struct package){
        .reference = lambda->reference,
        .name = lambda->name,
        .code = lambda_target(lambda->code->text) ? lambda->code->text
                                                  : path_absolute(a, lambda->code_path),
        .root = path_absolute(a, lambda->app->contrib ? lambda->app->dir : project->dir),
        .zip = path_absolute(a, path_join(a, path_join(a, output, "code"), lambda->zip_key)),
        .work = path_absolute(a, path_join(a, path_join(a, work, "lambdas"), folder)),
        .runtime = lambda->runtime->current,
        .language = lambda->runtime->language,
        .architecture = node_set(architecture) ? architecture->text : "x86_64",
        .in_source = schema_flag(node_get(settings, "build-in-source"), false),
        .project_name = project->name,
        .project_path = path_absolute(a, project->dir),
        .pip_path = program(project, lambda, "pip-path"),
        .npm_path = program(project, lambda, "npm-path"),
        .gradle_path = program(project, lambda, "gradle-path"),
        .pip_extra = project_extra(project, lambda->app, settings, "pip-install-extra"),
        .npm_extra = project_extra(project, lambda->app, settings, "npm-install-extra"),
        .gradle_extra = project_extra(project, lambda->app, settings, "gradle-build-extra"),
        .strip = schema_flag(node_get(settings, "strip"), false),
        .libc = schema_flag(node_get(settings, "libc"), false),
        .pos = lambda->code->pos,
    };
    const struct node *build = node_get(settings, "build");
    const struct node *building = node_set(build) ? build : node_get(settings, "strip");
    p->build_pos = node_set(building) ? building->pos : p->pos;
    p->build = schema_texts(a, build, &p->nbuild);
    for (size_t i = 0; i < p->nbuild; i++)
        array_push(a, p->build_places, p->nplaces,
                   build->kind == NODE_LIST ? build->items[i]->pos : build->pos);
    return p;
}

static bool check_code(const struct package *package)
{
    if (lambda_target(package->code))
        return true; /* its program is known to CMake */
    if (!file_exists(package->code)) {
        return diag_error(EXIT_BUILD, package->pos,
                          "the code of %s is not there: no file or folder %s", package->reference,
                          package->code);
    }
    return collect_check_code(package->code, package->root);
}

static bool collect(struct arena *arena, const struct package *package, struct collection *c)
{
    if (lambda_target(package->code))
        return target_collect(arena, package, c);
    collect_links(c, package->code, package->root);
    if (build_has_commands(package))
        return build_run(arena, package, c);
    if (!file_is_dir(package->code))
        return collect_file(c, package->code,
                            arena_printf(arena, "code%s", path_extension(package->code)));
    return collect_dir(c, package->code, package->root);
}

static bool check_content(const struct package *package, const struct collection *c)
{
    if (c->nentries)
        return true;
    if (build_has_commands(package))
        return diag_error(EXIT_BUILD, package->build_pos,
                          "the zip of %s would be empty: the build left nothing in {target}",
                          package->reference);
    return diag_error(EXIT_BUILD, package->pos,
                      "the zip of %s would be empty: no file in %s is packed", package->reference,
                      package->code);
}

/* What a developer's own run of a tool leaves beside its manifest: older than the source, perhaps,
 * and for another platform. Commands of the settings may want it. */
static const struct left {
    enum language language;
    const char *manifest, *folder;
} left[] = {
    {LANG_NODE, "package.json", "node_modules"}, {LANG_JAVA, "pom.xml", "target"},
    {LANG_JAVA, "build.gradle", "build"},        {LANG_JAVA, "build.gradle", ".gradle"},
    {LANG_JAVA, "build.gradle.kts", "build"},    {LANG_JAVA, "build.gradle.kts", ".gradle"},
};

/* The build tree of CMake that the build is part of, where that lies in the code; or NULL. */
static const char *build_tree(struct arena *arena, const struct package *package)
{
    const char *tree = NULL;
    if (lambda_target(package->code) || !path_within(package->work, package->code))
        return NULL;
    for (const char *dir = package->work; strcmp(dir, package->code) != 0;) {
        dir = path_dir(arena, dir);
        if (file_exists(path_join(arena, dir, "CMakeCache.txt")))
            tree = dir;
    }
    return tree;
}

const char *const *package_skip(struct arena *arena, const struct package *package)
{
    const char **skip = NULL;
    size_t n = 0;
    const char *tree = build_tree(arena, package);
    if (tree)
        array_push(arena, skip, n, tree);
    array_push(arena, skip, n, path_dir(arena, path_dir(arena, package->zip)));
    array_push(arena, skip, n, path_dir(arena, path_dir(arena, package->work)));
    array_push(arena, skip, n, path_join(arena, package->project_path, "parameters"));
    for (size_t i = 0; !package->nbuild && i < countof(left); i++)
        if (left[i].language == package->language &&
            file_exists(path_join(arena, package->code, left[i].manifest)))
            array_push(arena, skip, n, path_join(arena, package->code, left[i].folder));
    array_push(arena, skip, n, NULL);
    return skip;
}

void package_sweep(struct arena *arena, const struct package *package)
{
    file_sweep(path_dir(arena, package->zip), arena_printf(arena, "%s.", path_base(package->zip)));
    file_sweep(package->work, "");
}

/* The code alone, or together with what was installed, which is not compressed again. */
static bool write_zip(struct arena *arena, const struct package *package,
                      const struct collection *own, const char *dependencies)
{
    const char *zip = path_join(arena, package->work, "own.zip");
    const char *const both[] = {zip, dependencies};
    if (!dependencies)
        return zip_write(package->zip, own->entries, own->nentries);
    return zip_write(zip, own->entries, own->nentries) && zip_merge(package->zip, both, 2);
}

int package_lock(struct arena *arena, const char *work)
{
    int lock = file_lock_folder(arena, work);
    if (lock < 0 && errno == ENOENT && file_mkdirs(work))
        lock = file_lock_folder(arena, work);
    if (lock < 0)
        diag_error(EXIT_BUILD, (struct pos){.file = work}, "cannot be locked: %s", strerror(errno));
    return lock;
}

bool package_run(struct arena *arena, const struct package *package, const struct notes *notes)
{
    struct collection c = {
        .arena = arena, .skip = package_skip(arena, package), .stamped = notes->inputs};
    const char *dependencies = NULL;
    bool ok =
        check_code(package) &&
        install_dependencies(arena, package, package->trusts_dependencies, &c, &dependencies) &&
        collect(arena, package, &c) && check_content(package, &c);
    if (ok)
        collect_sort(&c);
    ok = ok && write_zip(arena, package, &c, dependencies);
    if (!ok)
        unlink(package->zip); /* apply must not find the code of an earlier build */
    if (notes->stamp)
        collect_input(&c, package->zip);
    ok = ok && notes_write(notes, package->zip, c.inputs, c.ninputs);
    if (notes->inputs)
        *notes->inputs = c;
    return ok;
}

bool package_look(struct arena *arena, const struct package *package, struct collection *c,
                  struct build_look *look)
{
    struct install_look install;
    *look = (struct build_look){0};
    if (lambda_target(package->code))
        return true;
    if (!check_code(package) || !install_look(arena, package, true, c, &install))
        return false;
    if (install.zip)
        collect_input(c, install.zip);
    if (build_has_commands(package))
        return build_look(arena, package, c, look);
    return collect(arena, package, c) && check_content(package, c);
}
