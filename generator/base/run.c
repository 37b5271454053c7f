#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/moment.h"
#include "base/run.h"

enum { SHELL_NOT_FOUND = 127 };

static void (*while_we_wait)(void);

void run_while_waiting(void (*tick)(void))
{
    while_we_wait = tick;
}

/* Waits for events or for the time. */
static int wait_for(struct pollfd *fds, nfds_t n, long milliseconds)
{
    int events = interrupt_poll(fds, n, milliseconds);
    if (while_we_wait)
        while_we_wait();
    return events;
}

bool run_sleep(double seconds)
{
    if (!interrupt_signal())
        wait_for(NULL, 0, (long)(seconds * 1000));
    return !interrupt_signal();
}

/* Opens the program's standard input: /dev/null, or a memory file with the input, which needs no
 * writer while the program runs. Returns -1 with errno on failure. */
static int input_fd(const struct run *run)
{
    if (!run->input)
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    int fd = memfd_create("gordon", MFD_CLOEXEC);
    if (fd >= 0 && fd_write(fd, run->input, run->input_len) && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    fd_drop(fd);
    return -1;
}

/* `files` become its standard input, output and error; the fourth is for the errno of the start. */
static void child(const struct run *run, const char *program, pid_t parent, const int files[4])
{
    setsid(); /* its own group, so that signals reach what it starts, too; and no terminal: a
               * program that asks there would be stopped and never end */
    interrupt_set_defaults(); /* first, so that a pending signal ends this child and is not lost */
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* it must not outlive us if we are killed */
    if (getppid() != parent)
        _exit(SHELL_NOT_FOUND);
    if (dup2(files[0], 0) < 0 || dup2(files[1], 1) < 0 || dup2(files[2], 2) < 0)
        goto failed;
    if (run->folder && chdir(run->folder) != 0)
        goto failed;
    for (const char *const *e = run->env; e && *e; e++)
        if (putenv((char *)*e) != 0) /* changes this child only; exec copies it */
            goto failed;
    execvp(program, (char *const *)run->argv);
failed:;
    int error = errno;
    ssize_t written = write(files[3], &error, sizeof error);
    (void)written; /* a failure cannot be reported */
    _exit(SHELL_NOT_FOUND);
}

/* A running program and its pipes. */
struct process {
    struct run *run;
    pid_t pid;         /* -1: not started */
    int pipes[2];      /* its standard output and error; -1 after their end */
    int failure;       /* a pipe for the errno of the start */
    bool ended, quiet; /* quiet: no more output after its end */
    int passed;        /* how many of our signals it has got */
    double deadline;   /* as moment_steady counts; 0 for none */
};

enum { GRACE = 5 }; /* seconds between SIGTERM and SIGKILL */

/* Sends a signal to the program's group, or to the child alone if it has not called setsid yet: it
 * then ends as soon as it unblocks signals. */
static void send_signal(const struct process *p, int number)
{
    if (kill(-p->pid, number) != 0)
        kill(p->pid, number);
}

/* Ends a program that has exceeded its time limit. */
static void end_late(struct process *p)
{
    if (!p->deadline || p->ended || moment_steady() < p->deadline)
        return;
    send_signal(p, p->run->late ? SIGKILL : SIGTERM);
    p->run->late = true;
    p->deadline = moment_steady() + GRACE;
}

/* Passes a signal that we got on as SIGTERM, a second one as SIGKILL. A program with a time limit
 * gets only GRACE seconds more. */
static void pass_signal(struct process *p)
{
    if (p->ended || p->passed >= interrupt_count())
        return;
    if (p->deadline)
        p->deadline = moment_steady() + GRACE;
    send_signal(p, interrupt_count() > 1 ? SIGKILL : SIGTERM);
    p->passed = interrupt_count();
}

/* Reads once from one of the two pipes. */
static void read_some(struct process *p, int which)
{
    char data[16384];
    ssize_t n = read(p->pipes[which], data, sizeof data);
    if (n > 0 && p->run->take) {
        p->run->take(p->run, which, data, (size_t)n);
    } else if (n > 0) {
        struct buf *buf = which ? &p->run->err : &p->run->out;
        size_t most = which ? RUN_ERRORS_MAX : RUN_OUTPUT_MAX;
        if (buf->len < most) /* the rest is dropped, but read, as the program waits for that */
            buf_add(buf, data, (size_t)n);
    } else if (n == 0 || errno != EINTR) {
        p->run->unread = n < 0 ? errno : p->run->unread;
        fd_drop(p->pipes[which]);
        p->pipes[which] = -1;
    }
}

enum { LOOK = 100, LOOK_SOON = 2 }; /* milliseconds between checks whether a program ended */

/* A program is done when it has ended and its output is read. Background processes that it leaves
 * may keep the pipes open; we do not wait for them. */
static bool is_done(const struct process *p)
{
    return p->pid < 0 || (p->ended && (p->quiet || (p->pipes[0] < 0 && p->pipes[1] < 0)));
}

/* How many milliseconds to wait for output: none if a program has ended, few if one has closed its
 * pipes and will end soon. */
static long patience(const struct process *processes, size_t n)
{
    long milliseconds = LOOK;
    for (size_t i = 0; i < n; i++) {
        const struct process *p = &processes[i];
        if (is_done(p))
            continue;
        if (p->ended)
            return 0;
        if (p->pipes[0] < 0 && p->pipes[1] < 0)
            milliseconds = LOOK_SOON;
    }
    return milliseconds;
}

static bool has_ended(const struct process *p)
{
    pid_t pid = waitpid(p->pid, &p->run->status, WNOHANG);
    return pid == p->pid || (pid < 0 && errno != EINTR);
}

/* Handles output, signals and ends of all programs once. Returns false if all are done. */
static bool follow(struct process *processes, struct pollfd *fds, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++)
        for (int which = 0; which < 2; which++)
            fds[2 * i + (size_t)which] = (struct pollfd){
                .fd = is_done(&processes[i]) ? -1 : processes[i].pipes[which], .events = POLLIN};
    wait_for(fds, 2 * n, patience(processes, n));
    for (size_t i = 0; i < n; i++) {
        struct process *p = &processes[i];
        bool came = false;
        if (is_done(p))
            continue;
        for (size_t which = 0; which < 2; which++)
            if (fds[2 * i + which].revents) {
                read_some(p, (int)which);
                came = true;
            }
        p->quiet = p->ended && !came;
        pass_signal(p);
        end_late(p);
        if (!p->ended)
            p->ended = has_ended(p);
        any = any || !is_done(p);
    }
    return any;
}

