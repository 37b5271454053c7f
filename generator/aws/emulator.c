#include "aws/emulator.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/moment.h"
#include "base/removal.h"
#include "base/run.h"
#include "base/util.h"

enum {
    USUAL_PORT = 4566,
    PORTS_TRIED = 3,
    START_SECONDS = 60,
    STOP_SECONDS = 10,
    NO_PROGRAM = 127
};

/* --- ports ---------------------------------------------------------------------------------- */

static struct sockaddr_in loopback(long port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* Returns the port if it is free, and with 0 any free one; else 0. */
static long free_port(long port)
{
    struct sockaddr_in address = loopback(port);
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 1) == 0 &&
              getsockname(fd, (struct sockaddr *)&address, &size) == 0;
    fd_drop(fd);
    return ok ? ntohs(address.sin_port) : 0;
}

/* Whether it answers a request for its health with 200. */
static bool answers(long port)
{
    static const char request[] = "GET /_ministack/health HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";
    struct sockaddr_in address = loopback(port);
    struct timeval patience = {.tv_sec = 5};
    char answer[13] = "";
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    bool ok = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
              fd_write(fd, request, strlen(request)) &&
              fd_read(fd, answer, sizeof answer - 1) == sizeof answer - 1;
    fd_drop(fd);
    return ok && str_starts(answer, "HTTP/1.") && str_ends(answer, " 200");
}

/* --- its process ---------------------------------------------------------------------------- */

static const char *const by_name[] = {"ministack", NULL};
static const char *const by_python[] = {"python3", "-m", "ministack", NULL};

static bool python_has_it(const char *folder)
{
    static const char find[] = "import importlib.util as u, sys; "
                               "sys.exit(u.find_spec('ministack') is None)";
    const char *const argv[] = {"python3", "-c", find, NULL};
    struct run run = {.argv = argv, .folder = folder};
    bool ok = run_found("python3") && run_wait(&run);
    buf_free(&run.out);
    buf_free(&run.err);
    return ok;
}

/* Returns the argument vector, or NULL after an error. */
static const char *const *find_program(const char *folder)
{
    if (run_found(by_name[0]))
        return by_name;
    if (python_has_it(folder))
        return by_python;
    diag_error(EXIT_NOT_FOUND, (struct pos){0},
               "the emulator of AWS is not installed: there is no program 'ministack' in PATH, and "
               "no module of this name in python3; run 'pip install ministack'");
    return NULL;
}

/* Its environment has nothing of the user's AWS. Packages of "pip install --user" are found by
 * PYTHONUSERBASE, because it gets another home. */
static const char **environment_of(const struct emulator *e)
{
    struct arena *a = e->arena;
    const char **list = NULL, *path = getenv("PATH"), *home = getenv("HOME");
    const char *base = getenv("PYTHONUSERBASE");
    size_t n = 0;
    array_push(a, list, n, arena_printf(a, "PATH=%s", path ? path : "/usr/bin:/bin"));
    array_push(a, list, n, arena_printf(a, "HOME=%s/home", e->folder));
    array_push(a, list, n, arena_printf(a, "TMPDIR=%s/tmp", e->folder));
    array_push(a, list, n, arena_printf(a, "GATEWAY_PORT=%ld", e->port));
    array_push(a, list, n, "BIND_HOST=127.0.0.1");
    array_push(a, list, n, "MINISTACK_HOST=127.0.0.1");
    array_push(a, list, n, "LOG_LEVEL=WARNING");
    if (base || home)
        array_push(a, list, n,
                   base ? arena_printf(a, "PYTHONUSERBASE=%s", base)
                        : arena_printf(a, "PYTHONUSERBASE=%s/.local", home));
    array_push(a, list, n, NULL);
    return list;
}

static const char *log_of(const struct emulator *e)
{
    return path_join(e->arena, e->folder, "log");
}

