#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cfn.h"
#include "diag.h"
#include "progress.h"
#include "report.h"
#include "run.h"
#include "term.h"

enum { WIDTH = 80, NAMES_SHOWN = 3 };

static const double redraw = 0.2; /* seconds */

static const struct progress *current; /* what goes on, */
static const char *phase;              /* or what is waited for; or NULL */
static double phase_begun;
static bool quiet, shown; /* shown: there is a changing line on the terminal */

void progress_quiet(bool be_quiet)
{
    quiet = be_quiet;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool is_live(void)
{
    const char *term = getenv("TERM");
    return !quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

/* The terminal's columns. */
static int columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : WIDTH;
}

void progress_clear(void)
{
    if (!shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    shown = false;
}

void progress_note(const char *text)
{
    if (quiet)
        return;
    progress_clear();
    fprintf(stderr, "    %s\n", text);
}

/* "0:07", "12:30" */
static const char *elapsed(struct arena *arena, double seconds)
{
    long whole = (long)seconds;
    return arena_printf(arena, "%ld:%02ld", whole / 60, whole % 60);
}

static const char *running_names(const struct progress *p, struct arena *arena)
{
    const char *text = "";
    size_t n = 0;
    for (size_t i = 0; i < p->norder; i++) {
        const char *since = table_get(&p->running, p->order[i]);
        if (!since || !*since)
            continue;
        if (n++ < NAMES_SHOWN)
            text = arena_printf(arena, "%s%s%s", text, *text ? ", " : "", p->order[i]);
    }
    return n > NAMES_SHOWN ? arena_printf(arena, "%s and %zu more", text, n - NAMES_SHOWN) : text;
}

static void draw(const char *text, double begun)
{
    struct arena *arena = arena_new();
    const char *line = arena_printf(arena, "%s  %s", elapsed(arena, now() - begun), text);
    int room = columns() - 7; /* a longer line could not be taken away again */
    fprintf(stderr, "\r\033[K      %s%.*s%s", term_color(stderr, TERM_CYAN), room > 0 ? room : 0,
            diag_clean(line), term_color(stderr, TERM_RESET));
    fflush(stderr);
    shown = true;
    arena_free(arena);
}

static void draw_progress(const struct progress *p)
{
    struct arena *arena = arena_new();
    const char *names = running_names(p, arena);
    size_t all = p->done > p->total ? p->done : p->total; /* a rollback has more than the change */
    const char *count = p->total ? arena_printf(arena, "%zu of %zu", p->done, all)
                                 : arena_printf(arena, "%zu done", p->done);
    draw(arena_printf(arena, "%s  %s", count, *names ? names : p->stack), p->begun);
    arena_free(arena);
}

/* Brings the changing line up to date. */
static void tick(void)
{
    static double last;
    if (!is_live() || now() - last < redraw)
        return;
    last = now();
    if (current)
        draw_progress(current);
    else if (phase)
        draw(phase, phase_begun);
}

void progress_begin(struct progress *p)
{
    p->begun = now();
    current = p;
    run_while_waiting(tick);
}

void progress_end(void)
{
    current = NULL;
    progress_phase(NULL);
}

void progress_phase(const char *text)
{
    progress_clear();
    phase = text;
    phase_begun = now();
    run_while_waiting(text ? tick : NULL);
}

/* Seconds since 1970 of "2026-11-24T00:27:46.143Z"; -1 when it is none. */
static double parse_time(const char *text)
{
    struct tm tm = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    return rest ? (double)timegm(&tm) + (*rest == '.' ? strtod(rest, NULL) : 0) : -1;
}

/* "  4 s" since the resource began, or "" when that is not known. */
static const char *duration(struct progress *p, const char *id, const char *timestamp)
{
    const char *since = table_get(&p->running, id);
    double from = since && *since ? parse_time(since) : -1, to = parse_time(timestamp);
    return from < 0 || to < from ? "" : arena_printf(p->arena, "  %.0f s", to - from);
}

static void show_done(struct progress *p, const json_t *event)
{
    const char *status = cfn_text(event, "ResourceStatus");
    const char *id = cfn_text(event, "LogicalResourceId");
    const char *reason = cfn_text(event, "ResourceStatusReason");
    const char *color = term_color(stderr, report_color(status));
    bool failed = str_ends(status, "_FAILED");
    if (quiet)
        return;
    progress_clear();
    fprintf(stderr, "      %s%s%s", color, diag_clean(status), *color ? TERM_RESET : "");
    fprintf(stderr, "  %s", diag_clean(id));
    fprintf(stderr, "  %s", diag_clean(cfn_text(event, "ResourceType")));
    fprintf(stderr, "%s", duration(p, id, cfn_text(event, "Timestamp")));
    if (strcmp(status, "DELETE_SKIPPED") == 0)
        fputs("  is kept, as the template says", stderr);
    fprintf(stderr, "%s%s\n", failed && *reason ? "  " : "", failed ? diag_clean(reason) : "");
}

/* Events of the stack as a whole tell nothing that its status does not. */
static void take(struct progress *p, const json_t *event)
{
    const char *status = cfn_text(event, "ResourceStatus");
    const char *id = arena_strdup(p->arena, cfn_text(event, "LogicalResourceId"));
    if (report_is_json())
        report_line("event",
                    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "stack", p->stack, "id", id,
                              "resource", cfn_text(event, "ResourceType"), "status", status,
                              "reason", diag_clean(cfn_text(event, "ResourceStatusReason")), "time",
                              cfn_text(event, "Timestamp")),
                    "%s", status);
    if (strcmp(id, p->stack) == 0)
        return;
    if (str_ends(status, "_IN_PROGRESS")) {
        if (!table_get(&p->running, id)) {
            array_push(p->arena, p->order, p->norder, id);
            table_set(p->arena, &p->running, id,
                      arena_strdup(p->arena, cfn_text(event, "Timestamp")));
        }
        return;
    }
    const char *since = table_get(&p->running, id);
    show_done(p, event);
    p->done += !since || *since;
    table_set(p->arena, &p->running, id, (char *)"");
}

void progress_events(struct progress *p, const json_t *events)
{
    for (size_t i = json_array_size(events); i-- > 0;) {
        const json_t *event = json_array_get(events, i);
        const char *id = cfn_text(event, "EventId");
        if (table_get(&p->seen, id))
            continue;
        table_set(p->arena, &p->seen, arena_strdup(p->arena, id), p);
        take(p, event);
    }
}
