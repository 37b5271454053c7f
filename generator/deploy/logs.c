#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/interrupt.h"
#include "base/run.h"
#include "base/util.h"
#include "deploy/log_event.h"
#include "deploy/logs.h"
#include "template/cfn.h"

/* Milliseconds: an event that reaches CloudWatch so much later than a newer one is still found. */
enum { LATE = 2 * 60 * 1000 };

/* Seconds between two looks: few after an event, then more and more. */
static const double PAUSE_MIN = 1, PAUSE_MAX = 10, PAUSE_GROWTH = 1.5;

enum { FAILURES_MAX = 5 }; /* in a row, while following */

/* The events of a group that were shown, and that the next look returns again because they are not
 * older than its start. Each look builds a new one, so that it does not grow for days. */
struct shown {
    struct arena *arena;
    struct table ids; /* to struct known */
    struct known {
        const char *id;
        long long time;
        size_t equal; /* events without an id that are equal to it, and came later */
    } * *list;
    size_t count;
};

/* A source and the state of reading it. */
struct group {
    const struct log_source *source;
    long long start; /* of the next look */
    struct shown shown;
};

struct reader {
    const struct logs *logs;
    struct group *groups;
    struct log_view view;
    struct log_event *events; /* that a look at all groups found, to be shown */
    size_t count;
    struct arena *arena; /* of a look; errors, arguments and events */
};

/* Adds an event; false if it is there already. */
static bool note(struct shown *shown, const char *id, long long time)
{
    if (table_get(&shown->ids, id))
        return false;
    struct known *known = arena_alloc(shown->arena, sizeof *known);
    *known = (struct known){arena_strdup(shown->arena, id), time, 0};
    table_set(shown->arena, &shown->ids, known->id, known);
    array_push(shown->arena, shown->list, shown->count, known);
    return true;
}

/* Adds an event and returns its id; NULL if its id is there already. An event without an id gets
 * one that is made of its fields, and of the number of equal events before it in this look. */
static const char *note_event(struct shown *shown, const json_t *event, long long time)
{
    const char *id = cfn_text(event, "eventId");
    if (*id)
        return note(shown, id, time) ? id : NULL;
    id = arena_printf(shown->arena, "%lld %lld %s %s", time,
                      json_integer_value(json_object_get(event, "ingestionTime")),
                      cfn_text(event, "logStreamName"), cfn_text(event, "message"));
    if (!note(shown, id, time)) {
        struct known *first = table_get(&shown->ids, id);
        id = arena_printf(shown->arena, "+%zu %s", ++first->equal, id);
        note(shown, id, time);
    }
    return id;
}

/* Whether an event is of a source's function, and not of another one that shares its group. The
 * streams of a group that settings name are called date/function[version]id, those of Lambda's own
 * groups date/[version]id. */
static bool is_of_function(const struct log_source *source, const json_t *event)
{
    const char *stream = cfn_text(event, "logStreamName"), *end = strchr(stream, '[');
    const char *begin = end;
    while (begin && begin > stream && begin[-1] != '/')
        begin--;
    size_t len = end ? (size_t)(end - begin) : 0;
    return !len || (strlen(source->function) == len && strncmp(begin, source->function, len) == 0);
}

/* Takes the new events of a group. */
static void take(struct reader *r, size_t number, json_t *events)
{
    struct group *group = &r->groups[number];
    struct shown before = group->shown, *now = &group->shown;
    long long newest = 0;
    size_t i;
    json_t *event;
    *now = (struct shown){.arena = arena_new()};
    json_array_foreach(events, i, event) {
        long long time = json_integer_value(json_object_get(event, "timestamp"));
        const char *id = note_event(now, event, time);
        newest = time > newest ? time : newest;
        struct log_event new = {time, number, r->count, event};
        if (!id || table_get(&before.ids, id) || !is_of_function(group->source, event))
            continue;
        json_incref(event);
        array_push(r->arena, r->events, r->count, new);
    }
    if (newest - LATE > group->start)
        group->start = newest - LATE;
    for (i = 0; i < before.count; i++) /* keep those that were missing this time */
        if (before.list[i]->time >= group->start)
            note(now, before.list[i]->id, before.list[i]->time);
    arena_free(before.arena);
}

