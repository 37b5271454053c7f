#include <string.h>

#include "aws/aws.h"
#include "base/backoff.h"
#include "base/diag.h"
#include "base/interrupt.h"
#include "base/util.h"
#include "stacks/description.h"
#include "stacks/event.h"
#include "stacks/progress.h"
#include "stacks/state.h"
#include "stacks/watch.h"
#include "template/cfn.h"

static const struct pos nowhere = {0};

enum {
    LOOKS_EARLY = 8,      /* looks after which an operation without events counts as over */
    LOOKS_MOVED = 2,      /* the same if an event told its start, and the stack was changing */
    EVENTS_OF_ONE = 5000, /* more than the change of a stack with the most resources has, with its
                           * rollback; AWS keeps the events of three months */
};

/* What events said of the operation: until its end the stack may still be described as it was
 * before. */
enum heard { HEARD_NOTHING, HEARD_BEGIN, HEARD_END };

struct seen {
    enum heard heard;
    bool moved; /* the stack was changing, or is gone; somebody else may have begun another
                 * operation since, whose events are not ours */
    int over;   /* looks at which it seemed to be over, without an event that says so */
};

static json_t *own_events(const struct stack_watch *w, const json_t *events)
{
    const struct stack_operation operation = {w->name, w->token, w->begins};
    return stack_events_of(events, &operation);
}

/* Returns what the operation's events (newest first) tell; the stack's own newest one counts. */
static enum heard hear(const struct stack_watch *w, const json_t *events, enum heard heard)
{
    size_t i;
    json_t *event;
    json_array_foreach((json_t *)events, i, event)
        if (strcmp(cfn_text(event, "LogicalResourceId"), w->name) == 0)
            return stack_is_moving(cfn_text(event, "ResourceStatus")) ? HEARD_BEGIN : HEARD_END;
    return json_array_size(events) && heard == HEARD_NOTHING ? HEARD_BEGIN : heard;
}

static void note_state(struct seen *seen, enum stack_state state)
{
    seen->moved = seen->moved || state == STACK_MOVING || state == STACK_MISSING;
    if (seen->heard == HEARD_NOTHING && state == STACK_MOVING)
        seen->heard = HEARD_END; /* IAM may not allow events: the stack itself was seen to change */
}

/* Describes the stack (new), and shows its latest events, by two calls side by side, because each
 * takes a second. */
static json_t *look(const struct stack_watch *w, struct progress *progress, struct seen *seen)
{
    const char *const words[] = {"cloudformation", "describe-stacks", "--stack-name", w->id, NULL};
    const char *const events[] = {"cloudformation",
                                  "describe-stack-events",
                                  "--stack-name",
                                  w->id,
                                  "--max-items",
                                  "300",
                                  NULL};
    struct aws_call calls[] = {{.words = words}, {.words = events}};
    aws_together(w->aws, calls, w->token ? countof(calls) : 1);
    if (calls[1].answer) {
        json_t *own = own_events(w, json_object_get(calls[1].answer, "StackEvents"));
        progress_events(progress, own);
        seen->heard = hear(w, own, seen->heard);
        json_decref(own);
        json_decref(calls[1].answer);
    }
    json_t *stack = aws_stack_in(calls[0].answer);
    w->aws->error = calls[0].error;
    if (!calls[0].answer && strstr(calls[0].error, "does not exist"))
        stack = json_null();
    if (calls[0].answer && !stack)
        w->aws->error = "aws cloudformation describe-stacks answered without the stack";
    json_decref(calls[0].answer);
    if (stack)
        note_state(seen, stack_state(stack));
    return stack;
}

/* Whether a description that says that the operation is over can be believed. */
static bool is_believed(const struct stack_watch *w, struct seen *seen)
{
    if (!w->token || seen->heard == HEARD_END)
        return true;
    return (seen->heard == HEARD_NOTHING || seen->moved) &&
           seen->over++ >= (seen->heard == HEARD_NOTHING ? LOOKS_EARLY : LOOKS_MOVED);
}

/* Reports why the waiting ended: the time, a signal or failed calls. The operation goes on. */
static void give_up(const struct stack_watch *w, const char *status, bool failed)
{
    diag_error(EXIT_OTHER, nowhere,
               "stack %s: %s while it is %s; AWS continues by itself: run the same command again "
               "to see how it ended",
               w->name,
               interrupt_signal() ? "interrupted"
               : failed           ? w->aws->error
                                  : "the time of --cf-timeout is over",
               *status ? status : "changing");
}

json_t *stack_watch(const struct stack_watch *w, bool (*over)(const json_t *described))
{
    struct progress progress = {.arena = w->aws->arena, .stack = w->name, .total = w->total};
    struct backoff backoff = backoff_for(w->timeout);
    const char *status = "";
    struct seen seen = {HEARD_NOTHING, false, 0};
    bool failed = false;
    int failures = 0;
    progress_begin(&progress);
    do {
        json_t *stack = look(w, &progress, &seen);
        if (stack && over(stack) && is_believed(w, &seen)) {
            progress_end();
            return stack;
        }
        failures = stack ? 0 : failures + 1;
        failed = !stack && (aws_is_final(w->aws) || failures == AWS_LOOKS_THAT_FAIL);
        if (stack)
            status = arena_strdup(w->aws->arena, stack_status(stack));
        json_decref(stack);
    } while (!failed && backoff_wait(&backoff));
    progress_end();
    give_up(w, status, failed);
    return NULL;
}

json_t *stack_watch_events(const struct stack_watch *w)
{
    json_t *events = aws_stack_events(w->aws, w->id, EVENTS_OF_ONE), *own = NULL;
    if (events)
        own = own_events(w, events);
    else
        diag_error(EXIT_OTHER, nowhere, "stack %s: its events cannot be read: %s", w->name,
                   w->aws->error);
    json_decref(events);
    return own;
}
