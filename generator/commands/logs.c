#include <limits.h>
#include <signal.h>

#include "base/diag.h"
#include "base/moment.h"
#include "base/util.h"
#include "commands/commands.h"
#include "commands/deploy.h"
#include "commands/opt.h"
#include "deploy/functions.h"
#include "deploy/log_group.h"
#include "deploy/logs.h"
#include "lambdas/lambda.h"
#include "settings/project.h"

/* The lambdas whose logs are shown. */
struct wanted {
    const struct lambda **lambdas;
    size_t count;
    bool all; /* of the project: those that are not in the stack are then no error */
};

static void want(struct arena *arena, struct wanted *wanted, const struct lambda *lambda)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->lambdas[i] == lambda)
            return; /* named twice */
    array_push(arena, wanted->lambdas, wanted->count, lambda);
}

static bool want_named(const struct model *model, struct wanted *wanted, char *names[], size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        const struct lambda *lambda = lambda_named(
            model, (struct pos){.file = model->project->file}, EXIT_NOT_FOUND, names[i]);
        if (lambda)
            want(model->arena, wanted, lambda);
        ok = ok && lambda;
    }
    return ok;
}

static void want_all(const struct model *model, struct wanted *wanted)
{
    wanted->all = true;
    for (size_t i = 0; i < model->count; i++)
        if (lambda_of(model->resources[i]))
            want(model->arena, wanted, lambda_of(model->resources[i]));
}

/* Sets *sources to the wanted lambdas that the stack has. */
static bool find_sources(struct deployment *d, const struct wanted *wanted,
                         struct log_source **sources, size_t *n)
{
    struct table names = {0};
    const struct lambda **lambdas = NULL;
    size_t found = 0;
    bool ok = functions_load(d, &names);
    for (size_t i = 0; ok && i < wanted->count; i++) {
        const struct lambda *lambda = wanted->lambdas[i];
        const char *function = functions_name(&names, lambda);
        struct log_source source = {lambda->reference, function, NULL};
        if (function) {
            array_push(d->arena, *sources, *n, source);
            array_push(d->arena, lambdas, found, lambda);
        } else if (!wanted->all) {
            ok = functions_missing(d, lambda);
        }
    }
    return ok && log_groups_find(d, &names, lambdas, *sources, *n);
}

static bool show(struct deployment *d, const struct wanted *wanted, struct logs *logs)
{
    struct log_source *sources = NULL;
    bool ok = find_sources(d, wanted, &sources, &logs->count);
    logs->aws = &d->aws;
    logs->sources = sources;
    return ok && logs_run(logs);
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    struct logs logs = {0};
    const char *since = "10m";
    const struct opt opts[] = {
        {"--follow", 'f', OPT_FLAG, NULL, "keep printing new events until Ctrl-C", &logs.follow},
        {"--since", 0, OPT_TEXT, "WHEN", "30s, 10m, 2h, 3d, or a time in UTC (default: 10m)",
         &since},
        {"--filter", 0, OPT_TEXT, "PATTERN",
         "only events that match this CloudWatch filter pattern", &logs.pattern},
        {"--json", 0, OPT_FLAG, NULL, "print one JSON object per line", &logs.json},
        PLACE_OPTS(options),
    };
    int n = opt_parse(command, opts, countof(opts), 0, INT_MAX, argc, argv);
    if (!moment_read(since, moment_now(), &logs.since))
        opt_usage(command, "--since is 10m, 2h, 3d or 2026-11-23T10:00, not '%s'", since);
    deploy_check(command, &options);
    struct arena *arena = arena_new();
    struct deployment deployment;
    struct wanted wanted = {0};
    const struct model *model = deploy_model(arena);
    bool ok = model && want_named(model, &wanted, argv, (size_t)n);
    if (ok) {
        if (!n)
            want_all(model, &wanted);
        deploy_init(&deployment, command, &options, model->project);
        signal(SIGPIPE, SIG_DFL); /* the reader may close the pipe, as `head` does */
        ok = show(&deployment, &wanted, &logs);
    }
    arena_free(arena);
    return deploy_status(ok);
}

const struct command logs_command = {
    .name = "logs",
    .args = "[APP.LAMBDA...]",
    .help = "show the logs of deployed lambdas",
    .run = run,
    .details =
        "Without APP.LAMBDA, shows the logs of all lambdas of the stage, merged by time.\n"
        "Times are in UTC, also in --since, which takes 30s, 10m, 2h, 3d, 1w, 2026-11-23,\n"
        "2026-11-23T10:00 and each time that logs prints.\n"
        "--filter takes a CloudWatch filter pattern, such as 'ERROR', '\"two words\"' or\n"
        "'{ $.level = 50 }'.\n"
        "With --json, each event is an object on one line: time, message, lambda, stream, id.",
};