/* A session of its own: Ctrl-C reaches only us, and we end it. It does not outlive us. */
static void __attribute__((noreturn))
child(const struct emulator *e, const char *const *argv, const char **environment, pid_t parent)
{
    int in = open("/dev/null", O_RDONLY),
        log = open(log_of(e), O_WRONLY | O_CREAT | O_APPEND, 0600);
    setsid();
    interrupt_set_defaults();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    const char *program = run_which(e->arena, argv[0]);
    if (getppid() == parent && program && chdir(e->folder) == 0 && dup2(in, 0) == 0 &&
        dup2(log, 1) == 1 && dup2(log, 2) == 2)
        execve(program, (char *const *)argv, (char *const *)environment);
    _exit(NO_PROGRAM);
}

/* Whether its process has ended. Then there is none any more. */
static bool has_ended(struct emulator *e)
{
    if (e->pid > 0 && waitpid(e->pid, NULL, WNOHANG) != e->pid)
        return false;
    if (e->pid > 0)
        kill(-e->pid, SIGKILL); /* lambdas that it has started */
    e->pid = -1;
    return true;
}

static void end(struct emulator *e)
{
    double until = moment_steady() + STOP_SECONDS;
    if (e->pid > 0)
        kill(e->pid, SIGTERM);
    while (!has_ended(e) && moment_steady() < until)
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    if (e->pid > 0) {
        kill(-e->pid, SIGKILL);
        waitpid(e->pid, NULL, 0);
        e->pid = -1;
    }
}

/* Returns whether it runs and answers. */
static bool try_port(struct emulator *e, const char *const *argv)
{
    const char **environment = environment_of(e);
    pid_t parent = getpid();
    double until = moment_steady() + START_SECONDS;
    e->pid = fork();
    if (e->pid == 0)
        child(e, argv, environment, parent);
    if (e->pid < 0)
        return false;
    while (!has_ended(e) && moment_steady() < until) {
        if (answers(e->port))
            return !has_ended(e); /* else another program has the port, and answers */
        if (!run_sleep(0.05))
            break;
    }
    end(e);
    return false;
}

static bool make_folder(struct emulator *e)
{
    const char *place;
    e->folder = file_make_temporary_folder(e->arena, "gordon-emulator-", &place);
    if (!e->folder)
        return diag_error(EXIT_OTHER, (struct pos){.file = place}, "cannot be made: %s",
                          strerror(errno));
    return file_mkdirs(path_join(e->arena, e->folder, "home")) &&
           file_mkdirs(path_join(e->arena, e->folder, "tmp"));
}

static bool report(const struct emulator *e, const char *what)
{
    size_t len;
    const char *log = file_read_most(e->arena, log_of(e), 65536, &len);
    diag_error(EXIT_OTHER, (struct pos){0}, "%s", what);
    diag_lines(log && len ? log : NULL);
    return false;
}

bool emulator_start(struct arena *arena, long port, const char *region, struct emulator *e)
{
    *e = (struct emulator){.arena = arena, .pid = -1, .region = region};
    if (port && !free_port(port))
        return diag_error(EXIT_OTHER, (struct pos){0},
                          "port %ld is in use, or not allowed; name another one, or none", port);
    const char *const *argv = make_folder(e) ? find_program(e->folder) : NULL;
    bool ok = false;
    for (int i = 0; argv && !ok && i < PORTS_TRIED && !interrupt_signal(); i++) {
        e->port = port ? port : i ? 0 : free_port(USUAL_PORT);
        e->port = e->port ? e->port : free_port(0);
        ok = try_port(e, argv);
    }
    if (argv && !ok && !interrupt_signal())
        report(e, "the emulator of AWS did not start");
    if (!ok)
        emulator_stop(e);
    return ok;
}

void emulator_stop(struct emulator *e)
{
    end(e);
    if (e->folder)
        remove_path(e->folder);
    e->folder = NULL;
}

bool emulator_wait(struct emulator *e)
{
    while (!has_ended(e))
        if (!run_sleep(0.5))
            return true;
    return report(e, "the emulator of AWS has ended by itself");
}

/* --- its variables -------------------------------------------------------------------------- */

