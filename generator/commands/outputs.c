#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/printable.h"
#include "base/util.h"
#include "commands/commands.h"
#include "commands/deploy.h"
#include "commands/opt.h"
#include "deploy/cli_output.h"
#include "resources/steps.h"
#include "settings/project.h"
#include "template/cfn.h"

static bool print_json(const struct cli_output *outputs, size_t n)
{
    json_t *json = json_object();
    for (size_t i = 0; i < n; i++)
        json_object_set_new(json, outputs[i].name, json_string(outputs[i].value));
    return cfn_print(json);
}

/* A file or another program gets the value unchanged. */
static bool print_value(const char *value)
{
    if (isatty(STDOUT_FILENO))
        printable_write(stdout, value, strlen(value), PRINTABLE_LINES);
    else
        fputs(value, stdout);
    return putchar('\n') != EOF;
}

/* Prints only the value, for scripts. */
static bool print_one(struct deployment *d, const struct cli_output *outputs, size_t n,
                      const char *name)
{
    const char **names = arena_alloc(d->arena, (n + 1) * sizeof *names);
    for (size_t i = 0; i < n; i++) {
        names[i] = outputs[i].name;
        if (strcmp(names[i], name) == 0)
            return print_value(outputs[i].value);
    }
    const char *near = str_nearest(name, names, n);
    return diag_error(EXIT_NOT_FOUND, (struct pos){0}, "there is no output '%s'%s%s%s", name,
                      near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static bool print_all(const struct cli_output *outputs, size_t n)
{
    cli_outputs_report(outputs, n);
    if (!n)
        printf("The project has no outputs.\n");
    return true;
}

static bool print_outputs(struct deployment *d, const char *name, bool json)
{
    const char *stack_name = deployment_stack(d, STEP_RESOURCES);
    json_t *stack = aws_describe_stack(&d->aws, stack_name);
    size_t n;
    const struct cli_output *outputs = cli_outputs(d->arena, json_object_get(stack, "Outputs"), &n);
    bool ok = false;
    if (!stack)
        diag_error(EXIT_OTHER, (struct pos){0}, "stack %s: %s", stack_name, d->aws.error);
    else if (json_is_null(stack))
        diag_error(EXIT_NOT_FOUND, (struct pos){0},
                   "the stack %s is not in %s; gordon apply --stage %s makes it", stack_name,
                   d->region, d->stage);
    else if (name)
        ok = print_one(d, outputs, n, name);
    else
        ok = json ? print_json(outputs, n) : print_all(outputs, n);
    json_decref(stack);
    return ok;
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    bool json = false;
    const struct opt opts[] = {
        PLACE_OPTS(options),
        {"--json", 0, OPT_FLAG, NULL, "print one JSON object with names and values", &json},
    };
    int n = opt_parse(command, opts, countof(opts), 0, 1, argc, argv);
    if (n && json)
        opt_usage(command, "a single output is printed as it is, without --json");
    struct arena *arena = arena_new();
    struct deployment deployment;
    diag_quiet(true);
    const struct project *project = project_load(arena, common.project);
    bool ok = project != NULL;
    if (ok) {
        deploy_init(&deployment, command, &options, project);
        ok = print_outputs(&deployment, n ? argv[0] : NULL, json);
    }
    arena_free(arena);
    return deploy_status(ok);
}

const struct command outputs_command = {
    .name = "outputs",
    .args = "[NAME]",
    .help = "print the outputs of a stage, or one value",
    .run = run,
    .details =
        "Prints what gordon apply prints at its end: the ARNs of lambdas and the URLs of APIs\n"
        "that have `cli-output`, and the outputs of the settings. With the NAME of one output,\n"
        "prints only its value: curl $(gordon outputs NAME)/",
};