void run_follow(int fd, const pid_t *pids, size_t n)
{
    struct pollfd pipe = {.fd = fd, .events = POLLIN};
    for (int passed = 0; !pipe.revents;) {
        wait_for(&pipe, 1, LOOK);
        for (; passed < interrupt_count(); passed++)
            for (size_t i = 0; i < n; i++)
                kill(pids[i], interrupt_signal());
    }
}

static void close_pair(int fds[2])
{
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* The program to start: a name without '/' is looked up here, where Gordon was started, because
 * the child may run elsewhere. Returns NULL with errno. */
static const char *find_program(struct arena *arena, const char *name)
{
    if (strchr(name, '/'))
        return name;
    const char *path = run_which(arena, name);
    if (!path)
        errno = ENOENT;
    return path ? path_absolute(arena, path) : NULL;
}

static void start(struct arena *arena, struct run *run, struct process *p)
{
    int out[2] = {-1, -1}, err[2] = {-1, -1}, failure[2] = {-1, -1};
    const char *program = find_program(arena, run->argv[0]);
    int in = program ? input_fd(run) : -1;
    pid_t parent = getpid();
    *p = (struct process){.run = run, .pid = -1, .pipes = {-1, -1}, .failure = -1};
    if (run->seconds)
        p->deadline = moment_steady() + run->seconds;
    run->status = -1;
    run->error = run->unread = 0;
    p->passed = !run->anyway ? 0 : interrupt_signal() ? interrupt_count() : 1;
    if (interrupt_signal() && !run->anyway) /* start nothing after a signal */
        errno = EINTR;
    else if (in >= 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0 &&
             pipe2(failure, O_CLOEXEC) == 0)
        p->pid = fork();
    if (p->pid == 0)
        child(run, program, parent,
              (const int[]){in, out[1], run->merge ? out[1] : err[1], failure[1]});
    if (p->pid < 0) {
        run->error = errno;
        close_pair(out), close_pair(err), close_pair(failure);
    } else {
        close(out[1]), close(err[1]), close(failure[1]);
        p->pipes[0] = out[0];
        p->pipes[1] = err[0];
        p->failure = failure[0];
    }
    if (in >= 0)
        close(in);
}

static void finish(struct process *p)
{
    struct run *run = p->run;
    if (p->pid >= 0) {
        ssize_t n = fd_read(p->failure, &run->error, sizeof run->error);
        run->error = n < 0 ? errno : n == sizeof run->error ? run->error : 0;
        if (run->error || run->unread) /* it counts as failed, whatever its exit status */
            run->status = -1;
        close(p->failure);
        close_pair(p->pipes);
    }
    buf_add(&run->out, "", 0); /* NUL-terminated even if empty */
    buf_add(&run->err, "", 0);
}

bool run_together(struct run *const runs[], size_t n)
{
    struct arena *arena = arena_new();
    struct process *processes = arena_alloc(arena, (n + 1) * sizeof *processes);
    struct pollfd *fds = arena_alloc(arena, (2 * n + 1) * sizeof *fds);
    bool scoped = !interrupt_is_caught(), ok = true;
    if (scoped)
        interrupt_catch();
    for (size_t i = 0; i < n; i++)
        start(arena, runs[i], &processes[i]);
    while (follow(processes, fds, n))
        ;
    for (size_t i = 0; i < n; i++) {
        finish(&processes[i]);
        ok = ok && runs[i]->status == 0;
    }
    arena_free(arena);
    if (scoped)
        interrupt_release();
    return ok;
}

bool run_wait(struct run *run)
{
    return run_together(&run, 1);
}

bool run_ask(struct run *run)
{
    bool ok = run_wait(run);
    if (run->status < 0 && !run_is_missing(run) && !interrupt_signal())
        fatal("%s %s", run->argv[0], run_words(arena_new(), run));
    return ok;
}

bool run_is_missing(const struct run *run)
{
    return run->error == ENOENT || run->error == EACCES || run->error == ENOEXEC;
}

char *run_words(struct arena *arena, const struct run *run)
{
    if (run->status < 0 && run->error == EINTR)
        return arena_strdup(arena, "was not started: interrupted");
    if (run->status < 0 && run->unread)
        return arena_printf(arena, "printed what cannot be read: %s", strerror(run->unread));
    if (run->status < 0)
        return arena_printf(arena, "cannot be started: %s", strerror(run->error));
    if (run->late)
        return arena_printf(arena, "did not end within %ld seconds", run->seconds);
    if (WIFSIGNALED(run->status))
        return arena_printf(arena, "was ended by signal %d (%s)", WTERMSIG(run->status),
                            strsignal(WTERMSIG(run->status)));
    return arena_printf(arena, "exited with %d", WEXITSTATUS(run->status));
}

/* Without an answer for one folder of PATH, the program of a later one could be taken. */
static bool is_file(const char *path)
{
    enum file_kind kind = file_look(path);
    if (kind == FILE_UNREADABLE)
        fatal_unless_missing(path);
    return kind == FILE_REGULAR;
}

static bool is_executable(const char *path)
{
    if (access(path, X_OK) == 0)
        return true;
    fatal_unless_missing(path);
    return false;
}

char *run_which(struct arena *arena, const char *name)
{
    if (strchr(name, '/'))
        return is_file(name) ? arena_strdup(arena, name) : NULL;
    const char *path = getenv("PATH");
    char *folders = arena_strdup(arena, path ? path : "/usr/bin:/bin");
    for (char *dir; (dir = strsep(&folders, ":"));) {
        char *file = arena_printf(arena, "%s/%s", *dir ? dir : ".", name);
        if (is_executable(file) && is_file(file))
            return file;
    }
    return NULL;
}

bool run_found(const char *name)
{
    struct arena *arena = arena_new();
    const char *path = run_which(arena, name);
    bool found = path && is_executable(path);
    arena_free(arena);
    return found;
}

static bool plain(const char *word)
{
    return *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "_-./:=+,@%") == strlen(word);
}

