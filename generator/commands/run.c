#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/interrupt.h"
#include "base/util.h"
#include "build/load.h"
#include "build/rebuild.h"
#include "commands/commands.h"
#include "commands/deploy.h"
#include "commands/opt.h"
#include "deploy/answer.h"
#include "deploy/payload.h"
#include "lambdas/lambda.h"
#include "local/environment.h"
#include "local/expectation.h"
#include "local/function.h"
#include "local/function_load.h"
#include "local/interpreter.h"
#include "local/one_run.h"
#include "settings/project.h"

struct run_options {
    struct deploy_options place;
    const char *payload;
    struct opt_list env;
    struct expectation expected;
    bool no_build;
};

/* Adds --env NAME=VALUE, or --env NAME with the value of our own variable, to `given`. */
static void read_env(const struct command *command, struct arena *arena,
                     const struct opt_list *list, struct table *given)
{
    for (size_t i = 0; i < list->n; i++) {
        size_t len = strcspn(list->items[i], "=");
        const char *name = arena_strndup(arena, list->items[i], len);
        const char *value = list->items[i][len] ? list->items[i] + len + 1 : getenv(name);
        if (!str_is_made_of(name, STR_ALNUM "_") || strspn(name, STR_DIGITS))
            opt_usage(command, "--env must be NAME=VALUE or NAME, not '%s'", list->items[i]);
        if (environment_is_reserved(name))
            opt_usage(command, "--env cannot set %s, which Lambda sets itself", name);
        if (!value)
            opt_usage(command, "--env %s has no value: there is no such environment variable",
                      name);
        table_set(arena, given, name, (char *)value);
    }
}

static void show_log(const char *text, size_t len)
{
    fwrite(text, 1, len, stderr);
}

static void show_nothing(const char *text, size_t len)
{
    (void)text, (void)len;
}

static void show_piece(const char *part, size_t len)
{
    fwrite(part, 1, len, stdout);
    fflush(stdout);
}

/* Shows an answer; a streamed one was shown as it came. */
static void show_answer(const struct one_run *run)
{
    if (run->end == RUN_STREAMED)
        show_piece("\n", run->text.len && !str_ends(run->text.data, "\n"));
    else
        answer_show(&run->text);
}

/* Shows the end of a run; returns the exit status. */
static int show_end(struct arena *arena, const struct function *function,
                    const struct expectation *expected, const struct one_run *run)
{
    bool answered = run->end == RUN_ANSWERED || run->end == RUN_STREAMED;
    if (interrupt_signal() || run->end == RUN_BROKEN)
        return deploy_status(false);
    if (answered || expected->error) {
        show_answer(run);
        return deploy_status(expectation_met(arena, expected, function->reference, run));
    }
    answer_report_error(arena, function->reference, &run->text);
    return run->end == RUN_LATE ? EXIT_LATE : EXIT_LAMBDA;
}

static int run_lambda(struct arena *arena, const struct lambda *lambda,
                      const struct function_source *source, const struct expectation *expected,
                      const char *event)
{
    struct function function;
    struct interpreter interpreter;
    if (!function_load(arena, source, lambda, &function) ||
        !interpreter_find(arena, &function, &interpreter))
        return deploy_status(false);
    diag_flush(); /* warnings go before the log */
    interrupt_catch();
    struct one_run run = {.function = &function,
                          .interpreter = &interpreter,
                          .event = event,
                          .len = strlen(event),
                          .log = common.quiet ? show_nothing : show_log,
                          .piece = show_piece};
    one_run_do(&run);
    int status = show_end(arena, &function, expected, &run);
    buf_free(&run.text);
    return status;
}

static int run_project(const struct command *command, struct arena *arena,
                       const struct run_options *options, const char *name)
{
    struct loaded loaded = {0};
    struct deployment place;
    struct table given = {0};
    const char *output = opt_build_dir(arena);
    read_env(command, arena, &options->env, &given);
    const char *event = payload_read(arena, options->payload);
    if (!event || !expectation_is_sound(arena, &options->expected) ||
        (!options->no_build && !rebuild(arena, common.project, output, common.quiet)))
        return deploy_status(false);
    bool ok = load_quietly(arena, common.project, &loaded);
    const struct lambda *lambda =
        ok ? lambda_named(loaded.model, (struct pos){.file = loaded.project->file},
                          EXIT_NONE_TO_RUN, name)
           : NULL;
    int status = deploy_status(false);
    if (lambda) {
        deploy_init(&place, command, &options->place, loaded.project);
        const struct function_source source = {.loaded = &loaded,
                                               .output = output,
                                               .stage = place.stage,
                                               .region = place.region,
                                               .given = &given};
        status = run_lambda(arena, lambda, &source, &options->expected, event);
    }
    load_release(&loaded);
    return status;
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct run_options options = {.place = DEPLOY_OPTIONS_INIT};
    const struct opt opts[] = {
        {"--payload", 0, OPT_TEXT, "FILE", "the event, as JSON (default: standard input)",
         &options.payload},
        {"--env", 'e', OPT_LIST, "NAME=VALUE",
         "an environment variable; NAME alone passes ours on; repeatable", &options.env},
        {"--expect", 0, OPT_TEXT, "FILE", "fail unless the answer equals the JSON in this file",
         &options.expected.file},
        {"--expect-regex", 0, OPT_TEXT, "RE", "fail unless the answer matches this",
         &options.expected.pattern},
        {"--expect-error", 0, OPT_FLAG, NULL, "fail unless the lambda fails",
         &options.expected.error},
        {"--no-build", 0, OPT_FLAG, NULL, "run the zips as they are", &options.no_build},
        PLACE_OPTS(options.place),
    };
    opt_parse(command, opts, countof(opts), 1, 1, argc, argv);
    deploy_check(command, &options.place);
    const struct expectation *expected = &options.expected;
    if (!!expected->file + !!expected->pattern + expected->error > 1)
        opt_usage(command, "only one of --expect, --expect-regex and --expect-error can be given");
    struct arena *arena = arena_new();
    int status = run_project(command, arena, &options, argv[0]);
    arena_free(arena);
    return status;
}

const struct command run_command = {
    .name = "run",
    .args = "APP.LAMBDA",
    .help = "run a lambda on this machine",
    .run = run,
    .details =
        "Builds what is out of date, unpacks the zip that would be uploaded, and runs it as\n"
        "Lambda does: with the handler, the time and the memory of the settings, with the\n"
        "context and the parameters of the stage, and with no other environment variables\n"
        "than Lambda's and those of --env. No container is needed, and AWS is not asked.\n\n"
        "The event is read from --payload FILE, or from standard input; without one it is {}.\n"
        "The answer goes to standard output, the log to standard error (not with --quiet).\n"
        "If the lambda fails, the exit status is 26; if it takes longer than its timeout, 124.",
};
