#include "aws/emulator.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/interrupt.h"
#include "base/say.h"
#include "base/util.h"
#include "commands/commands.h"
#include "commands/opt.h"
#include "settings/names.h"

enum { PORT_MAX = 65535 };

static const char *region_of(const struct command *command)
{
    const char *region = getenv("AWS_DEFAULT_REGION");
    region = region && *region ? region : "us-east-1";
    if (!name_is_region(region))
        opt_usage(command, "'%s' %s", region, name_region_rule);
    return region;
}

/* Returns the exit status. */
static int stay(struct emulator *emulator)
{
    emulator_print(emulator);
    if (!common.quiet)
        say(stderr, "gordon: the emulator of AWS answers at http://127.0.0.1:%ld; Ctrl-C ends it",
            emulator->port);
    return emulator_wait(emulator) ? 128 + interrupt_signal() : 1;
}

static int run(const struct command *command, int argc, char *argv[])
{
    long port = 0;
    const struct opt opts[] = {
        {"--port", 0, OPT_NUMBER, "PORT",
         "its port (default: 4566, or another one if that is in use)", &port},
    };
    int n = opt_parse(command, opts, countof(opts), 0, argc, argc, argv);
    if (port > PORT_MAX)
        opt_usage(command, "--port must be 1 to %d", PORT_MAX);
    struct arena *arena = arena_new();
    struct emulator emulator;
    char **words = arena_alloc(arena, ((size_t)n + 1) * sizeof *words);
    for (int i = 0; i < n; i++)
        words[i] = argv[i];
    interrupt_catch();
    int status = interrupt_signal() ? 128 + interrupt_signal() : 1;
    if (emulator_start(arena, port, region_of(command), &emulator)) {
        status = n ? emulator_run(&emulator, words) : stay(&emulator);
        emulator_stop(&emulator);
    } else if (interrupt_signal()) {
        status = 128 + interrupt_signal();
    }
    arena_free(arena);
    return status;
}

const struct command emulator_command = {
    .name = "emulator",
    .args = "[-- COMMAND...]",
    .help = "run an emulator of AWS on this machine",
    .run = run,
    .details =
        "Starts ministack (pip install ministack) on the loopback interface, and prints the\n"
        "variables by which the AWS CLI, SDKs and gordon use it, as lines for a shell. It runs\n"
        "until Ctrl-C, and then forgets all that was in it.\n\n"
        "With a command, as in gordon emulator -- gordon apply, runs that with these variables,\n"
        "ends the emulator, and exits with the command's status. No variable, profile or file\n"
        "with other credentials reaches the command.",
};
