#include <string.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/util.h"
#include "stacks/change_set.h"
#include "stacks/description.h"
#include "stacks/digest.h"
#include "stacks/event.h"
#include "stacks/report.h"
#include "stacks/stack.h"
#include "stacks/state.h"
#include "stacks/watch.h"
#include "template/cfn.h"

static const struct pos nowhere = {0};

static bool fail(const char *stack, const char *text)
{
    if (stack_says_busy(text))
        return stack_refuse_busy(stack, text);
    return diag_error(EXIT_OTHER, nowhere, "stack %s: %s", stack, text);
}

/* --- what went wrong ---------------------------------------------------------------------- */

/* Whether the caller fixes the cause; it gets the events of all resources that failed. */
static bool is_mended(const struct stack_change *c, const json_t *events)
{
    size_t i;
    const json_t *event;
    bool mended = false;
    json_array_foreach((json_t *)events, i, event)
        if (c->mends && str_ends(cfn_text(event, "ResourceStatus"), "_FAILED"))
            mended = c->mends(event, c->data) || mended;
    return mended;
}

/* Reports a stack whose operation failed, unless the caller fixes the cause. */
static void end_badly(const struct stack_change *c, const struct stack_watch *watch,
                      const json_t *stack)
{
    json_t *events = stack_watch_events(watch);
    const struct stack_failure failure = {
        .aws = c->aws,
        .stack = c->name,
        .id = cfn_text(stack, "StackId"),
        .status = stack_status(stack),
        .reason = cfn_text(stack, "StackStatusReason"),
        .events = events,
        .place = c->place,
        .data = c->data,
    };
    report_status(stack_status(stack));
    if (!is_mended(c, events))
        stack_failure_report(&failure);
    json_decref(events);
}

/* --- a change ----------------------------------------------------------------------------- */

/* Whether a description may be that of the end. Before the start, AWS still describes the stack as
 * it was. */
static bool is_over(const json_t *stack)
{
    enum stack_state state = stack_state(stack);
    return state != STACK_MOVING && state != STACK_UNDER_REVIEW &&
           (state != STACK_CLEANING || stack_succeeded(stack));
}

/* Watches the stack by its ARN: another one may get its name. */
static json_t *execute(const struct stack_change *c, struct change_set *set, bool *busy)
{
    const char *id = cfn_text(set->answer, "StackId");
    const struct stack_watch watch = {
        .aws = c->aws,
        .name = c->name,
        .id = *id ? id : c->name,
        .token = set->name,
        .begins = set->imports  ? "IMPORT_IN_PROGRESS"
                  : set->create ? "CREATE_IN_PROGRESS"
                                : "UPDATE_IN_PROGRESS",
        .total = set->changes.n,
        .timeout = c->timeout,
    };
    if (!aws_execute_change_set(c->aws, c->name, set->name, set->name)) {
        *busy = stack_says_busy(c->aws->error);
        if (!*busy)
            fail(c->name, c->aws->error);
        change_set_forget(set);
        return NULL;
    }
    json_t *stack = stack_watch(&watch, is_over);
    if (stack && stack_succeeded(stack)) {
        report_status(stack_status(stack));
        return stack;
    }
    if (stack && stack_state(stack) == STACK_MISSING)
        fail(c->name, "somebody deleted it during the change");
    else if (stack)
        end_badly(c, &watch, stack);
    json_decref(stack);
    return NULL;
}

/* Returns the changed stack (new), or NULL. If another operation changes the stack, sets `busy` and
 * reports nothing. */
static json_t *change(const struct stack_change *c, json_t *stack, bool *busy)
{
    enum stack_state state = stack_state(stack);
    struct change_set set = {
        .aws = c->aws,
        .stack = c->name,
        .body = c->body,
        .url = c->url,
        .parameters = c->parameters,
        .imports = c->imports,
        .create = state != STACK_STEADY,
        .reviewed = state == STACK_UNDER_REVIEW,
        .timeout = c->timeout,
        .beside = c->beside,
    };
    json_t *changed = NULL;
    switch (change_set_make(&set)) {
    case CHANGE_SET_READY:
        if (c->agree && !c->agree(&set.changes, set.beside_found, c->data))
            change_set_delete(&set);
        else
            changed = execute(c, &set, busy);
        break;
    case CHANGE_SET_EMPTY:
        report_status("no changes");
        changed = json_incref(stack);
        break;
    case CHANGE_SET_FAILED:
        break;
    case CHANGE_SET_BUSY:
        *busy = true;
        break;
    }
    change_set_release(&set);
    return changed;
}

/* --- before a change ---------------------------------------------------------------------- */

