#include "local/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/control_group.h"
#include "base/fd.h"
#include "base/interrupt.h"
#include "base/moment.h"
#include "base/processes.h"
#include "base/util.h"
#include "local/loop.h"

#define LOOK_SECONDS 0.02 /* between looks at its memory */

enum { NOT_STARTED = 127, PROCESSES_MOST = 16, BLOCKS_MOST = 16, MB = 1024 * 1024 };

struct sandbox {
    const struct sandbox_owner *owner;
    struct loop *loop;
    pid_t pids[PROCESSES_MOST]; /* the first is the lambda's; 0: it has ended */
    size_t n;
    int sink;            /* what its processes print into */
    const char *mark;    /* a variable of its environment, which finds processes that left it */
    int group;           /* its control group, or -1 */
    char *group_path;    /* or NULL */
    long memory, peak;   /* MB */
    bool too_much, told; /* told: its end */
    struct loop_watch output, end;
    struct loop_timer look;
};

void sandbox_adopt(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* --- in the child --------------------------------------------------------------------------- */

static bool mount_read_only(const char *folder)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount(folder, folder, NULL, MS_BIND, NULL) == 0 &&
           mount(NULL, folder, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV,
                 NULL) == 0;
}

/* Where nothing can be mounted, as in a chroot, root loses its right to write regardless of modes
 * (capabilities(7)): a program that it executes does not get it. */
void sandbox_make_read_only(const char *folder)
{
    if (geteuid() == 0 && !mount_read_only(folder))
        prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0);
}

/* The memory of all is looked at; this one is for a process that takes it faster. Reserved memory
 * counts, of which programs take much more than they use. */
static void limit(long memory)
{
    struct rlimit data = {.rlim_cur = (rlim_t)(4 * memory + 2048) * MB,
                          .rlim_max = (rlim_t)(4 * memory + 2048) * MB};
    struct rlimit core = {0, 0};
    setrlimit(RLIMIT_DATA, &data);
    setrlimit(RLIMIT_CORE, &core);
}

static void child(const struct sandbox *s, const struct sandbox_options *options, pid_t parent,
                  int output, int failure)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    setsid();
    interrupt_set_defaults();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(NOT_STARTED);
    control_group_enter(s->group);
    limit(options->memory);
    sandbox_make_read_only(options->folder);
    if (dup2(null, 0) >= 0 && dup2(output, 1) >= 0 && dup2(output, 2) >= 0 &&
        chdir(options->folder) == 0)
        execve(options->argv[0], (char *const *)options->argv, (char *const *)options->env);
    int error = errno;
    ssize_t written = write(failure, &error, sizeof error);
    (void)written;
    _exit(NOT_STARTED);
}

/* --- in the parent -------------------------------------------------------------------------- */

/* Forks and executes; -1 with errno. */
static pid_t start(const struct sandbox *s, const struct sandbox_options *options, int output)
{
    int failure[2], error = 0;
    if (pipe2(failure, O_CLOEXEC) != 0)
        return -1;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        child(s, options, parent, output, failure[1]);
    close(failure[1]);
    if (pid > 0 && fd_read(failure[0], &error, sizeof error) == sizeof error) {
        waitpid(pid, NULL, 0);
        pid = -1;
        errno = error;
    }
    fd_drop(failure[0]);
    return pid;
}

static void read_output(struct loop_watch *watch)
{
    struct sandbox *s = watch->data;
    char text[64 * 1024];
    ssize_t n = read(watch->fd, text, sizeof text);
    if (n > 0)
        s->owner->printed(s->owner->data, text, (size_t)n);
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        loop_remove_watch(s->loop, watch);
}

/* A pipe holds less than this many blocks, unless the process goes on printing. */
void sandbox_drain(struct sandbox *s)
{
    for (int block = 0; block < BLOCKS_MOST && s->output.on; block++) {
        struct pollfd pipe = {.fd = s->output.fd, .events = POLLIN};
        if (poll(&pipe, 1, 0) <= 0)
            return;
        read_output(&s->output);
    }
}

/* How a process ended, as Lambda's messages have it. */
static void describe(char *words, size_t size, int status)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        snprintf(words, size, "signal: killed");
    else if (WIFSIGNALED(status))
        snprintf(words, size, "signal: %s", strsignal(WTERMSIG(status)));
    else
        snprintf(words, size, "exit status %d", WEXITSTATUS(status));
}

