#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "pool.h"

enum { WORKERS_MAX = 256 };

/* What a worker tells of a job, in a file in memory; the texts stand behind it. */
struct report {
    size_t job, result_len, said_len;
    enum exit_code code; /* of the error, or 0 */
};

struct worker {
    pid_t pid;
    int fd; /* the file of its reports */
};

/* What came back of a job. */
struct outcome {
    bool reported;
    enum exit_code code;
    struct buf result, said;
};

long pool_processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static bool write_all(int fd, const void *data, size_t len)
{
    for (const char *c = data; len;) {
        ssize_t n = write(fd, c, len);
        if (n < 0 && errno != EINTR)
            return false;
        c += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* One job in a worker: its messages go into `said`, which stands for standard error. */
static bool report_job(const struct pool *pool, size_t job, int fd)
{
    struct buf result = {0};
    char *said = NULL;
    size_t said_len = 0;
    FILE *terminal = stderr;
    diag_forget(); /* what was reported before, and is not of this job */
    bool ok = pool->run(job, &result, pool->data);
    stderr = open_memstream(&said, &said_len);
    enum exit_code code = diag_flush_like(terminal);
    fclose(stderr);
    stderr = terminal;
    struct report report = {job, result.len, said_len, ok ? 0 : code ? code : EXIT_OTHER};
    ok = write_all(fd, &report, sizeof report) && write_all(fd, result.data, result.len) &&
         write_all(fd, said, said_len);
    buf_free(&result);
    free(said);
    return ok;
}

static void work(const struct pool *pool, atomic_size_t *next, int fd)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* what nobody waits for is not done */
    bool ok = true;
    for (size_t job; ok && (job = atomic_fetch_add(next, 1)) < pool->jobs;)
        ok = report_job(pool, job, fd);
    _exit(ok ? 0 : 1);
}

static bool start(const struct pool *pool, atomic_size_t *next, struct worker *worker)
{
    worker->fd = memfd_create("gordon", MFD_CLOEXEC);
    worker->pid = worker->fd >= 0 ? fork() : -1;
    if (worker->pid == 0)
        work(pool, next, worker->fd);
    return worker->pid > 0;
}

static bool read_text(int fd, struct buf *text, size_t len)
{
    char block[16384];
    while (len) {
        ssize_t n = read(fd, block, len < sizeof block ? len : sizeof block);
        if (n <= 0)
            return false;
        buf_add(text, block, (size_t)n);
        len -= (size_t)n;
    }
    return true;
}

static void collect_reports(const struct pool *pool, int fd, struct outcome *outcomes)
{
    struct report report;
    lseek(fd, 0, SEEK_SET);
    while (read(fd, &report, sizeof report) == sizeof report && report.job < pool->jobs) {
        struct outcome *outcome = &outcomes[report.job];
        if (!read_text(fd, &outcome->result, report.result_len) ||
            !read_text(fd, &outcome->said, report.said_len))
            return;
        outcome->code = report.code;
        outcome->reported = true;
    }
}

static void wait_for(struct worker *worker)
{
    int status;
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        ;
}

/* Shows what the jobs said, and hands on their results. */
static bool finish(const struct pool *pool, struct outcome *outcomes)
{
    bool ok = true;
    for (size_t i = 0; i < pool->jobs; i++) {
        struct outcome *outcome = &outcomes[i];
        if (outcome->said.len)
            fwrite(outcome->said.data, 1, outcome->said.len, stderr);
        if (!outcome->reported)
            ok = diag_error(EXIT_OTHER, (struct pos){0}, "a process of the build has died");
        else if (outcome->code)
            ok = diag_adopt(outcome->code);
        else
            pool->done(i, &outcome->result, pool->data);
        buf_free(&outcome->result);
        buf_free(&outcome->said);
    }
    return ok;
}

static bool run_beside(const struct pool *pool, long workers)
{
    struct worker started[WORKERS_MAX];
    struct arena *arena = arena_new();
    struct outcome *outcomes = arena_alloc(arena, pool->jobs * sizeof *outcomes);
    atomic_size_t *next =
        mmap(NULL, sizeof *next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    long n = 0;
    if (next == MAP_FAILED)
        fatal("memory for processes of the build:");
    fflush(stdout);
    fflush(stderr);
    while (n < workers && start(pool, next, &started[n]))
        n++;
    if (!n)
        fatal("a process of the build:");
    if (pool->meanwhile)
        pool->meanwhile(pool->data);
    for (long i = 0; i < n; i++)
        wait_for(&started[i]);
    for (long i = 0; i < n; i++) {
        collect_reports(pool, started[i].fd, outcomes);
        close(started[i].fd);
    }
    munmap(next, sizeof *next);
    bool ok = finish(pool, outcomes);
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
