#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "cmd.h"
#include "diag.h"
#include "opt.h"
#include "tar.h"
#include "util.h"
#include "zip.h"

/* The table is the dispatch and the help. */
static const struct command commands[] = {
    {"build", "", "write the templates and the zips", cmd_build,
     "Writes NNNN_*.json and code/*.zip into the build folder. A file that stays the same is not\n"
     "touched. After an error there is no zip of the lambda that failed, and no template, so that\n"
     "nothing half new is applied."},
    {"template", "", "write the templates only", cmd_template,
     "Runs no build command and reads no code."},
    {"package", "[APP.LAMBDA]", "write the zip of one lambda", cmd_package,
     "With --plan, as the CMake modules call it, the settings are not read at all."},
    {"install", "", "bring the dependencies of one lambda, for CMake", cmd_install,
     "Writes dependencies.zip beside the lambda's plan. Installs are shared and kept in\n"
     "GORDON_CACHE_DIR, by default gordon in XDG_CACHE_HOME or ~/.cache."},
    {"release", "", "write one file that holds the build and a stage's parameters", cmd_release,
     "Takes what was built last, and builds nothing. The file has the templates, the zips,\n"
     "parameters/common.yml and parameters/STAGE.yml; gordon apply --release FILE needs nothing\n"
     "else. No parameter is resolved: references such as ssm://NAME and {{ env.NAME }} are, by\n"
     "apply. The same build and parameters give the same bytes, and then the file is not touched."},
    {"apply", "", "apply what was built to a stage", cmd_apply,
     "Runs the AWS CLI: GORDON_AWS, or aws in PATH. Values of parameters come from\n"
     "parameters/common.yml and parameters/STAGE.yml. It can be run again at any time, and\n"
     "changes only what differs. Several stages and regions are applied side by side.\n\n"
     "With --release it needs nothing but that file: the stage is the release's, and so is the\n"
     "region if gordon release was given one. A file with a byte that has changed is refused.\n"
     "Paths of file:// and envdir:// parameters then begin in the current directory."},
    {"diff", "", "say what apply would change", cmd_diff,
     "Step by step: the zips, the files in them and the keys of their contexts; parameters; and\n"
     "the resources that would be added (+), changed (~), replaced (!) or removed (-), as\n"
     "CloudFormation works it out. Nothing is left behind in AWS. Exits with 0 without changes,\n"
     "and with 25 where there are some."},
    {"status", "", "say what is deployed", cmd_status,
     "Prints the stacks of a stage and since when they are so, each lambda with the version that\n"
     "everybody calls (its alias `current`) and whether its code is what was built last, by\n"
     "content and context, and the URLs of APIs. It changes nothing, and needs no build."},
    {"outputs", "[NAME]", "print the outputs of a stage, or one value", cmd_outputs,
     "Prints what gordon apply prints at its end: the ARNs of lambdas and the URLs of APIs that\n"
     "have `cli-output`. With NAME, as it is printed there, only the value:\n"
     "curl $(gordon outputs NAME)/"},
    {"rollback", "[APP.LAMBDA...]", "point lambdas back to the version before", cmd_rollback,
     "Moves the alias `current`, which everybody calls, of these lambdas, or of all but Gordon's\n"
     "own, to the version before, or to the one of --to. No code is uploaded, and no stack\n"
     "changes. It stays there until gordon apply has a new version, or --to newest moves it\n"
     "forward again."},
    {"invoke", "APP.LAMBDA", "call a lambda that was applied", cmd_invoke,
     "Prints the answer, as it came, on standard output, and the end of the lambda's log, up to 4\n"
     "KB, on standard error (not with --quiet). When the lambda fails, its error and its stack go\n"
     "to standard error, nothing goes to standard output, and the exit status is 26.\n\n"
     "The payload is read from --payload FILE, or from standard input: with --payload -, or\n"
     "without --payload where it is no terminal. Where there is none, it is {}. It is JSON of up\n"
     "to 6 MB, and is shown nowhere."},
    {"logs", "[APP.LAMBDA...]", "show what lambdas that were applied have written", cmd_logs,
     "Without a lambda, those of all lambdas of the stage, merged by time. Times are in UTC, here\n"
     "and in --since, which takes 30s, 10m, 2h, 3d, 1w, 2026-11-23, 2026-11-23T10:00 and any time\n"
     "that is shown.\n"
     "--filter takes what CloudWatch calls a filter pattern: 'ERROR', '\"two words\"',\n"
     "'{ $.level = 50 }'.\n"
     "With --json, each event is one line: an object with time, message, lambda, stream and id."},
    {"delete", "", "say what a deletion would take, or do it", cmd_delete,
     "Without --confirm nothing is deleted. With it, the stacks go, and all versions of all\n"
     "objects in the code bucket."},
    {"plan", "", "write down what a build consists of, for CMake or as JSON", cmd_plan,
     "Writes plan.cmake and one file for each lambda, and takes away outputs that are no longer\n"
     "part of the build.\n\n"
     "With --json nothing is written or run, and one JSON document goes to standard output: for\n"
     "each output (a template, a zip, or a zip of dependencies) its inputs, the folders whose\n"
     "listing matters, and the commands, as argument vectors. All paths are absolute. {into} and\n"
     "{copy} in a command stand for folders that are there only while it runs. Of target://\n"
     "lambdas only CMake knows the files. An output that cannot be built has \"failed\": true,\n"
     "the error is on standard error, and the exit status is that of gordon build; errors in the\n"
     "settings leave no document. For a build by CMake, give --build-dir and --work-dir as\n"
     "gordon_add_project does."},
};

