#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/interrupt.h"
#include "base/pool.h"
#include "base/run.h"

enum { WORKERS_MAX = 256 };

/* What a worker writes about a job into its memory file: one report when the job begins, and one
 * when it has ended, followed by the result and the messages. */
struct report {
    size_t job, result_len, said_len;
    enum exit_code code; /* of the error, or 0 */
    bool ended;
};

struct worker {
    pid_t pid;
    int fd; /* the file of its reports */
    int status;
};

/* The processes of a run. */
struct crew {
    const struct pool *pool;
    struct worker workers[WORKERS_MAX];
    long n;
    atomic_size_t *next; /* the next job, in memory that all share */
    int life[2];         /* a pipe; its end of file says that all workers have ended */
};

/* What a job has returned. */
struct outcome {
    bool ended;
    const struct worker *begun; /* the worker that began it, or NULL */
    enum exit_code code;
    struct buf result, said;
};

long pool_processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* Runs one job in a worker. `said` takes the place of standard error and collects the messages. */
static bool report_job(const struct pool *pool, size_t job, int fd)
{
    struct buf result = {0};
    char *said = NULL;
    size_t said_len = 0;
    FILE *terminal = stderr;
    diag_forget(); /* messages from before this job */
    bool ok = pool->run(job, &result, pool->data);
    FILE *messages = open_memstream(&said, &said_len);
    if (!messages)
        fatal_memory();
    stderr = messages;
    enum exit_code code = diag_flush_like(terminal);
    stderr = terminal;
    if (fclose(messages) != 0)
        fatal_memory();
    struct report report = {job, result.len, said_len, ok ? 0 : code ? code : EXIT_OTHER, true};
    ok = fd_write(fd, &report, sizeof report) && fd_write(fd, result.data, result.len) &&
         fd_write(fd, said, said_len);
    buf_free(&result);
    free(said);
    return ok;
}

static void work(const struct crew *crew, pid_t parent, int fd)
{
    const struct pool *pool = crew->pool;
    close(crew->life[0]);
    setpgid(0, 0); /* Ctrl-C goes to the parent only, which passes it on once */
    interrupt_release();
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* without the parent the work is useless */
    bool ok = getppid() == parent;    /* it may have died before prctl */
    for (size_t job; ok && (job = atomic_fetch_add(crew->next, 1)) < pool->jobs;)
        ok = fd_write(fd, &(struct report){.job = job}, sizeof(struct report)) &&
             report_job(pool, job, fd);
    _exit(ok ? 0 : 1);
}

static bool start(struct crew *crew)
{
    struct worker *worker = &crew->workers[crew->n];
    pid_t parent = getpid();
    worker->fd = memfd_create("gordon", MFD_CLOEXEC);
    worker->pid = worker->fd >= 0 ? fork() : -1;
    if (worker->pid == 0)
        work(crew, parent, worker->fd);
    return worker->pid > 0;
}

static bool read_text(int fd, struct buf *text, size_t len)
{
    char block[16384];
    while (len) {
        ssize_t n = fd_read(fd, block, len < sizeof block ? len : sizeof block);
        if (n <= 0)
            return false;
        buf_add(text, block, (size_t)n);
        len -= (size_t)n;
    }
    return true;
}

static void collect_reports(const struct pool *pool, const struct worker *worker,
                            struct outcome *outcomes)
{
    struct report report;
    lseek(worker->fd, 0, SEEK_SET);
    while (fd_read(worker->fd, &report, sizeof report) == sizeof report &&
           report.job < pool->jobs) {
        struct outcome *outcome = &outcomes[report.job];
        outcome->begun = worker;
        if (!read_text(worker->fd, &outcome->result, report.result_len) ||
            !read_text(worker->fd, &outcome->said, report.said_len))
            return;
        outcome->code = report.code;
        outcome->ended = report.ended;
    }
}

static const char *died_words(struct arena *arena, const struct outcome *outcome)
{
    return outcome->begun ? run_words(arena, &(struct run){.status = outcome->begun->status})
                          : "was not started: all worker processes died";
}

/* Prints what a job reported, unless another job has reported the same. */
static void print_said(struct arena *arena, struct table *known, const struct buf *said)
{
    const char *text = arena_strndup(arena, said->data, said->len);
    if (!table_set(arena, known, text, known))
        fputs(text, stderr);
}

/* Prints the messages of the jobs, and passes on their results. */
static bool finish(struct arena *arena, const struct pool *pool, struct outcome *outcomes)
{
    struct table known = {0};
    bool ok = true;
    for (size_t i = 0; i < pool->jobs; i++) {
        struct outcome *outcome = &outcomes[i];
        if (outcome->said.len && outcome->ended)
            print_said(arena, &known, &outcome->said);
        if (!outcome->ended)
            pool->died(i, died_words(arena, outcome), pool->data), ok = false;
        else if (outcome->code)
            ok = diag_adopt(outcome->code);
        else
            pool->done(i, &outcome->result, pool->data);
        buf_free(&outcome->result);
        buf_free(&outcome->said);
    }
    return ok;
}

static void start_all(struct crew *crew, long workers)
{
    crew->next =
        mmap(NULL, sizeof *crew->next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (crew->next == MAP_FAILED || pipe2(crew->life, O_CLOEXEC) != 0)
        fatal("cannot create the shared memory and pipe of the build's processes:");
    fflush(stdout);
    fflush(stderr);
    while (crew->n < workers && start(crew))
        crew->n++;
    if (!crew->n)
        fatal("cannot start a process of the build:");
    close(crew->life[1]);
}

static void wait_for_all(struct crew *crew)
{
    pid_t pids[WORKERS_MAX];
    for (long i = 0; i < crew->n; i++)
        pids[i] = crew->workers[i].pid;
    run_follow(crew->life[0], pids, (size_t)crew->n);
    close(crew->life[0]);
    for (long i = 0; i < crew->n; i++)
        while (waitpid(crew->workers[i].pid, &crew->workers[i].status, 0) < 0 && errno == EINTR)
            ;
    munmap(crew->next, sizeof *crew->next);
}

static bool run_beside(const struct pool *pool, long workers)
{
    struct crew crew = {.pool = pool};
    struct arena *arena = arena_new();
    struct outcome *outcomes = arena_alloc(arena, pool->jobs * sizeof *outcomes);
    interrupt_catch();
    start_all(&crew, workers);
    if (pool->meanwhile)
        pool->meanwhile(pool->data);
    wait_for_all(&crew);
    if (interrupt_signal())
        pool->interrupted(pool->data);
    interrupt_release();
    for (long i = 0; i < crew.n; i++) {
        collect_reports(pool, &crew.workers[i], outcomes);
        close(crew.workers[i].fd);
    }
    bool ok = finish(arena, pool, outcomes);
    arena_free(arena);
    return ok;
}

static bool run_here(const struct pool *pool)
{
    bool ok = true;
    for (size_t i = 0; i < pool->jobs; i++) {
        struct buf result = {0};
        if (pool->run(i, &result, pool->data))
            pool->done(i, &result, pool->data);
        else
            ok = false;
        buf_free(&result);
    }
    if (pool->meanwhile)
        pool->meanwhile(pool->data);
    return ok;
}

bool pool_run(const struct pool *pool)
{
    long workers = pool->workers < (long)pool->jobs ? pool->workers : (long)pool->jobs;
    workers = workers < WORKERS_MAX ? workers : WORKERS_MAX;
    return workers > 1 ? run_beside(pool, workers) : run_here(pool);
}
