/* What `aws` answers to the commands that work on a stage. The first part is the command line,
 * without "gordon"; then come answers (answers.h). */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answers.h"
#include "base/diag.h"
#include "base/run.h"
#include "base/status_line.h"
#include "base/util.h"
#include "commands/commands.h"
#include "commands/opt.h"
#include "fuzz.h"

enum { WORDS_MAX = 6 };

/* The command lines: options are not what is tested here, and wrong ones end the program. */
static const struct line {
    const struct command *command;
    const char *words[WORDS_MAX];
} lines[] = {
    {&status_command, {0}},
    {&status_command, {"--json"}},
    {&diff_command, {0}},
    {&diff_command, {"--json"}},
    {&apply_command, {0}},
    {&apply_command, {"--json"}},
    {&apply_command, {"--wait"}},
    {&outputs_command, {0}},
    {&outputs_command, {"--json"}},
    {&invoke_command, {"a.l"}},
    {&invoke_command, {"a.l", "--json"}},
    {&logs_command, {0}},
    {&logs_command, {"--json"}},
    {&logs_command, {"--follow"}},
    {&rollback_command, {0}},
    {&rollback_command, {"--json"}},
    {&rollback_command, {"--to", "newest"}},
    {&delete_command, {0}},
    {&delete_command, {"--confirm"}},
};

static const char settings[] = "project: p\n"
                               "code-bucket: b\n"
                               "contexts: {default: {K: ref://Name}}\n"
                               "apps: [a]\n";
static const char app[] =
    "lambdas:\n"
    "  l: {code: c, handler: code.handler, runtime: python, cli-output: true}\n"
    "apigateway:\n"
    "  api: {resources: {/: {methods: GET, integration: {lambda: a.l}}}}\n";
static const char parameters[] = "Name: ssm:///name\n";

static struct line find(const char *text)
{
    size_t index = 0;
    for (size_t i = 0; i < countof(lines); i++) {
        struct buf line = {0};
        buf_adds(&line, lines[i].command->name);
        for (size_t k = 0; lines[i].words[k]; k++)
            buf_printf(&line, " %s", lines[i].words[k]);
        buf_adds(&line, "\n");
        if (strcmp(line.data, text) == 0)
            index = i;
        buf_free(&line);
    }
    return lines[index];
}

static void run(const struct line *line)
{
    char *argv[WORDS_MAX + 1];
    int argc = 0;
    while (line->words[argc]) {
        argv[argc] = arena_strdup(fuzz_arena, line->words[argc]);
        argc++;
    }
    argv[argc] = NULL;
    common = (struct common){.project = "."};
    line->command->run(line->command, argc, argv);
}

static const char project[] = "/tmp/fuzz.project"; /* stays from one input to the next */

/* Builds the project, which needs no program. */
static void build(void)
{
    const struct line line = {&build_command, {"--quiet", "--jobs", "1"}};
    fuzz_expect(mkdir(project, 0700) == 0 && chdir(project) == 0, "there is a folder in /tmp");
    fuzz_write("settings.yml", settings, sizeof settings - 1);
    fuzz_write("a/settings.yml", app, sizeof app - 1);
    fuzz_write("a/c/code.py", "", 0);
    fuzz_write("parameters/common.yml", parameters, sizeof parameters - 1);
    run(&line);
    bool ok = !diag_errors();
    fuzz_flush();
    fuzz_expect(ok, "the project is built");
}

void fuzz_target(const char *data, size_t len)
{
    static bool built;
    const struct line line = find(fuzz_part(&data, &len, NULL));
    char *folder = getcwd(NULL, 0);
    fuzz_answer = NULL;
    fuzz_locks = true;
    if (!built)
        build();
    built = true;
    /* an answer that is not JSON goes into a file as it is */
    fuzz_raw = line.command == &invoke_command && !line.words[1];
    fuzz_expect(folder && chdir(project) == 0, "the project is there");
    answers_serve(data, len);
    run(&line);
    fuzz_expect(chdir(folder) == 0, "the folder is there");
    free(folder);
}
