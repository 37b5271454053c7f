#include <limits.h>
#include <signal.h>

#include "base/diag.h"
#include "base/moment.h"
#include "base/util.h"
#include "commands/commands.h"
#include "commands/deploy.h"
#include "commands/opt.h"
#include "deploy/functions.h"
#include "deploy/logs.h"
#include "resources/lambda.h"
#include "settings/project.h"

/* What was asked for. */
struct wanted {
    const struct lambda **lambdas;
    size_t count;
    bool all; /* then those that are not in the stack are no error */
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
        const struct lambda *lambda =
            lambda_named(model, (struct pos){.file = model->project->file}, names[i]);
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

/* Lambda writes the log of a function into the group that is called so. */
static bool show(struct deployment *d, const struct wanted *wanted, struct logs *logs)
{
    struct table names = {0};
    struct log_source *sources = NULL;
    bool ok = functions_load(d, &names);
    for (size_t i = 0; ok && i < wanted->count; i++) {
        const struct lambda *lambda = wanted->lambdas[i];
        const char *function = functions_name(&names, lambda);
        if (function)
            array_push(d->arena, sources, logs->count,
                       ((struct log_source){
                           lambda->reference,
                           arena_printf(d->arena, "/aws/lambda/%s", function),
                       }));
        else if (!wanted->all)
            ok = functions_missing(d, lambda);
    }
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
        {"--follow", 'f', OPT_FLAG, NULL, "go on, until Ctrl-C", &logs.follow},
        {"--since", 0, OPT_TEXT, "WHEN", "30s, 10m, 2h, 3d, or a time in UTC (default: 10m)",
         &since},
        {"--filter", 0, OPT_TEXT, "PATTERN", "only events that match this pattern of CloudWatch",
         &logs.pattern},
        {"--json", 0, OPT_FLAG, NULL, "print one JSON object a line", &logs.json},
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
        signal(SIGPIPE, SIG_DFL); /* whoever reads may have read enough */
        ok = show(&deployment, &wanted, &logs);
    }
    diag_flush();
    arena_free(arena);
    return deploy_status(ok);
}

const struct command logs_command = {
    .name = "logs",
    .args = "[APP.LAMBDA...]",
    .help = "show what lambdas that were applied have written",
    .run = run,
    .details =
        "Without a lambda, those of all lambdas of the stage, merged by time. Times are in UTC, "
        "here\n"
        "and in --since, which takes 30s, 10m, 2h, 3d, 1w, 2026-11-23, 2026-11-23T10:00 and any "
        "time\n"
        "that is shown.\n"
        "--filter takes what CloudWatch calls a filter pattern: 'ERROR', '\"two words\"',\n"
        "'{ $.level = 50 }'.\n"
        "With --json, each event is one line: an object with time, message, lambda, stream and id.",
};
