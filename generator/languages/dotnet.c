#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "languages/build_look.h"
#include "languages/dotnet.h"
#include "languages/dotnet_source.h"
#include "languages/installer.h"
#include "languages/tool.h"
#include "sources/collect.h"
#include "sources/mirror.h"
#include "sources/package.h"
#include "sources/work.h"

/* What identifies the program. */
static const char *const dotnet_programs[] = {"dotnet", NULL};
static const struct installer dotnet_tool = {.programs = dotnet_programs,
                                             .setting = installer_no_setting,
                                             .version = "--version",
                                             .place = IN_INTO};

struct dotnet {
    struct arena *arena;
    const struct package *package;
    struct collection files; /* of the project, as they are named in the mirror */
    struct dotnet_source source;
    const char *mirror, *folder; /* the copy, and the code folder in it */
};

bool dotnet_builds(const struct package *package)
{
    return !package->nbuild && package->language == LANG_DOTNET &&
           (package_has(package, "*.csproj") || package_has(package, "*.fsproj") ||
            package_has(package, "*.vbproj"));
}

/* --- the command ------------------------------------------------------------------------------ */

/* A property's value, in which MSBuild takes these characters otherwise ("MSBuild special
 * characters"). */
static const char *escaped(struct arena *arena, const char *value)
{
    struct buf text = {0};
    for (; *value; value++)
        if (strchr("%$@';?*,", *value))
            buf_printf(&text, "%%%02X", (unsigned char)*value);
        else
            buf_add(&text, value, 1);
    const char *escaped = arena_strdup(arena, text.data ? text.data : "");
    buf_free(&text);
    return escaped;
}

/* "net8.0" for dotnet8. */
static const char *framework_of(const struct dotnet *dotnet)
{
    return arena_printf(dotnet->arena, "net%s.0", dotnet->package->runtime + strlen("dotnet"));
}

/* The same source gives the same bytes, because paths of the machine are replaced and nothing
 * depends on time. No server of the compiler stays behind. */
static const char **publish_command(const struct dotnet *dotnet, const char *target)
{
    struct arena *arena = dotnet->arena;
    bool arm = strcmp(dotnet->package->architecture, "arm64") == 0;
    const char *const words[] = {
        "dotnet",
        "publish",
        dotnet->source.project,
        "--configuration",
        "Release",
        "--runtime",
        arm ? "linux-arm64" : "linux-x64",
        "--self-contained",
        "false",
        "--output",
        target,
        "--nologo",
        "-nodeReuse:false",
        "-p:UseSharedCompilation=false",
        "-p:Deterministic=true",
        "-p:ContinuousIntegrationBuild=true",
        "-p:GenerateRuntimeConfigurationFiles=true",
        arena_printf(arena, "-p:PathMap=%s=/build", escaped(arena, dotnet->mirror))};
    const char *const framework[] = {"--framework", framework_of(dotnet)};
    const char **argv = NULL;
    size_t n = 0;
    installer_add(arena, &argv, &n, words, countof(words));
    if (dotnet->source.several)
        installer_add(arena, &argv, &n, framework, countof(framework));
    if (dotnet->source.locked)
        array_push(arena, argv, n, "-p:RestoreLockedMode=true");
    array_push(arena, argv, n, NULL);
    return argv;
}

static const char *const environment[] = {"DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_NOLOGO=1",
                                          "DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1",
                                          "MSBUILDDISABLENODEREUSE=1", NULL};

/* --- running it ------------------------------------------------------------------------------- */

static bool begin(struct dotnet *dotnet, struct arena *arena, const struct package *package,
                  struct collection *inputs)
{
    const char *name =
        strcmp(package->code, package->root) ? path_below(package->root, package->code) : "";
    *dotnet = (struct dotnet){
        .arena = arena,
        .package = package,
        .files = {.arena = arena, .left_out = inputs->left_out, .stamped = inputs->stamped},
        .mirror = path_join(arena, package->work, "source"),
    };
    dotnet->folder = *name ? path_join(arena, dotnet->mirror, name) : dotnet->mirror;
    bool ok = dotnet_source_find(arena, package, &dotnet->files, &dotnet->source) &&
              work_check_folder(dotnet->mirror);
    tool_note(arena, &dotnet_tool, package, inputs);
    collect_inputs_of(inputs, &dotnet->files);
    return ok;
}

static bool check_dotnet(const struct package *package)
{
    return run_found("dotnet") ||
           diag_error(EXIT_BUILD, package->pos,
                      "%s is built by dotnet, which is not in PATH: install the .NET SDK, or set "
                      "'build' to other commands",
                      package->reference);
}

static void warn_framework(const struct dotnet *dotnet)
{
    const struct package *package = dotnet->package;
    const char *wanted = framework_of(dotnet), *found = dotnet->source.framework;
    if (found && *found != '$' && strcmp(found, wanted) != 0)
        diag_warning(
            (struct pos){.file = path_join(dotnet->arena, package->code, dotnet->source.project)},
            "its TargetFramework is %s, and the runtime %s of %s has %s", found, package->runtime,
            package->reference, wanted);
}

static bool run_publish(const struct dotnet *dotnet, const char *target)
{
    struct run run = {.argv = publish_command(dotnet, target),
                      .folder = dotnet->folder,
                      .env = environment,
                      .merge = true};
    bool ok = run_wait(&run);
    if (!ok)
        build_report(dotnet->arena, dotnet->package, dotnet->package->pos,
                     run_line(dotnet->arena, run.argv), &run);
    buf_free(&run.out);
    buf_free(&run.err);
    return ok;
}

bool dotnet_build(struct arena *arena, const struct package *package, const char *target,
                  struct collection *inputs)
{
    struct dotnet dotnet;
    if (!check_dotnet(package) || !begin(&dotnet, arena, package, inputs))
        return false;
    warn_framework(&dotnet);
    return mirror_write(arena, &dotnet.files, dotnet.mirror) && run_publish(&dotnet, target);
}

bool dotnet_look(struct arena *arena, const struct package *package, const char *target,
                 struct collection *inputs, struct build_look *look)
{
    struct dotnet dotnet;
    size_t n = 0;
    if (!begin(&dotnet, arena, package, inputs))
        return false;
    *look = (struct build_look){.folder = dotnet.folder, .environment = environment};
    array_push(arena, look->argvs, n, publish_command(&dotnet, target));
    array_push(arena, look->argvs, n, NULL);
    return true;
}