/* NAME=value, NULL-terminated. */
static const char **variables(const struct emulator *e)
{
    struct arena *a = e->arena;
    const char **list = NULL, *proxy = getenv("NO_PROXY");
    size_t n = 0;
    array_push(a, list, n, arena_printf(a, "AWS_ENDPOINT_URL=http://127.0.0.1:%ld", e->port));
    array_push(a, list, n, "AWS_ACCESS_KEY_ID=test");
    array_push(a, list, n, "AWS_SECRET_ACCESS_KEY=test");
    array_push(a, list, n, arena_printf(a, "AWS_DEFAULT_REGION=%s", e->region));
    array_push(a, list, n, arena_printf(a, "AWS_REGION=%s", e->region));
    array_push(a, list, n, "AWS_CONFIG_FILE=/dev/null");
    array_push(a, list, n, "AWS_SHARED_CREDENTIALS_FILE=/dev/null");
    array_push(a, list, n, "AWS_EC2_METADATA_DISABLED=true");
    array_push(
        a, list, n,
        arena_printf(a, "NO_PROXY=127.0.0.1%s%s", proxy && *proxy ? "," : "", proxy ? proxy : ""));
    array_push(a, list, n, NULL);
    return list;
}

static bool has(const char *const *list, const char *variable)
{
    size_t len = strcspn(variable, "=") + 1;
    for (; *list; list++)
        if (strncmp(*list, variable, len) == 0)
            return true;
    return false;
}

/* The names of variables of AWS that lead elsewhere: profiles, session tokens, other endpoints. */
static const char **others(struct arena *arena, const char *const *ours)
{
    const char **names = NULL;
    size_t n = 0;
    for (char **v = environ; *v; v++)
        if (str_starts(*v, "AWS_") && !has(ours, *v))
            array_push(arena, names, n, arena_strndup(arena, *v, strcspn(*v, "=")));
    array_push(arena, names, n, NULL);
    return names;
}

void emulator_print(const struct emulator *e)
{
    const char **ours = variables(e);
    for (const char **name = others(e->arena, ours); *name; name++)
        if (str_is_made_of(*name, STR_ALNUM "_"))
            printf("unset %s\n", *name);
    for (; *ours; ours++) {
        size_t len = strcspn(*ours, "=");
        const char *const value[] = {*ours + len + 1, NULL};
        printf("export %.*s=%s\n", (int)len, *ours, run_line(e->arena, value));
    }
    fflush(stdout);
}

/* --- a program that uses it ----------------------------------------------------------------- */

/* A terminal sends Ctrl-C to the program, too. */
static bool has_got(int number)
{
    int terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
    bool ours = terminal >= 0 && tcgetpgrp(terminal) == getpgrp();
    fd_drop(terminal);
    return ours && (number == SIGINT || number == SIGQUIT);
}

/* Waits for its end. Returns the status of waitpid. */
static int follow(pid_t pid)
{
    int status = 0, passed = interrupt_count(), fd = (int)syscall(SYS_pidfd_open, pid, 0);
    while (waitpid(pid, &status, WNOHANG) != pid) {
        struct pollfd fds = {fd, POLLIN, 0};
        interrupt_poll(&fds, fd >= 0, fd >= 0 ? 1000 : 20);
        if (interrupt_count() > passed && !has_got(interrupt_signal()))
            kill(pid, interrupt_signal());
        passed = interrupt_count();
    }
    fd_drop(fd);
    return status;
}

int emulator_run(const struct emulator *e, char *const argv[])
{
    const char **ours = variables(e), **names = others(e->arena, ours);
    int failed[2], error = 0;
    if (pipe2(failed, O_CLOEXEC) != 0)
        fatal("%s cannot be started:", argv[0]);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        for (; *names; names++)
            unsetenv(*names);
        for (; *ours; ours++)
            putenv((char *)*ours);
        interrupt_set_defaults();
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() == parent)
            execvp(argv[0], argv);
        error = errno;
        fd_write(failed[1], &error, sizeof error);
        _exit(NO_PROGRAM);
    }
    if (pid < 0)
        error = errno;
    close(failed[1]);
    ssize_t n = pid < 0 ? 1 : fd_read(failed[0], &error, sizeof error);
    close(failed[0]);
    int status = pid < 0 ? 0 : follow(pid);
    if (n != 0) {
        diag_error(EXIT_OTHER, (struct pos){0}, "%s cannot be started: %s", argv[0],
                   strerror(error));
        return NO_PROGRAM;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
