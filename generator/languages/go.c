#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/run.h"
#include "base/util.h"
#include "languages/build_look.h"
#include "languages/go.h"
#include "languages/go_files.h"
#include "languages/go_module.h"
#include "languages/installer.h"
#include "languages/tool.h"
#include "sources/collect.h"
#include "sources/package.h"

/* What identifies the program. Go installs nothing: a build downloads what it needs. */
static const char *const go_programs[] = {"go", NULL};
static const struct installer go_tool = {.programs = go_programs,
                                         .setting = installer_no_setting,
                                         .version = "version",
                                         .place = IN_INTO};

struct go {
    struct arena *arena;
    const struct package *package;
    struct collection *inputs;
    struct go_module module;
    struct root root;         /* of the project, by its real path */
    const char *folder;       /* the working directory */
    const char *const *files; /* what is built, by its names as arguments */
    const char **environment;
};

/* --- what is run -------------------------------------------------------------------------- */

/* The packages to build: the folder's own in a module; otherwise files, which need no module. Tests
 * are no part of a program. */
static bool find_arguments(struct go *go)
{
    struct arena *arena = go->arena;
    const struct go_module *module = &go->module;
    const char **files = NULL, *dot = ".";
    char **names = NULL;
    size_t n = 0, nnames = 0;
    if (go->package->kind != FILE_FOLDER) {
        const char *name = path_base(go->package->code);
        array_push(arena, files, n, path_join(arena, module->folder, name));
    } else if (module->module) {
        array_push(arena, files, n, dot);
    } else if (!root_list(arena, &go->root, module->folder, &names, &nnames)) {
        return false;
    }
    for (size_t i = 0; i < nnames; i++)
        if (str_ends(names[i], ".go") && !str_ends(names[i], "_test.go") && names[i][0] != '.')
            array_push(arena, files, n, path_join(arena, module->folder, names[i]));
    if (!n)
        return diag_error(EXIT_BUILD, go->package->pos,
                          "%s is no program of Go: there is no file *.go in %s",
                          go->package->reference, go->package->code);
    array_push(arena, files, n, NULL);
    go->files = files;
    return true;
}

/* `go_work` is the file that GOWORK names. */
static void set_environment(struct go *go, const char *go_work)
{
    struct arena *arena = go->arena;
    bool arm = strcmp(go->package->architecture, "arm64") == 0;
    const char *const variables[] = {"CGO_ENABLED=0",
                                     "GO111MODULE=",
                                     "GOOS=linux",
                                     arm ? "GOARCH=arm64" : "GOARCH=amd64",
                                     arena_printf(arena, "GOWORK=%s", go_work),
                                     arena_printf(arena, "PWD=%s", go->folder)};
    size_t n = 0;
    for (size_t i = 0; i < countof(variables); i++)
        array_push(arena, go->environment, n, variables[i]);
    array_push(arena, go->environment, n, NULL);
}

static const char **command(const struct go *go, const char *const *words, size_t count)
{
    const char **argv = NULL;
    size_t n = 0;
    installer_add(go->arena, &argv, &n, words, count);
    if (go->module.module)
        array_push(go->arena, argv, n, go->module.vendored ? "-mod=vendor" : "-mod=readonly");
    for (const char *const *file = go->files; *file; file++)
        array_push(go->arena, argv, n, *file);
    array_push(go->arena, argv, n, NULL);
    return argv;
}

/* The program is the same on every machine, because these flags leave out C code, paths and version
 * control data. */
static const char **build_command(const struct go *go, const char *target)
{
    const char *const words[] = {"go",
                                 "build",
                                 "-trimpath",
                                 "-buildvcs=false",
                                 "-ldflags=-buildid=",
                                 "-o",
                                 path_join(go->arena, target, "bootstrap")};
    return command(go, words, countof(words));
}

static const char **list_command(const struct go *go)
{
    static const char *const words[] = {
        "go", "list", "-deps",
        ("-json=Dir,Name,Standard,GoFiles,CFiles,CXXFiles,HFiles,SFiles,SysoFiles,CgoFiles,"
         "IgnoredGoFiles,IgnoredOtherFiles,EmbedFiles,EmbedPatterns")};
    return command(go, words, countof(words));
}

/* Runs in the code folder, where Go writes nothing. Without a module in the project, runs in "/":
 * a go.mod above the project must not count. */
