#include "local/shell.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/run.h"
#include "base/util.h"
#include "local/environment.h"
#include "local/function.h"
#include "local/interpreter.h"
#include "local/sandbox.h"

enum { NOT_STARTED = 127, SIGNALLED = 128 };

/* The value of a variable in a list of "NAME=value". */
static const char *value_of(const char *const *env, const char *name)
{
    size_t len = strlen(name);
    for (; *env; env++)
        if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
            return *env + len + 1;
    return "";
}

/* Finds a program in the lambda's PATH; NULL if there is none. */
static const char *find(struct arena *arena, const char *const *env, const char *name)
{
    if (strchr(name, '/'))
        return name;
    for (const char *at = value_of(env, "PATH"); *at; at += *at == ':') {
        size_t len = strcspn(at, ":");
        const char *path = path_join(arena, arena_strndup(arena, at, len), name);
        if (run_found(path))
            return path;
        at += len;
    }
    return NULL;
}

/* Ctrl-C goes to the program, not to us. */
static int wait_for(pid_t pid)
{
    int status = 0;
    void (*before)(int) = signal(SIGINT, SIG_IGN);
    void (*quit)(int) = signal(SIGQUIT, SIG_IGN);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    signal(SIGINT, before);
    signal(SIGQUIT, quit);
    return WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
}

static int start(const struct function *function, const char *program, const char *const *argv,
                 const char *const *env)
{
    pid_t pid = fork();
    if (pid == 0) {
        sandbox_make_read_only(function->task);
        if (chdir(function->task) == 0)
            execve(program, (char *const *)argv, (char *const *)env);
        diag_error(EXIT_OTHER, (struct pos){.file = program}, "cannot be started: %s",
                   strerror(errno));
        diag_flush();
        _exit(NOT_STARTED);
    }
    return pid < 0 ? NOT_STARTED : wait_for(pid);
}

/* Adds the code to where Python looks, as Lambda's runtime does, and further variables. */
static const char *const *environment(struct arena *arena, const struct function *function,
                                      const struct interpreter *interpreter, const char *temporary,
                                      const char *const *more)
{
    const struct environment own = {.function = function,
                                    .interpreter = interpreter,
                                    .log_stream = "shell",
                                    .temporary = temporary};
    const char *const *env = environment_of(arena, &own);
    const char **all = NULL, *path = value_of(env, "PYTHONPATH");
    size_t n = 0;
    for (; *env; env++)
        if (!str_starts(*env, "PYTHONPATH="))
            array_push(arena, all, n, *env);
    array_push(arena, all, n,
               arena_printf(arena, "PYTHONPATH=%s%s%s", function->task, *path ? ":" : "", path));
    for (; *more; more++)
        if (getenv(*more))
            array_push(arena, all, n, arena_printf(arena, "%s=%s", *more, getenv(*more)));
    array_push(arena, all, n, NULL);
    return all;
}

static int run(struct arena *arena, const struct function *function,
               const struct interpreter *interpreter, const char *const *argv,
               const char *const *more)
{
    const char *place, *temporary = file_make_temporary_folder(arena, "gordon-run-", &place);
    if (!temporary) {
        diag_error(EXIT_OTHER, (struct pos){.file = place}, "cannot be made: %s", strerror(errno));
        return NOT_STARTED;
    }
    const char *const *env = environment(arena, function, interpreter, temporary, more);
    const char *program = find(arena, env, argv[0]);
    int status = NOT_STARTED;
    if (program)
        status = start(function, program, argv, env);
    else
        diag_error(EXIT_OTHER, (struct pos){0}, "there is no program '%s' in the PATH of %s: %s",
                   argv[0], function->reference, value_of(env, "PATH"));
    remove_path(temporary);
    return status;
}

int shell_run(struct arena *arena, const struct function *function,
              const struct interpreter *interpreter, const char *const *argv)
{
    static const char *const none[] = {NULL};
    return run(arena, function, interpreter, argv, none);
}

int shell_open(struct arena *arena, const struct function *function,
               const struct interpreter *interpreter)
{
    static const char *const terminal[] = {"TERM", "COLORTERM", "HOME", NULL};
    const char *shell = getenv("SHELL");
    const char *const argv[] = {shell && *shell == '/' ? shell : "/bin/sh", NULL};
    return run(arena, function, interpreter, argv, terminal);
}
