#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/digest.h"
#include "base/interrupt.h"
#include "base/say.h"
#include "build/edited.h"
#include "build/load.h"
#include "commands/commands.h"
#include "commands/opt.h"
#include "deploy/release.h"
#include "settings/names.h"
#include "settings/project.h"
#include "sources/notes.h"

enum { SHOWN_DIGITS = 8 };

struct release_options {
    const char *stage, *region, *output;
    struct notes notes;
};

static void check_options(const struct command *command, const struct release_options *options)
{
    if (!options->stage)
        opt_usage(command, "name the stage: --stage STAGE");
    if (!name_is_stage(options->stage))
        opt_usage(command, "%s, not '%s'", name_stage_rule, options->stage);
    if (options->region && !name_is_region(options->region))
        opt_usage(command, "'%s' %s", options->region, name_region_rule);
}

static bool release(const struct loaded *loaded, const struct release_options *options)
{
    struct arena *arena = loaded->project->arena;
    const struct release_source source = {
        .project = loaded->project,
        .places = &loaded->files[STEP_RESOURCES].places,
        .build_dir = opt_build_dir(arena),
        .stage = options->stage,
        .region = options->region,
    };
    const char *output = options->output ? options->output
                                         : arena_printf(arena, "%s-%s.tar.gz",
                                                        loaded->project->name, options->stage);
    const char **inputs;
    size_t n;
    char sha256[SHA256_HEX];
    printf("Releasing project...\n");
    if (!release_write(&source, output, &inputs, &n) ||
        !notes_write(&options->notes, output, inputs, n))
        return false;
    if (!sha256_file(output, sha256))
        return diag_error(EXIT_OTHER, (struct pos){.file = output}, "%s", strerror(errno));
    say(stdout, "  ✓ %s (%.*s)", output, SHOWN_DIGITS, sha256);
    return true;
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct release_options options = {0};
    const struct opt opts[] = {
        {"--stage", 's', OPT_TEXT, "STAGE", "the stage of the release", &options.stage},
        {"--region", 'r', OPT_TEXT, "REGION",
         "the region to apply it to, unless apply is given another one", &options.region},
        {"--output", 'o', OPT_TEXT, "FILE", "the file to write (default: PROJECT-STAGE.tar.gz)",
         &options.output},
        {"--depfile", 0, OPT_TEXT, "FILE", "write the files that were read, for Make and Ninja",
         &options.notes.depfile},
        {"--ninja-root", 0, OPT_TEXT, "DIR", "where Ninja runs: paths below it are relative",
         &options.notes.ninja_root},
        {"--forget", 0, OPT_TEXT, "FILE", "remove this file, where Make keeps old inputs",
         &options.notes.forget},
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    check_options(command, &options);
    interrupt_catch(); /* so that no folder of temporary files stays */
    struct arena *arena = arena_new();
    struct loaded loaded;
    bool ok = load_quietly(arena, common.project, &loaded);
    if (ok && !options.notes.depfile) /* an edge runs after those that build */
        ok = edited_warn(arena, &loaded, opt_build_dir(arena));
    ok = ok && release(&loaded, &options);
    diag_flush();
    load_release(&loaded);
    arena_free(arena);
    interrupt_release();
    return ok ? 0 : 1;
}

const struct command release_command = {
    .name = "release",
    .args = "",
    .help = "write the last build and a stage's parameters into one file",
    .run = run,
    .details = "Takes the last build, and builds nothing. The file has the templates, the zips,\n"
               "parameters/common.yml and parameters/STAGE.yml; gordon apply --release FILE needs\n"
               "nothing else. Parameters are not resolved: apply resolves references such as\n"
               "ssm://NAME and {{ env.NAME }}. The same build and parameters give the same bytes,\n"
               "and then the file is not touched.",
};
