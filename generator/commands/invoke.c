#include "deploy/invoke.h"
#include "base/diag.h"
#include "base/util.h"
#include "commands/commands.h"
#include "commands/deploy.h"
#include "commands/opt.h"
#include "deploy/functions.h"
#include "deploy/payload.h"
#include "resources/lambda.h"
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
    const char *path = NULL;
    const struct opt opts[] = {
        {"--payload", 0, OPT_TEXT, "FILE", "what it is called with, JSON (default: standard input)",
         &path},
        {"--qualifier", 0, OPT_TEXT, "NAME", "an alias or a version (default: current)",
         &call.qualifier},
        {"--async", 0, OPT_FLAG, NULL, "hand it over, and do not wait for the answer", &call.async},
        {"--json", 0, OPT_FLAG, NULL, "print one object with answer, error, log, version, duration",
         &call.json},
        PLACE_OPTS(options),
    };
    opt_parse(command, opts, countof(opts), 1, 1, argc, argv);
    check_qualifier(command, call.qualifier);
    deploy_check(command, &options);
    struct arena *arena = arena_new();
    struct deployment deployment;
    enum exit_code code = EXIT_OTHER;
    const struct model *model = deploy_model(arena);
    const struct lambda *lambda =
        model ? lambda_named(model, (struct pos){.file = model->project->file}, argv[0]) : NULL;
    call.payload = lambda ? payload_read(arena, path) : NULL; /* Ctrl-C ends us here as ever */
    call.quiet = common.quiet;
    if (call.payload) {
        deploy_init(&deployment, command, &options, model->project);
        code = call_lambda(&deployment, lambda, &call);
    }
    diag_flush();
    arena_free(arena);
    return code > EXIT_OTHER ? (int)code : deploy_status(code == EXIT_DONE);
}

const struct command invoke_command = {
    .name = "invoke",
    .args = "APP.LAMBDA",
    .help = "call a lambda that was applied",
    .run = run,
    .details =
        "Prints the answer, as it came, on standard output, and the end of the lambda's log, up to "
        "4\n"
        "KB, on standard error (not with --quiet). When the lambda fails, its error and its stack "
        "go\n"
        "to standard error, nothing goes to standard output, and the exit status is 26.\n\n"
        "The payload is read from --payload FILE, or from standard input: with --payload -, or\n"
        "without --payload where it is no terminal. Where there is none, it is {}. It is JSON of "
        "up\n"
        "to 6 MB, and is shown nowhere.",
};