/* Takes CloudWatch's answer for the i-th group; a group that does not exist yet counts as empty.
 * False with aws->error after an error. */
static bool take_answer(struct reader *r, size_t i, const struct aws_request *request)
{
    struct aws *aws = r->logs->aws;
    json_t *events = json_object_get(request->answer, "events");
    bool missing = strstr(request->error, "ResourceNotFoundException") != NULL;
    if (json_is_array(events))
        take(r, i, events);
    else if (!missing)
        aws->error =
            arena_printf(aws->arena, "the log of '%s': %s", r->groups[i].source->lambda,
                         request->answer ? "aws logs filter-log-events answered without events"
                                         : request->error);
    return json_is_array(events) || missing;
}

/* Asks all groups, a few side by side. */
static bool look(struct reader *r)
{
    struct aws aws = *r->logs->aws;
    size_t n = r->logs->count;
    struct aws_request *requests = arena_alloc(r->arena, (n + 1) * sizeof *requests);
    bool ok = true;
    aws.arena = r->arena;
    for (size_t i = 0; i < n; i++)
        requests[i] = (struct aws_request){
            .input = json_pack("{s:s, s:I, s:s*}", "logGroupName", r->groups[i].source->group,
                               "startTime", (json_int_t)r->groups[i].start, "filterPattern",
                               r->logs->pattern)};
    aws_call_each(&aws, "logs", "filter-log-events", requests, n);
    for (size_t i = 0; i < n; i++) {
        ok = take_answer(r, i, &requests[i]) && ok;
        json_decref(requests[i].answer);
    }
    return ok;
}

/* Prints the events by time. The sleep of 0 s sees signals, so that a long log can be stopped. */
static bool show(struct reader *r)
{
    bool ok = true;
    if (r->count)
        qsort(r->events, r->count, sizeof *r->events, log_event_compare);
    for (size_t i = 0; i < r->count; i++) {
        ok = ok && run_sleep(0);
        if (ok)
            log_event_print(&r->events[i], &r->view);
        json_decref(r->events[i].json);
    }
    return ok;
}

/* Asks all groups once, and prints the new events even if some groups failed. */
static bool look_and_show(struct reader *r, size_t *count)
{
    r->arena = arena_new();
    r->events = NULL;
    r->count = 0;
    bool ok = look(r);
    ok = show(r) && ok;
    *count = r->count;
    arena_free(r->arena);
    return ok;
}

static bool failed(const struct reader *r)
{
    return interrupt_signal() ? false
                              : diag_error(EXIT_OTHER, (struct pos){0}, "%s", r->logs->aws->error);
}

/* Looks again until a signal comes. A few failures, as of a network that is down, do not end it. */
static bool follow(struct reader *r)
{
    double pause = PAUSE_MIN;
    int failures = 0;
    size_t count;
    while (run_sleep(pause)) {
        failures = look_and_show(r, &count) ? 0 : failures + 1;
        if (failures == FAILURES_MAX)
            return failed(r);
        pause = count ? PAUSE_MIN : pause * PAUSE_GROWTH;
        pause = pause < PAUSE_MAX ? pause : PAUSE_MAX;
    }
    return false;
}

static void begin(struct reader *r, struct arena *arena)
{
    const char **names = NULL;
    size_t n = 0;
    r->groups = arena_alloc(arena, r->logs->count * sizeof *r->groups);
    for (size_t i = 0; i < r->logs->count; i++) {
        const struct log_source *source = &r->logs->sources[i];
        int width = (int)str_characters(source->lambda);
        array_push(arena, names, n, source->lambda);
        r->groups[i] = (struct group){.source = source, .start = r->logs->since};
        if (r->logs->count > 1 && width > r->view.width)
            r->view.width = width;
    }
    r->view.names = names;
    r->view.json = r->logs->json;
}

bool logs_run(const struct logs *logs)
{
    struct reader r = {.logs = logs};
    size_t count;
    begin(&r, logs->aws->arena);
    bool ok = look_and_show(&r, &count) || failed(&r);
    if (ok && logs->follow)
        ok = follow(&r);
    for (size_t i = 0; i < logs->count; i++)
        arena_free(r.groups[i].shown.arena);
    return ok;
}
