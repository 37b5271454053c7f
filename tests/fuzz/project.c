/* A whole project, in parts: settings.yml, a/settings.yml, parameters/common.yml and dev.yml,
 * a/c/.gordonignore, and the list of zips of an earlier build. It is loaded, and its templates and
 * its plan are written and read back. Nothing outside of its folder may change. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "build/built.h"
#include "build/load.h"
#include "build/plan.h"
#include "fuzz.h"
#include "kinds/kinds.h"
#include "resources/model.h"
#include "sources/collect.h"
#include "sources/package.h"

static const char work[] = "_build/.gordon";

static void write_project(const char *data, size_t len)
{
    static const char *const files[] = {"settings.yml", "a/settings.yml", "parameters/common.yml",
                                        "parameters/dev.yml", "a/c/.gordonignore"};
    static const char code[] = "def handler(event, context):\n    return 1\n";
    size_t size;
    for (size_t i = 0; i < countof(files); i++) {
        const char *part = fuzz_part(&data, &len, &size);
        if (size)
            fuzz_write(files[i], part, size);
    }
    fuzz_write("a/c/code.py", code, sizeof code - 1);
    fuzz_write("a/index.js", "", 0);
    if (len) { /* what an earlier build has left */
        fuzz_write("_build/.gordon/zips", data, len);
        fuzz_write("_build/0001_p.json", "{}", 2);
    }
}

/* Each lambda's plan is read back, and the files of its code are collected. */
static void check_lambda(const char *name)
{
    const char *folder = path_join(fuzz_arena, work, path_join(fuzz_arena, "lambdas", name));
    struct package *package = plan_read(fuzz_arena, path_join(fuzz_arena, folder, "plan.json"));
    fuzz_expect(package != NULL, "a plan is read back");
    fuzz_expect(package->pos.line > 0, "it has its place");
    fuzz_expect(strcmp(path_absolute(fuzz_arena, folder), package->work) == 0,
                "its work folder is its own");
    struct collection files = {.arena = fuzz_arena,
                               .left_out = package_left_out(fuzz_arena, package)};
    if (package_look(package) && package->kind == FILE_FOLDER)
        collect_dir(&files, package->code, package->root);
}

/* A record of plan.list has no syntax of CMake. */
static void check_list(void)
{
    size_t len, n;
    const char *list = file_read(fuzz_arena, path_join(fuzz_arena, work, "plan.list"), &len);
    fuzz_expect(list && !strpbrk(list, ";[]\\\"$"), "plan.list has no syntax of CMake");
    char **names = file_list(fuzz_arena, path_join(fuzz_arena, work, "lambdas"), &n);
    for (size_t i = 0; names && i < n; i++)
        check_lambda(names[i]);
}

static void check_built(struct loaded *loaded)
{
    struct built built;
    for (size_t i = 0; i < loaded->model->count; i++)
        resource_id(loaded->model, loaded->model->resources[i]);
    built_load(fuzz_arena, "_build", &built); /* zips are missing */
    built_release(&built);
    struct buf out = {0};
    kinds_print(loaded->model, &out);
    buf_free(&out);
}

static void write_build(struct loaded *loaded)
{
    load_warn_limits(loaded);
    if (!load_secrets(loaded) || !load_write_templates(loaded, "_build"))
        return;
    if (plan_write(loaded->model, loaded->files, &(struct package_dirs){"_build", work, "_build"}))
        check_list();
    check_built(loaded);
}

void fuzz_target(const char *data, size_t len)
{
    struct loaded loaded;
    struct stat before, after;
    fuzz_write("victim/code/a_l.zip", "precious", 8);
    stat("victim/code", &before);
    fuzz_expect(mkdir("project", 0700) == 0 && chdir("project") == 0, "there is a folder");
    write_project(data, len);
    bool ok = load(fuzz_arena, ".", &loaded);
    fuzz_expect(ok || diag_errors(), "a refusal is reported");
    if (ok)
        write_build(&loaded);
    load_release(&loaded);
    fuzz_expect(chdir("..") == 0 && stat("victim/code", &after) == 0 &&
                    after.st_mtim.tv_nsec == before.st_mtim.tv_nsec &&
                    after.st_size == before.st_size &&
                    file_look("victim/code/a_l.zip") == FILE_REGULAR,
                "nothing outside of the project changes");
}