/* Takes the ends of its processes. The first one's is told, once. */
static void reap(struct sandbox *s)
{
    char words[80] = "";
    for (size_t i = 0; i < s->n; i++) {
        int status;
        if (!s->pids[i] || waitpid(s->pids[i], &status, WNOHANG) != s->pids[i])
            continue;
        s->pids[i] = 0;
        if (i == 0)
            describe(words, sizeof words, status);
    }
    if (!*words || s->told)
        return;
    s->told = true;
    loop_remove_watch(s->loop, &s->end);
    sandbox_drain(s);
    s->owner->ended(s->owner->data, words);
}

static void ready_to_reap(struct loop_watch *watch)
{
    reap(watch->data);
}

static void kill_all(struct sandbox *s)
{
    control_group_kill(s->group);
    for (size_t i = 0; i < s->n; i++)
        if (s->pids[i])
            kill(-s->pids[i], SIGKILL), kill(s->pids[i], SIGKILL);
    processes_kill(s->mark, s->pids, s->n);
}

static void look(struct loop_timer *timer)
{
    struct sandbox *s = timer->data;
    if (sandbox_memory(s) > s->memory && !s->too_much) {
        s->too_much = true;
        kill_all(s);
    }
    reap(s);
    timer->at = moment_steady() + LOOK_SECONDS;
}

long sandbox_memory(struct sandbox *s)
{
    long now = control_group_memory(s->group);
    if (now < 0) {
        now = 0;
        for (size_t i = 0; i < s->n; i++)
            now += s->pids[i] ? processes_memory(s->pids[i]) : 0;
    }
    if (now > s->peak)
        s->peak = now;
    return s->peak;
}

bool sandbox_took_too_much(const struct sandbox *s)
{
    return s->too_much || control_group_was_full(s->group);
}

struct sandbox *sandbox_start(struct loop *loop, const struct sandbox_options *options,
                              const struct sandbox_owner *owner)
{
    struct sandbox *s = memory_new(sizeof *s);
    int output[2];
    *s = (struct sandbox){.owner = owner, .loop = loop, .memory = options->memory, .group = -1};
    if (pipe2(output, O_CLOEXEC) != 0) {
        free(s);
        return NULL;
    }
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    s->mark = options->env[0];
    s->group = control_group_new(options->memory, &s->group_path);
    s->output = (struct loop_watch){.fd = output[0], .ready = read_output, .data = s};
    s->sink = output[1];
    s->end.fd = -1;
    if (!sandbox_add(s, options)) {
        int error = errno;
        sandbox_end(s);
        errno = error;
        return NULL;
    }
    s->end = (struct loop_watch){
        .fd = (int)syscall(SYS_pidfd_open, s->pids[0], 0), .ready = ready_to_reap, .data = s};
    s->look = (struct loop_timer){.at = moment_steady() + LOOK_SECONDS, .due = look, .data = s};
    loop_add_watch(loop, &s->output);
    if (s->end.fd >= 0) /* else it is looked at with its memory */
        loop_add_watch(loop, &s->end);
    loop_add_timer(loop, &s->look);
    return s;
}

bool sandbox_add(struct sandbox *s, const struct sandbox_options *options)
{
    if (s->n == PROCESSES_MOST) {
        errno = E2BIG;
        return false;
    }
    pid_t pid = start(s, options, s->sink);
    if (pid > 0)
        s->pids[s->n++] = pid;
    return pid > 0;
}

void sandbox_end(struct sandbox *s)
{
    if (!s)
        return;
    kill_all(s);
    for (size_t i = 0; i < s->n; i++)
        if (s->pids[i])
            waitpid(s->pids[i], NULL, 0);
    processes_kill(s->mark, s->pids, 0);
    sandbox_drain(s);
    loop_remove_watch(s->loop, &s->output);
    loop_remove_watch(s->loop, &s->end);
    loop_remove_timer(s->loop, &s->look);
    fd_drop(s->output.fd);
    fd_drop(s->sink);
    fd_drop(s->end.fd);
    control_group_remove(s->group, s->group_path);
    free(s);
}