static bool begin(struct go *go, struct arena *arena, const struct package *package,
                  struct collection *inputs)
{
    *go = (struct go){.arena = arena, .package = package, .inputs = inputs};
    if (!go_module_find(arena, package, inputs, &go->module))
        return false;
    go->root = (struct root){go->module.root, EXIT_BUILD};
    go->folder = go->module.module ? go->module.folder : "/";
    tool_note(arena, &go_tool, package, inputs);
    const char *question = fact_of_registry(arena, "go");
    collect_fact(inputs, question, fact_answer(question));
    return find_arguments(go);
}

/* --- running it --------------------------------------------------------------------------- */

static bool fail(const char *path)
{
    return diag_error(EXIT_BUILD, (struct pos){.file = path}, "cannot be written: %s",
                      strerror(errno));
}

/* Writes a copy of go.work and returns its path, because Go writes a go.work.sum beside it.
 * Vendored modules need no sums, and are beside go.work itself. Returns NULL after a reported
 * error. */
static const char *copy_work(struct go *go)
{
    const struct go_module *module = &go->module;
    struct arena *arena = go->arena;
    if (!module->work)
        return "off";
    const char *work = path_join(arena, module->work, "go.work");
    const char *sum = path_join(arena, module->work, "go.work.sum");
    const char *copy = path_join(arena, go->package->work, "workspace/go.work");
    const char *copied = path_join(arena, go->package->work, "workspace/go.work.sum");
    char *text;
    size_t len;
    if (module->vendored)
        return work;
    if (!root_read(arena, &go->root, sum, &text, &len))
        return NULL;
    if (!file_write(copy, module->work_text, strlen(module->work_text), 0644) ||
        !file_write(copied, text ? text : "", len, 0644)) {
        fail(copy);
        return NULL;
    }
    return copy;
}

/* Adds what Go's own words do not say: that the module is above the project, or what to do with an
 * import that go.mod does not know. */
static void explain(const struct go *go, const struct run *run)
{
    const char *said = run->err.data ? run->err.data : "";
    if (strstr(said, "disabled by -mod=readonly"))
        diag_note((struct pos){0},
                  "if %s/go.mod lacks a module that the code imports, run 'go get' or 'go mod "
                  "tidy' there",
                  go->module.module);
    if (go->module.outside)
        diag_note((struct pos){0},
                  "its module is not in the project: %s/go.mod; move settings.yml into that "
                  "folder, and name the code by its path there",
                  go->module.outside);
}

static bool run(const struct go *go, const char **argv, struct run *run)
{
    *run = (struct run){.argv = argv, .folder = go->folder, .env = go->environment};
    if (run_wait(run))
        return true;
    build_report(go->arena, go->package, go->package->pos, run_line(go->arena, argv), run);
    explain(go, run);
    return false;
}

static bool list(struct go *go)
{
    struct run listed;
    bool ok = run(go, list_command(go), &listed) &&
              go_files_listed(go->arena, go->package, &go->module, listed.out.data, listed.out.len,
                              go->inputs);
    buf_free(&listed.out);
    buf_free(&listed.err);
    return ok;
}

/* The files are noted before Go compiles them: one that changes meanwhile is seen afterwards. */
bool go_build(struct arena *arena, const struct package *package, const char *target,
              struct collection *inputs)
{
    struct go go;
    struct run built = {0};
    if (!begin(&go, arena, package, inputs))
        return false;
    const char *work = copy_work(&go);
    if (!work)
        return false;
    set_environment(&go, work);
    bool ok = list(&go) && run(&go, build_command(&go, target), &built);
    buf_free(&built.out);
    buf_free(&built.err);
    return ok;
}

bool go_look(struct arena *arena, const struct package *package, const char *target,
             struct collection *inputs, struct build_look *look)
{
    struct go go;
    size_t n = 0;
    if (!begin(&go, arena, package, inputs))
        return false;
    set_environment(&go, go.module.work ? path_join(arena, go.module.work, "go.work") : "off");
    go_files_all(arena, package, &go.module, inputs);
    look->folder = go.folder;
    look->environment = go.environment;
    array_push(arena, look->argvs, n, build_command(&go, target));
    array_push(arena, look->argvs, n, NULL);
    return true;
}
