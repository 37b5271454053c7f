#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/diag.h"
#include "base/mask.h"
#include "base/say.h"
#include "base/status_line.h"
#include "base/term.h"
#include "stacks/progress.h"
#include "stacks/report.h"
#include "template/cfn.h"

enum { NAMES_SHOWN = 3 };

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

/* The text of the status line: "3 of 12  Table, Role and 2 more". */
static const char *status_text(struct arena *arena, void *data)
{
    const struct progress *p = data;
    const char *names = running_names(p, arena);
    size_t all = p->done > p->total ? p->done : p->total; /* a rollback may have more */
    const char *count = p->total ? arena_printf(arena, "%zu of %zu", p->done, all)
                                 : arena_printf(arena, "%zu done", p->done);
    return arena_printf(arena, "%s  %s", count, *names ? names : p->stack);
}

void progress_begin(struct progress *p)
{
    status_line_begin(status_text, p);
}

void progress_end(void)
{
    status_line_end();
}

/* Returns the seconds since 1970 of "2026-11-24T00:27:46.143Z"; -1 if it is not a time. */
static double parse_time(const char *text)
{
    struct tm tm = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    return rest ? (double)timegm(&tm) + (*rest == '.' ? strtod(rest, NULL) : 0) : -1;
}

/* Returns "  4 s", the time since the resource began, or "" if that is not known. */
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
    if (status_line_is_quiet())
        return;
    status_line_clear();
    fprintf(stderr, "      %s%s%s", color, say_word(status), *color ? TERM_RESET : "");
    fprintf(stderr, "  %s", say_word(id));
    fprintf(stderr, "  %s", say_word(cfn_text(event, "ResourceType")));
    fprintf(stderr, "%s", duration(p, id, cfn_text(event, "Timestamp")));
    if (strcmp(status, "DELETE_SKIPPED") == 0)
        fputs("  is kept, as the template says", stderr);
    fprintf(stderr, "%s%s\n", failed && *reason ? "  " : "", failed ? say_word(reason) : "");
}

/* Takes one event. Those of the stack itself are not shown, because its status says the same. */
static void take(struct progress *p, const json_t *event)
{
    const char *status = cfn_text(event, "ResourceStatus");
    const char *id = arena_strdup(p->arena, cfn_text(event, "LogicalResourceId"));
    if (report_is_json())
        report_line("event",
                    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "stack", p->stack, "id", id,
                              "resource", cfn_text(event, "ResourceType"), "status", status,
                              "reason",
                              mask_text(cfn_text(event, "ResourceStatusReason"), MASK_MESSAGES),
                              "time", cfn_text(event, "Timestamp")),
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
