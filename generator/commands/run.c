#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/interrupt.h"
#include "base/printable.h"
#include "base/say.h"
#include "base/util.h"
#include "build/load.h"
#include "build/rebuild.h"
#include "commands/commands.h"
#include "commands/deploy.h"
#include "commands/opt.h"
#include "commands/payload_opt.h"
#include "deploy/answer.h"
#include "lambdas/lambda.h"
#include "local/environment.h"
#include "local/expectation.h"
#include "local/function.h"
#include "local/function_load.h"
#include "local/interpreter.h"
#include "local/invoke_server.h"
#include "local/one_run.h"
#include "local/shell.h"
#include "settings/node.h"
#include "settings/project.h"

enum { ARGUMENTS_MOST = 1000, PORT_MOST = 65535, LINE_MOST = 64 * 1024, CONCURRENCY_MOST = 100 };

struct run_options {
    struct deploy_options place;
    struct payload_options payload;
    struct opt_list env;
    struct expectation expected;
    long port; /* below 0: not served */
    long concurrency;
    bool no_build, shell, command;
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

/* Shows the log in whole lines, without what a terminal or the log of a CI would obey. */
static struct buf log_rest;

static void show_rest(size_t len)
{
    if (!len)
        return;
    printable_write(stderr, log_rest.data, len, PRINTABLE_LINES);
    memmove(log_rest.data, log_rest.data + len, log_rest.len - len);
    log_rest.len -= len;
}

static void show_log(const char *text, size_t len)
{
    buf_add(&log_rest, text, len);
    size_t whole = log_rest.len;
    while (whole && log_rest.data[whole - 1] != '\n')
        whole--;
    show_rest(log_rest.len > LINE_MOST ? log_rest.len : whole);
}

static void end_log(void)
{
    if (log_rest.len)
        show_log("\n", 1);
    buf_free(&log_rest);
    log_rest = (struct buf){0};
}

static void show_port(unsigned port)
{
    say(stdout, "http://127.0.0.1:%u/2015-03-31/functions/function/invocations", port);
    fflush(stdout);
}

static void show_nothing(const char *text, size_t len)
{
    (void)text, (void)len;
}

static void show_piece(const char *part, size_t len)
{
    if (isatty(STDOUT_FILENO))
        printable_write(stdout, part, len, PRINTABLE_LINES);
    else
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

static int run_event(struct arena *arena, const struct function *function,
                     const struct interpreter *interpreter, const struct expectation *expected,
                     const char *event)
{
    struct one_run run = {.function = function,
                          .interpreter = interpreter,
                          .event = event,
                          .len = strlen(event),
                          .log = common.quiet ? show_nothing : show_log,
                          .piece = show_piece};
    interrupt_catch();
    one_run_do(&run);
    end_log();
    int status = show_end(arena, function, expected, &run);
    buf_free(&run.text);
    return status;
}

/* Serves the lambda until a signal ends it, which is no failure. */
static int serve(const struct function *function, const struct interpreter *interpreter,
                 const struct run_options *options)
{
    const struct invoke_server server = {.function = function,
                                         .interpreter = interpreter,
                                         .port = (unsigned)options->port,
                                         .concurrency = (size_t)options->concurrency,
                                         .logged = common.quiet ? show_nothing : show_log,
                                         .listens = show_port};
    interrupt_catch();
    bool ok = invoke_server_run(&server);
    end_log();
    return ok && interrupt_signal() == SIGINT ? 0 : deploy_status(false);
}

/* Runs the command of the setting `run`, which a shell reads, as those of `build`. */
static int run_setting(struct arena *arena, const struct lambda *lambda,
                       const struct function *function, const struct interpreter *interpreter)
{
    const struct node *setting = node_get(lambda->settings, "run");
    if (!node_text(setting))
        return diag_error(EXIT_REQUIRED, lambda->key->pos,
                          "%s has no setting 'run', the command that --command runs",
                          lambda->reference),
               deploy_status(false);
    const char *const argv[] = {"/bin/sh", "-c", setting->text, NULL};
    return shell_run(arena, function, interpreter, argv);
}

/* What to run: an event, a program with its arguments in `argv`, a shell, or the setting `run`. */
static int run_lambda(struct arena *arena, const struct lambda *lambda,
                      const struct function_source *source, const struct run_options *options,
                      const char *event, char *const argv[])
{
    struct function function;
    struct interpreter interpreter;
    if (!function_load(arena, source, lambda, &function) ||
        !interpreter_find(arena, &function, &interpreter))
        return deploy_status(false);
    diag_flush(); /* warnings go before the log */
    if (options->command)
        return run_setting(arena, lambda, &function, &interpreter);
    if (options->shell)
        return argv[1] ? shell_run(arena, &function, &interpreter, (const char *const *)argv + 1)
                       : shell_open(arena, &function, &interpreter);
    if (options->port >= 0)
        return serve(&function, &interpreter, options);
    return run_event(arena, &function, &interpreter, &options->expected, event);
}

/* The event; NULL after an error. Input is read before signals are caught, so that they end us. */
static const char *event_before(struct arena *arena, const struct run_options *options)
{
    bool none = options->shell || options->command || options->payload.source || options->port >= 0;
    return none ? "{}" : payload_opt_read(arena, &options->payload, NULL, NULL);
}

static int run_loaded(const struct command *command, struct arena *arena,
                      const struct run_options *options, const struct loaded *loaded,
                      const char *event, char *const argv[])
{
    struct deployment place;
    struct table given = {0};
    read_env(command, arena, &options->env, &given);
    const struct lambda *lambda = lambda_named(
        loaded->model, (struct pos){.file = loaded->project->file}, EXIT_NONE_TO_RUN, argv[0]);
    if (!lambda)
        return deploy_status(false);
    deploy_place(&place, command, &options->place, loaded->project);
    const struct function_source source = {.loaded = loaded,
                                           .output = opt_build_dir(arena),
                                           .stage = place.stage,
                                           .region = place.region,
                                           .given = &given};
    if (options->payload.source)
        event = payload_opt_read(arena, &options->payload, place.stage, place.region);
    return event ? run_lambda(arena, lambda, &source, options, event, argv) : deploy_status(false);
}

static int run_project(const struct command *command, struct arena *arena,
                       const struct run_options *options, char *const argv[])
{
    struct loaded loaded = {0};
    const char *event = event_before(arena, options);
    bool ok = event && expectation_is_sound(arena, &options->expected);
    ok = ok &&
         (options->no_build || rebuild(arena, common.project, opt_build_dir(arena), common.quiet));
    ok = ok && load_quietly(arena, common.project, &loaded);
    int status =
        ok ? run_loaded(command, arena, options, &loaded, event, argv) : deploy_status(false);
    load_release(&loaded);
    return status;
}

/* Checks what must not be together, before anything is read. */
static void check(const struct command *command, const struct run_options *options, int argc)
{
    const struct expectation *expected = &options->expected;
    bool event = options->payload.path || options->payload.source;
    if (!!expected->file + !!expected->pattern + expected->error > 1)
        opt_usage(command, "only one of --expect, --expect-regex and --expect-error can be given");
    if (options->shell && options->command)
        opt_usage(command, "only one of --shell and --command can be given");
    if ((options->shell || options->command) && event)
        opt_usage(command, "--shell and --command take no event");
    if (options->port > PORT_MOST || options->port < -1)
        opt_usage(command, "--port must be 0 to %d", PORT_MOST);
    if (options->concurrency < 1 || options->concurrency > CONCURRENCY_MOST)
        opt_usage(command, "--concurrency must be 1 to %d", CONCURRENCY_MOST);
    if (options->port >= 0 && (options->shell || options->command || event || expected->file ||
                               expected->pattern || expected->error))
        opt_usage(command, "--port takes its events from requests, so no other one can be given");
    if (!options->shell && argc > 1)
        opt_usage(command, "a command after the lambda needs --shell");
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct run_options options = {.place = DEPLOY_OPTIONS_INIT, .port = -1, .concurrency = 1};
    const struct opt opts[] = {
        PAYLOAD_OPTS(options.payload),
        {"--env", 'e', OPT_LIST, "NAME=VALUE",
         "an environment variable; NAME alone passes ours on; repeatable", &options.env},
        {"--expect", 0, OPT_TEXT, "FILE", "fail unless the answer equals the JSON in this file",
         &options.expected.file},
        {"--expect-regex", 0, OPT_TEXT, "RE", "fail unless the answer matches this",
         &options.expected.pattern},
        {"--expect-error", 0, OPT_FLAG, NULL, "fail unless the lambda fails",
         &options.expected.error},
        {"--shell", 0, OPT_FLAG, NULL,
         "run the command after the lambda, or a shell, where the lambda runs", &options.shell},
        {"--command", 0, OPT_FLAG, NULL, "run the command of the setting 'run' there",
         &options.command},
        {"--port", 0, OPT_NUMBER, "PORT", "serve it over HTTP; 0: a free port", &options.port},
        {"--concurrency", 0, OPT_NUMBER, "N", "processes at once, with --port (default: 1)",
         &options.concurrency},
        {"--no-build", 0, OPT_FLAG, NULL, "run the zips as they are", &options.no_build},
        PLACE_OPTS(options.place),
    };
    argc = opt_parse(command, opts, countof(opts), 1, ARGUMENTS_MOST, argc, argv);
    payload_opt_check(command, opts, countof(opts), &options.payload);
    check(command, &options, argc);
    argv[argc] = NULL;
    deploy_check(command, &options.place);
    struct arena *arena = arena_new();
    int status = run_project(command, arena, &options, argv);
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
        "If the lambda fails, the exit status is 26; if it takes longer than its timeout, 124.\n\n"
        "--shell APP.LAMBDA -- python manage.py migrate runs a command in the lambda's code,\n"
        "with its environment, and without limits; without a command, a shell.",
};
