#include "build/project_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/moment.h"
#include "base/run.h"
#include "base/say.h"
#include "base/watch.h"
#include "build/plan.h"
#include "build/project_build.h"
#include "build/state.h"
#include "settings/project.h"

/* Editors and git write several files in turn. A build begins after the first pause, or in the
 * middle of what takes long. */
enum { QUIET = 25, MOST = 1000 }; /* milliseconds */

enum { NAMES_SHOWN = 3, BUILDS_MAX = 12 };

/* --- inputs --------------------------------------------------------------------------------- */

struct project_inputs project_inputs(struct arena *arena, const struct project_build *build)
{
    return (struct project_inputs){
        .arena = arena,
        .build = build,
        .folder = path_absolute(arena, project_folder(arena, build->project)),
        .output = path_absolute(arena, build->output),
    };
}

static void add(struct project_inputs *inputs, const char *path)
{
    if (table_get(&inputs->known, path))
        return;
    char *copy = arena_strdup(inputs->arena, path);
    table_set(inputs->arena, &inputs->known, copy, copy);
    array_push(inputs->arena, inputs->list, inputs->n, copy);
}

/* Adds what the last build has read. */
static void add_read(struct project_inputs *inputs)
{
    struct arena *arena = arena_new();
    struct state state;
    bool loaded = state_load(&state, arena, path_join(arena, inputs->output, PLAN_STATE));
    for (size_t i = 0; loaded && i < state.nlist; i++)
        for (size_t k = 0; k < state.list[i]->nfiles; k++)
            add(inputs, state.list[i]->files[k]);
    arena_free(arena);
}

struct watch *project_inputs_watch(struct project_inputs *inputs, bool complete)
{
    add_read(inputs);
    struct watch *watch = watch_open();
    if (!watch)
        return NULL;
    watch_leave_out(watch, inputs->output);
    bool ok = complete || watch_add_tree(watch, inputs->folder);
    for (size_t i = 0; ok && i < inputs->n; i++)
        ok = watch_add(watch, inputs->list[i]);
    if (ok)
        return watch;
    watch_close(watch);
    return NULL;
}

bool project_inputs_current(const struct project_inputs *inputs)
{
    struct arena *arena = arena_new();
    struct state state;
    bool ok = state_load(&state, arena, path_join(arena, inputs->output, PLAN_STATE)) &&
              table_get(&state.parts, "");
    for (size_t i = 0; ok && i < state.nlist; i++)
        ok = state_current(&state, state.list[i]->name, state.list[i]->made_by);
    arena_free(arena);
    return ok;
}

/* --- a build -------------------------------------------------------------------------------- */

/* What a build has said: how it ended, and in `what` the words for people; "" if it did nothing. */
struct ended {
    bool ok;
    struct buf what;
};

static void add_words(struct buf *out, const struct project_changes *changes)
{
    if (changes->loaded)
        buf_adds(out, "the templates");
    for (size_t i = 0; i < changes->npacked && i < NAMES_SHOWN; i++)
        buf_add_item(out, ", ", changes->packed[i]);
    if (changes->npacked > NAMES_SHOWN)
        buf_printf(out, " and %zu more", changes->npacked - NAMES_SHOWN);
}

/* Builds in a process of its own, because errors and memory of a build end with the process. */
static void __attribute__((noreturn)) child(const struct project_build *options, int fd)
{
    struct arena *arena = arena_new();
    struct project_changes changes = {0};
    struct project_build build = *options;
    struct buf words = {0};
    interrupt_release();
    build.changes = &changes;
    bool ok = project_build(arena, &build);
    enum exit_code code = diag_flush();
    fflush(stdout);
    if (ok)
        add_words(&words, &changes);
    fd_write(fd, words.data ? words.data : "", words.len);
    _exit(code || !ok ? 1 : 0);
}

static struct ended build_once(const struct project_build *options)
{
    struct ended ended = {0};
    int out[2], status = -1;
    char part[4096];
    ssize_t n;
    fflush(NULL);
    if (pipe2(out, O_CLOEXEC) != 0)
        fatal("a build cannot be started:");
    pid_t pid = fork();
    if (pid < 0)
        fatal("a build cannot be started:");
    if (pid == 0) {
        close(out[0]);
        child(options, out[1]);
    }
    close(out[1]);
    run_follow(out[0], &pid, 1);
    while ((n = read(out[0], part, sizeof part)) > 0)
        buf_add(&ended.what, part, (size_t)n);
    close(out[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    ended.ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return ended;
}

/* Builds and prints what was built. */
static bool build_and_tell(const struct project_build *options)
{
    double begin = moment_steady();
    struct ended ended = build_once(options);
    double took = moment_steady() - begin;
    if (interrupt_signal())
        ended.ok = false;
    else if (!ended.ok)
        say(stderr, "gordon: not built; waiting for the next change");
    else if (ended.what.len && options->silent)
        say(stdout, "built %.*s in %.0f ms", (int)ended.what.len, ended.what.data, took * 1000);
    buf_free(&ended.what);
    return ended.ok;
}

/* --- the watch ------------------------------------------------------------------------------ */

/* Builds, and watches what that has read, until nothing has changed meanwhile. A build may write to
 * what it reads: one that never ends to do so, or that fails, is not repeated for ever. Closes
 * `watch`, which may be NULL. */
static struct watch *build_and_watch(struct project_inputs *inputs, struct project_build *options,
                                     struct watch *watch)
{
    bool changed = true;
    for (int builds = 0; changed && builds < BUILDS_MAX && !interrupt_signal(); builds++) {
        bool ok = build_and_tell(options);
        struct watch *next = project_inputs_watch(inputs, ok);
        changed = watch && watch_changed(watch);
        changed = next && (changed || (ok && !project_inputs_current(inputs)));
        builds += ok ? 0 : BUILDS_MAX / 3;
        watch_close(watch);
        watch = next;
        options->silent = true;
    }
    return watch;
}

bool project_watch(const struct project_build *options)
{
    struct arena *arena = arena_new();
    struct project_build build = *options;
    struct project_inputs inputs = project_inputs(arena, &build);
    interrupt_catch();
    struct watch *watch = build_and_watch(&inputs, &build, project_inputs_watch(&inputs, false));
    if (watch && !interrupt_signal() && !options->quiet)
        say(stderr, "gordon: watching %zu folders; Ctrl-C ends it", watch_count(watch));
    while (watch && watch_wait(watch, QUIET, MOST))
        watch = build_and_watch(&inputs, &build, watch);
    bool ok = watch;
    watch_close(watch);
    arena_free(arena);
    return ok;
}
