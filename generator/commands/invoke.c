#include "deploy/invoke.h"
#include "base/diag.h"
#include "base/util.h"
#include "commands/commands.h"
#include "commands/deploy.h"
#include "commands/opt.h"
#include "commands/payload_opt.h"
#include "deploy/functions.h"
#include "lambdas/lambda.h"
#include "settings/project.h"

/* A version is a number or $LATEST (Lambda API reference, Invoke). */
static void check_qualifier(const struct command *command, const char *qualifier)
{
    if (!str_is_made_of(qualifier, STR_ALNUM "$_-") || *qualifier == '-')
        opt_usage(command, "'%s' is neither an alias nor a version", qualifier);
}

static enum exit_code call_lambda(struct deployment *d, const struct lambda *lambda,
                                  struct invoke *call)
{
    struct table names = {0};
    if (!functions_load(d, &names))
        return EXIT_OTHER;
    call->aws = &d->aws;
    call->lambda = lambda->reference;
    call->function = functions_name(&names, lambda);
    if (!call->function)
        functions_missing(d, lambda);
    return call->function ? invoke_run(call) : EXIT_OTHER;
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    struct invoke call = {.qualifier = "current"};
    struct payload_options payload = {.path = NULL};
    const struct opt opts[] = {
        PAYLOAD_OPTS(payload),
        {"--qualifier", 0, OPT_TEXT, "NAME", "an alias or a version (default: current)",
         &call.qualifier},
        {"--async", 0, OPT_FLAG, NULL, "hand over the event, and do not wait for the answer",
         &call.async},
        {"--json", 0, OPT_FLAG, NULL, "print one object with answer, error, log, version, duration",
         &call.json},
        PLACE_OPTS(options),
    };
    opt_parse(command, opts, countof(opts), 1, 1, argc, argv);
    check_qualifier(command, call.qualifier);
    payload_opt_check(command, opts, countof(opts), &payload);
    deploy_check(command, &options);
    struct arena *arena = arena_new();
    struct deployment deployment;
    enum exit_code code = EXIT_OTHER;
    const struct model *model = deploy_model(arena);
    const struct lambda *lambda =
        model ? lambda_named(model, (struct pos){.file = model->project->file}, EXIT_NOT_FOUND,
                             argv[0])
              : NULL;
    call.payload = "{}";
    if (lambda && !payload.source) /* Ctrl-C ends us here */
        call.payload = payload_opt_read(arena, &payload, NULL, NULL);
    call.quiet = common.quiet;
    if (lambda && call.payload) {
        deploy_init(&deployment, command, &options, model->project);
        if (payload.source)
            call.payload = payload_opt_read(arena, &payload, deployment.stage, deployment.region);
        code = call.payload ? call_lambda(&deployment, lambda, &call) : EXIT_OTHER;
    }
    arena_free(arena);
    return code > EXIT_OTHER ? (int)code : deploy_status(code == EXIT_DONE);
}

const struct command invoke_command = {
    .name = "invoke",
    .args = "APP.LAMBDA",
    .help = "call a deployed lambda",
    .run = run,
    .details =
        "Prints the answer unchanged on standard output, and the end of the lambda's log, up\n"
        "to 4 KB, on standard error (not with --quiet). If the lambda fails, its error and\n"
        "its stack trace go to standard error, nothing goes to standard output, and the exit\n"
        "status is 26.\n\n"
        "The payload is read from --payload FILE, or from standard input: with --payload -,\n"
        "or without --payload if standard input is not a terminal. Without a payload, {} is\n"
        "sent. The payload is JSON of up to 6 MB, and is never printed.\n\n"
        "--event SOURCE sends an event as AWS sends it: alb, apigateway, cognito, documentdb,\n"
        "dynamodb, eventbridge, httpapi, iot, kafka, kinesis, logs, mq, rabbitmq, s3, schedule,\n"
        "sns, sqs, url, websocket. Its values are options, as --bucket=photos with s3; a wrong\n"
        "one is an error that names those that there are.",
};
