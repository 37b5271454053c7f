#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "cmd.h"
#include "diag.h"
#include "opt.h"
#include "util.h"
#include "zip.h"

/* The table is the dispatch and the help. */
static const struct command commands[] = {
    {"build", "", "write the templates and the zips", cmd_build, NULL},
    {"template", "", "write the templates only; reads no code", cmd_template, NULL},
    {"package", "[APP.LAMBDA]", "write the zip of one lambda", cmd_package, NULL},
    {"apply", "", "apply what was built to a stage", cmd_apply, NULL},
    {"delete", "", "say what a deletion would take; do it with --confirm", cmd_delete, NULL},
    {"plan", "", "write down what a build consists of, for CMake", cmd_plan, NULL},
};

static void usage(void)
{
    printf("usage: gordon COMMAND [OPTIONS]\n\n"
           "Gordon turns settings.yml into CloudFormation templates and zipped Lambda code.\n\n"
           "Commands:\n");
    for (size_t i = 0; i < countof(commands); i++)
        printf("  %-10s %-14s %s\n", commands[i].name, commands[i].args, commands[i].help);
    printf("\ngordon COMMAND --help tells a command's options; gordon --version what it is made "
           "of.\n");
}

/* The bytes of a zip are the same with the same of these. */
static void version(void)
{
    printf("gordon %s\nlibyaml %s, jansson %s, %s\n", GORDON_VERSION, yaml_get_version_string(),
           jansson_version_str(), zip_library());
}

static const struct command *find(const char *name)
{
    const char *names[countof(commands)];
    for (size_t i = 0; i < countof(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
        names[i] = commands[i].name;
    }
    const char *near = str_nearest(name, names, countof(names));
    if (near)
        opt_usage(NULL, "there is no command '%s'; did you mean '%s'?", name, near);
    opt_usage(NULL, "there is no command '%s'", name);
}

/* Nothing may depend on the user's locale or time zone: the bytes of zips and names do on both. */
static void fix_surroundings(void)
{
    setenv("TZ", "UTC0", 1);
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "C");
}

int main(int argc, char *argv[])
{
    fix_surroundings();
    setvbuf(stdout, NULL, _IOLBF, 0); /* lines appear as they come, in a CI's log too */
    if (argc < 2) {
        usage();
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        version();
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        usage();
        return 0;
    }
    const struct command *command = find(argv[1]);
    int status = command->run(command, argc - 2, argv + 2);
    enum exit_code code = diag_flush();
    diag_end();
    if (fflush(stdout) || ferror(stdout))
        fatal("what was printed could not all be written");
    return status ? status : (int)code;
}