/* Our change sets are known by their names; our deletions, which have none, by the token in their
 * events. */
bool stack_began_here(struct aws *aws, const json_t *stack)
{
    if (stack_state(stack) != STACK_MOVING)
        return false;
    if (strstr(cfn_text(stack, "ChangeSetId"), "changeSet/" CHANGE_SET_PREFIX))
        return true;
    json_t *events = aws_stack_events(aws, cfn_text(stack, "StackId"), 1);
    const char *token = cfn_text(json_array_get(events, 0), "ClientRequestToken");
    bool ours = str_starts(token, CHANGE_SET_PREFIX);
    json_decref(events);
    return ours;
}

static bool is_settled(const json_t *stack)
{
    return stack_state(stack) != STACK_MOVING && stack_state(stack) != STACK_CLEANING;
}

json_t *stack_settle(struct aws *aws, const char *name, json_t *described, long timeout, bool wait)
{
    const struct stack_watch watch = {.aws = aws, .name = name, .id = name, .timeout = timeout};
    const char *status = stack_status(described);
    bool moves = stack_state(described) == STACK_MOVING;
    if (is_settled(described))
        return described ? json_incref(described) : json_null();
    bool ours = stack_began_here(aws, described);
    if (moves && !ours && !wait) {
        diag_error(EXIT_STACK_BUSY, nowhere,
                   "stack %s is %s: another operation changes it; run apply again when that has "
                   "finished, or with --wait",
                   name, status);
        return NULL;
    }
    if (moves)
        report_line("note", json_pack("{s:s}", "status", status), "%s: %s; waiting", status,
                    ours ? "an earlier apply began it" : "somebody else began it");
    return stack_watch(&watch, is_settled);
}

/* Deletes a stack whose creation failed. */
static bool clear(const struct stack_change *c, const json_t *stack)
{
    report_line("note", json_pack("{s:s}", "status", stack_status(stack)),
                "%s: its creation failed; it is deleted and created again", stack_status(stack));
    return stack_delete(c->aws, c->name, stack, c->timeout);
}

/* One attempt, on the stack as it was found. */
static json_t *apply(const struct stack_change *c, json_t *found, bool *busy)
{
    json_t *stack = stack_settle(c->aws, c->name, found, c->timeout, c->wait), *changed = NULL;
    *busy = false;
    if (!stack)
        return NULL;
    enum stack_state state = stack_state(stack);
    if (stack_digest_holds(stack, c->digest, c->parameters)) {
        report_status("no changes");
        return stack;
    }
    if (state == STACK_STUCK)
        stack_refuse_stuck(c->name, stack);
    else if (state != STACK_NEVER_MADE || clear(c, stack))
        changed = change(c, stack, busy);
    json_decref(stack);
    return changed;
}

enum { ATTEMPTS = 5 }; /* because other operations may begin in between */

json_t *stack_apply(const struct stack_change *c)
{
    json_t *found = json_incref(c->found), *changed = NULL;
    bool busy = true;
    for (int i = 0; busy && found && i < ATTEMPTS; i++) {
        changed = apply(c, found, &busy);
        json_decref(found);
        found = NULL;
        if (busy && (!c->wait || i + 1 == ATTEMPTS))
            stack_refuse_busy(c->name, c->aws->error);
        else if (busy && !(found = aws_describe_stack(c->aws, c->name)))
            fail(c->name, c->aws->error);
    }
    json_decref(found);
    return changed;
}

/* --- deletion ----------------------------------------------------------------------------- */

static bool is_deleted(const json_t *stack)
{
    return stack_state(stack) == STACK_MISSING || stack_state(stack) == STACK_STUCK;
}

bool stack_delete(struct aws *aws, const char *name, const json_t *described, long timeout)
{
    const char *id = json_string_value(json_object_get(described, "StackId"));
    bool goes = strcmp(stack_status(described), "DELETE_IN_PROGRESS") == 0;
    if (!id)
        return true;
    if (!stack_check_protection(name, described))
        return false;
    const struct stack_watch watch = {
        .aws = aws,
        .name = name,
        .id = id,
        .token = goes ? NULL : change_set_token(aws->arena), /* an earlier deletion's is unknown */
        .begins = "DELETE_IN_PROGRESS",
        .timeout = timeout,
    };
    if (!goes && !aws_delete_stack(aws, id, watch.token))
        return fail(name, aws->error);
    json_t *stack = stack_watch(&watch, is_deleted);
    bool gone = stack && stack_state(stack) == STACK_MISSING;
    if (stack && !gone)
        end_badly(&(struct stack_change){.aws = aws, .name = name}, &watch, stack);
    json_decref(stack);
    return gone;
}