static void usage(FILE *out)
{
    fprintf(out,
            "usage: gordon COMMAND [OPTIONS]\n\n"
            "Gordon turns settings.yml into CloudFormation templates and zipped Lambda code.\n\n"
            "Commands:\n");
    for (size_t i = 0; i < countof(commands); i++)
        fprintf(out, "  %-10s %-16s %s\n", commands[i].name, commands[i].args, commands[i].help);
    fprintf(out,
            "\ngordon COMMAND --help tells a command's options; gordon --version what it is made "
            "of.\n");
}

/* The bytes of a zip are the same with the same zlib, and those of a release with the same of both.
 */
static void version(void)
{
    printf("gordon %s\nlibyaml %s, jansson %s, zlib %s, %s\n", GORDON_VERSION,
           yaml_get_version_string(), jansson_version_str(), zip_library(), tar_library());
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

/* Nothing may depend on the user's time zone. The locale is C, and str_use_unicode's. */
static void fix_surroundings(void)
{
    setenv("TZ", "UTC0", 1);
    json_object_seed(1); /* else jansson asks the system for one; no stranger chooses our keys */
}

/* The C library gives memory back as soon as it is free, and has it cleared again a lambda later:
 * three page faults for each. */
static void keep_memory(void)
{
#ifdef M_TRIM_THRESHOLD /* not in every C library */
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 32 << 20); /* it takes no more */
    mallopt(M_TOP_PAD, 512 << 10);
#endif
}

/* With one of them closed, the next file opened would take its number, and get what is printed. */
static void open_standard_files(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd < 3);
    if (fd >= 0)
        close(fd);
}

/* Who read the pipe has read enough, as `head` does. */
static bool nobody_reads(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

int main(int argc, char *argv[])
{
    open_standard_files();
    fix_surroundings();
    keep_memory();
    signal(SIGCHLD, SIG_DFL); /* who ignored it would make every program's end unknown to us */
    setvbuf(stdout, NULL, _IOLBF, 0); /* lines appear as they come, in a CI's log too */
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
    if ((fflush(stdout) || ferror(stdout)) && !nobody_reads())
        fatal("what was printed could not all be written");
    if (status > 1) /* a signal ended it */
        return status;
    return code ? (int)code : status;
}