char *run_line(struct arena *arena, const char *const *argv)
{
    struct buf line = {0};
    for (size_t i = 0; argv[i]; i++) {
        buf_adds(&line, i ? " " : "");
        if (plain(argv[i])) {
            buf_adds(&line, argv[i]);
            continue;
        }
        buf_adds(&line, "'");
        for (const char *c = argv[i]; *c; c++)
            *c == '\'' ? buf_adds(&line, "'\\''") : buf_add(&line, c, 1);
        buf_adds(&line, "'");
    }
    char *text = arena_strdup(arena, line.data ? line.data : "");
    buf_free(&line);
    return text;
}

/* Whether a backslash escapes `c` (POSIX, Shell, 2.2.1 and 2.2.3). In double quotes it is an
 * ordinary character before most characters, in single quotes always. */
static bool escapable(char c, char quote)
{
    return c && quote != '\'' && (!quote || strchr("$`\"\\\n", c));
}

/* Appends one word to `word`. Returns what follows it, or NULL if a quote is not closed. */
static const char *split_word(const char *text, struct buf *word)
{
    char quote = 0;
    for (; *text && (quote || !strchr(" \t\n", *text)); text++) {
        if (*text == '\\' && escapable(text[1], quote))
            text++, buf_add(word, text, *text != '\n'); /* an escaped line end is dropped */
        else if (quote ? *text == quote : *text == '\'' || *text == '"')
            quote = quote ? 0 : *text;
        else
            buf_add(word, text, 1);
    }
    return quote ? NULL : text;
}

bool run_split(struct arena *arena, const char *text, const char ***words, size_t *count)
{
    while (text && *(text += strspn(text, " \t\n"))) {
        struct buf word = {0};
        buf_add(&word, "", 0);
        text = split_word(text, &word);
        array_push(arena, *words, *count, arena_strdup(arena, word.data));
        buf_free(&word);
    }
    return text != NULL;
}
