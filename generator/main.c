#include <jansson.h>
#include <malloc.h> /* for M_TRIM_THRESHOLD, where it exists */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "archive/tar.h"
#include "archive/zip.h"
#include "base/diag.h"
#include "base/process.h"
#include "base/util.h"
#include "commands/commands.h"
#include "commands/opt.h"

/* All commands, in the order of the help. A row with a title begins a group. */
static const struct {
    const char *title;
    const struct command *command;
} commands[] = {
    {"Build", &build_command},
    {NULL, &template_command},
    {NULL, &release_command},
    {"On this machine", &run_command},
    {NULL, &event_command},
    {NULL, &emulator_command},
    {"AWS", &apply_command},
    {NULL, &diff_command},
    {NULL, &status_command},
    {NULL, &outputs_command},
    {NULL, &invoke_command},
    {NULL, &logs_command},
    {NULL, &rollback_command},
    {NULL, &delete_command},
    {"Called by CMake", &plan_command},
    {NULL, &package_command},
    {NULL, &install_command},
};

static void usage(FILE *out)
{
    fprintf(out,
            "usage: gordon COMMAND [OPTIONS]\n\n"
            "Gordon turns settings.yml into CloudFormation templates and zipped Lambda code.\n");
    for (size_t i = 0; i < countof(commands); i++) {
        const struct command *command = commands[i].command;
        if (commands[i].title)
            fprintf(out, "\n%s:\n", commands[i].title);
        fprintf(out, "  %-10s %-16s %s\n", command->name, command->args, command->help);
    }
    fprintf(out, "\ngordon COMMAND --help shows the options of a command.\n"
                 "gordon --version shows the versions of gordon and of its libraries.\n");
}

/* Names the libraries, because the bytes of a zip depend on zlib, and those of a release on zlib
 * and libarchive. */
static void version(void)
{
    printf("gordon %s\nlibyaml %s, jansson %s, zlib %s, %s\n", GORDON_VERSION,
           yaml_get_version_string(), jansson_version_str(), zip_library(), tar_library());
}

static const struct command *find(const char *name)
{
    const char *names[countof(commands)];
    for (size_t i = 0; i < countof(commands); i++) {
        if (strcmp(commands[i].command->name, name) == 0)
            return commands[i].command;
        names[i] = commands[i].command->name;
    }
    const char *near = str_nearest(name, names, countof(names));
    if (near)
        opt_usage(NULL, "there is no command '%s'; did you mean '%s'?", name, near);
    opt_usage(NULL, "there is no command '%s'", name);
}

/* Keeps freed memory in the process. glibc would return it to the kernel at once and get it back
 * for the next lambda, which costs three page faults per lambda. */
static void keep_memory(void)
{
#ifdef M_TRIM_THRESHOLD /* not in every C library */
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 32 << 20); /* the largest value that glibc accepts */
    mallopt(M_TOP_PAD, 512 << 10);
#endif
}

/* Runs the command that the arguments name. Returns the exit status. */
static int run(int argc, char *argv[])
{
    if (argc < 2) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        version();
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return 0;
    }
    const struct command *command = find(argv[1]);
    int status = command->run(command, argc - 2, argv + 2);
    enum exit_code code = diag_flush();
    diag_end();
    if (status > 1) /* a signal ended it, or diff found changes */
        return status;
    return code ? (int)code : status;
}

/* The locale stays C, except for what str_use_unicode sets: no output may depend on the user's. */
int main(int argc, char *argv[])
{
    process_begin();
    json_object_seed(1); /* saves asking the system for a seed; no attacker chooses our keys */
    json_set_alloc_funcs(memory_new,
                         free); /* without memory jansson would leave out what it packs */
    keep_memory();
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line appears at once, in a CI's log too */
    int status = run(argc, argv);
    process_check_output();
    return status;
}
