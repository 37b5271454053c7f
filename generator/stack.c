#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "aws.h"
#include "cfn.h"
#include "diag.h"
#include "run.h"
#include "stack.h"
#include "util.h"

static const struct pos nowhere = {0};

static bool fail(enum exit_code code, const char *stack, const char *text)
{
    return diag_error(code, nowhere, "stack %s: %s", stack, text);
}

const char *stack_status(const json_t *stack)
{
    const char *status = json_string_value(json_object_get(stack, "StackStatus"));
    return status ? status : "";
}

const char *stack_output(const json_t *stack, const char *name)
{
    size_t i;
    json_t *output;
    json_array_foreach(json_object_get(stack, "Outputs"), i, output) {
        const char *key = json_string_value(json_object_get(output, "OutputKey"));
        if (key && strcmp(key, name) == 0)
            return json_string_value(json_object_get(output, "OutputValue"));
    }
    return NULL;
}

/* Looks soon at first and then less and less often, until `timeout` seconds are over. */
struct wait {
    double pause;
    time_t end;
};

static struct wait wait_for(long timeout)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (struct wait){0.3, now.tv_sec + timeout};
}

static bool wait_again(struct wait *wait)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec >= wait->end || !run_sleep(wait->pause))
        return false;
    wait->pause = wait->pause * 1.5 < 8 ? wait->pause * 1.5 : 8;
    return true;
}

/* Why the waiting ended: the time, or a signal. AWS goes on with what it began. */
static bool gave_up(const char *stack, const char *status)
{
    return diag_error(EXIT_OTHER, nowhere,
                      "stack %s: %s while it is %s; AWS goes on without us: run the same command "
                      "again to see how it ended",
                      stack, run_signal() ? "interrupted" : "the time of --cf-timeout is over",
                      *status ? status : "changing");
}

/* --- what went wrong ---------------------------------------------------------------------- */

/* A resource that failed by itself, and not because another one did. */
static bool is_cause(const json_t *event, const char *stack)
{
    return str_ends(cfn_text(event, "ResourceStatus"), "_FAILED") &&
           strcmp(cfn_text(event, "LogicalResourceId"), stack) != 0 &&
           !strstr(cfn_text(event, "ResourceStatusReason"), "cancelled");
}

/* Events come newest first; those before `last` belong to earlier operations. */
static const json_t *first_cause(const json_t *events, const char *stack, const char *last)
{
    size_t i;
    const json_t *event, *cause = NULL;
    json_array_foreach((json_t *)events, i, event) {
        if (last && strcmp(cfn_text(event, "EventId"), last) == 0)
            break;
        if (is_cause(event, stack))
            cause = event;
    }
    return cause;
}

/* Why the stack failed as a whole, when it was no resource: said first by the oldest event of its
 * own. */
static const char *own_reason(const json_t *events, const char *stack, const char *last)
{
    size_t i;
    const json_t *event;
    const char *reason = "";
    json_array_foreach((json_t *)events, i, event) {
        if (last && strcmp(cfn_text(event, "EventId"), last) == 0)
            break;
        if (strcmp(cfn_text(event, "LogicalResourceId"), stack) == 0 &&
            *cfn_text(event, "ResourceStatusReason") &&
            strcmp(cfn_text(event, "ResourceStatusReason"), "User Initiated") != 0)
            reason = cfn_text(event, "ResourceStatusReason");
    }
    return reason;
}

/* What AWS means where its words say it badly. */
static void note_meaning(const char *reason)
{
    static const struct {
        const char *says, *means;
    } table[] = {
        {"A version for this Lambda function exists",
         "the newest version has this code and this configuration already, and AWS publishes no "
         "second one; change one of them (the description will do), or keep gordon.contrib.lambdas "
         "in apps if it was there"},
        {"already exists", "something outside of this stack has this name; choose another one"},
    };
    for (size_t i = 0; i < countof(table); i++)
        if (strstr(reason, table[i].says)) {
            diag_note(nowhere, "%s", table[i].means);
            return;
        }
}

/* Whether the caller mends what failed; it is told of all that failed. */
static bool is_mended(const struct stack_change *c, const json_t *events, const char *last)
{
    size_t i;
    const json_t *event;
    bool mended = false;
    json_array_foreach((json_t *)events, i, event) {
        if (!c->mends || (last && strcmp(cfn_text(event, "EventId"), last) == 0))
            break;
        if (str_ends(cfn_text(event, "ResourceStatus"), "_FAILED"))
            mended = c->mends(event, c->data) || mended;
    }
    return mended;
}

static void report_failure(const struct stack_change *c, const json_t *stack, const json_t *events,
                           const char *last)
{
    const json_t *cause = first_cause(events, c->name, last);
    struct pos pos = nowhere;
    const char *reason = own_reason(events, c->name, last);
    if (!*reason)
        reason = cfn_text(stack, "StackStatusReason");
    if (cause) {
        const char *id = cfn_text(cause, "LogicalResourceId");
        if (c->place)
            c->place(id, &pos, c->data);
        diag_error(EXIT_OTHER, pos, "stack %s ended in %s: %s (%s) %s: %s", c->name,
                   stack_status(stack), id, cfn_text(cause, "ResourceType"),
                   cfn_text(cause, "ResourceStatus"), cfn_text(cause, "ResourceStatusReason"));
        note_meaning(cfn_text(cause, "ResourceStatusReason"));
    } else {
        diag_error(EXIT_OTHER, nowhere, "stack %s ended in %s%s%s", c->name, stack_status(stack),
                   *reason ? ": " : "", reason);
    }
    diag_note(nowhere,
              "mend the cause and apply again; what AWS did is in the stack's events: "
              "aws cloudformation describe-stack-events --stack-name %s",
              c->name);
}

/* What is to be said of a stack that ended badly, unless the caller mends it. */
static void end_badly(const struct stack_change *c, const json_t *stack, const char *last)
{
    json_t *events = aws_stack_events(c->aws, c->name);
    if (is_mended(c, events, last))
        printf("    %s\n", stack_status(stack));
    else
        report_failure(c, stack, events, last);
    json_decref(events);
}

/* --- change sets -------------------------------------------------------------------------- */

static json_t *parameter_list(const json_t *parameters)
{
    const char *name;
    json_t *list = json_array(), *value;
    json_object_foreach((json_t *)parameters, name, value)
        json_array_append_new(
            list, json_pack("{s:s, s:O}", "ParameterKey", name, "ParameterValue", value));
    return list;
}

/* clang-format off */
static json_t *request(const struct stack_change *c, const char *change_set, bool create)
{
    return json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:[s], s:o}",
                     "StackName", c->name,
                     "ChangeSetName", change_set,
                     "ChangeSetType", create ? "CREATE" : "UPDATE",
                     "TemplateBody", c->url ? NULL : c->body,
                     "TemplateURL", c->url,
                     "Capabilities", "CAPABILITY_IAM",
                     "Parameters", parameter_list(c->parameters));
}
/* clang-format on */

/* AWS has two ways to say that nothing would change. */
static bool says_no_changes(const char *reason)
{
    return strstr(reason, "didn't contain changes") ||
           strstr(reason, "No updates are to be performed");
}

enum prepared { PREPARED, NO_CHANGES, FAILED };

/* Waits until AWS has worked out the change set. */
static enum prepared prepare(const struct stack_change *c, const char *change_set)
{
    struct wait wait = wait_for(c->timeout);
    do {
        json_t *answer = aws_describe_change_set(c->aws, c->name, change_set);
        const char *status = cfn_text(answer, "Status"), *reason = cfn_text(answer, "StatusReason");
        enum prepared result = FAILED;
        bool done = true;
        if (!answer)
            fail(EXIT_OTHER, c->name, c->aws->error);
        else if (strcmp(status, "CREATE_COMPLETE") == 0)
            result = PREPARED;
        else if (strcmp(status, "FAILED") == 0 && says_no_changes(reason))
            result = NO_CHANGES;
        else if (strcmp(status, "FAILED") == 0)
            diag_error(EXIT_OTHER, nowhere, "stack %s: AWS refuses the change: %s", c->name,
                       reason);
        else
            done = false;
        json_decref(answer);
        if (done)
            return result;
    } while (wait_again(&wait));
    gave_up(c->name, "preparing its change set");
    return FAILED;
}

static bool in_progress(const char *status)
{
    return str_ends(status, "_IN_PROGRESS") && strcmp(status, "REVIEW_IN_PROGRESS") != 0 &&
           strcmp(status, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") != 0;
}

static bool succeeded(const char *status)
{
    return strcmp(status, "CREATE_COMPLETE") == 0 || strcmp(status, "UPDATE_COMPLETE") == 0 ||
           strcmp(status, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") == 0;
}

/* Waits for the end of the change that was begun; gives the stack (new) or NULL. */
static json_t *wait_for_stack(const struct stack_change *c, const char *last)
{
    struct wait wait = wait_for(c->timeout);
    const char *status = "";
    do {
        json_t *stack = aws_describe_stack(c->aws, c->name);
        if (!stack) {
            fail(EXIT_OTHER, c->name, c->aws->error);
            return NULL;
        }
        status = arena_strdup(c->aws->arena, stack_status(stack));
        if (succeeded(status))
            return stack;
        if (!in_progress(status) && strcmp(status, "REVIEW_IN_PROGRESS") != 0) {
            end_badly(c, stack, last);
            json_decref(stack);
            return NULL;
        }
        json_decref(stack);
    } while (wait_again(&wait));
    gave_up(c->name, status);
    return NULL;
}

/* The newest event there is, so that only those after it count. */
static const char *newest_event(struct aws *aws, const char *stack)
{
    json_t *events = aws_stack_events(aws, stack);
    const char *id = json_string_value(json_object_get(json_array_get(events, 0), "EventId"));
    id = id ? arena_strdup(aws->arena, id) : NULL;
    json_decref(events);
    return id;
}

static json_t *execute(const struct stack_change *c, const char *change_set)
{
    const char *last = newest_event(c->aws, c->name);
    if (!aws_execute_change_set(c->aws, c->name, change_set)) {
        fail(EXIT_OTHER, c->name, c->aws->error);
        return NULL;
    }
    json_t *stack = wait_for_stack(c, last);
    if (stack)
        printf("    %s\n", stack_status(stack));
    return stack;
}

static json_t *unchanged(const struct stack_change *c)
{
    json_t *stack = aws_describe_stack(c->aws, c->name);
    if (json_is_object(stack)) {
        printf("    no changes\n");
        return stack;
    }
    fail(EXIT_OTHER, c->name, stack ? "it is gone; apply again" : c->aws->error);
    json_decref(stack);
    return NULL;
}

static json_t *change(const struct stack_change *c, bool create)
{
    const char *name =
        arena_printf(c->aws->arena, "gordon-%lld-%ld", (long long)time(NULL), (long)getpid());
    json_t *answer = aws_create_change_set(c->aws, request(c, name, create));
    if (!answer) {
        fail(EXIT_OTHER, c->name, c->aws->error);
        return NULL;
    }
    json_decref(answer);
    switch (prepare(c, name)) {
    case PREPARED:
        return execute(c, name);
    case NO_CHANGES:
        aws_delete_change_set(c->aws, c->name, name);
        return unchanged(c);
    case FAILED:
        break;
    }
    if (!run_signal())
        aws_delete_change_set(c->aws, c->name, name);
    return NULL;
}

/* --- states ------------------------------------------------------------------------------- */

/* States in which a stack was never made, and that take no update: it is made anew. */
static bool never_made(const char *status)
{
    return strcmp(status, "ROLLBACK_COMPLETE") == 0;
}

/* What a stack is like when it takes a change. */
static bool takes_changes(const char *status)
{
    return succeeded(status) || strcmp(status, "UPDATE_ROLLBACK_COMPLETE") == 0 ||
           strcmp(status, "IMPORT_COMPLETE") == 0 || strcmp(status, "REVIEW_IN_PROGRESS") == 0;
}

static bool refuse(const struct stack_change *c, const char *status)
{
    if (in_progress(status))
        return diag_error(
            EXIT_STACK_BUSY, nowhere,
            "stack %s is %s: something else changes it; apply again when that is over", c->name,
            status);
    if (strcmp(status, "UPDATE_ROLLBACK_FAILED") == 0)
        return diag_error(EXIT_STACK_FAILED, nowhere,
                          "stack %s is %s; see its events for the resource, mend it, and run: aws "
                          "cloudformation continue-update-rollback --stack-name %s",
                          c->name, status, c->name);
    if (strcmp(status, "UPDATE_FAILED") == 0 || strcmp(status, "IMPORT_ROLLBACK_FAILED") == 0)
        return diag_error(EXIT_STACK_FAILED, nowhere,
                          "stack %s is %s; see its events for the resource, mend it, and run: aws "
                          "cloudformation rollback-stack --stack-name %s",
                          c->name, status, c->name);
    return diag_error(EXIT_STACK_FAILED, nowhere,
                      "stack %s is %s, and only deletion ends that; run: aws cloudformation "
                      "delete-stack --stack-name %s",
                      c->name, status, c->name);
}

/* Whether what goes on was begun by a change set of ours, by an apply that was interrupted. */
static bool began_here(const json_t *stack)
{
    return in_progress(stack_status(stack)) &&
           strstr(cfn_text(stack, "ChangeSetId"), "changeSet/gordon-");
}

/* The stack as it is, once what an earlier apply began is over, and the cleaning up behind it:
 * until then AWS takes no change. */
static json_t *describe_settled(const struct stack_change *c)
{
    struct wait wait = wait_for(c->timeout);
    bool told = false;
    do {
        json_t *stack = aws_describe_stack(c->aws, c->name);
        if (!stack)
            fail(EXIT_OTHER, c->name, c->aws->error);
        bool own = began_here(stack);
        if (!own && !str_ends(stack_status(stack), "_CLEANUP_IN_PROGRESS"))
            return stack;
        if (own && !told)
            printf("    %s: an earlier apply began it; waiting\n", stack_status(stack));
        told = told || own;
        json_decref(stack);
    } while (wait_again(&wait));
    gave_up(c->name, "changing since an earlier apply");
    return NULL;
}

json_t *stack_apply(const struct stack_change *c)
{
    json_t *stack = describe_settled(c);
    if (!stack)
        return NULL;
    const char *status = arena_strdup(c->aws->arena, stack_status(stack));
    bool missing = json_is_null(stack);
    json_decref(stack);
    if (never_made(status)) {
        printf("    %s: never came to be; deleted, and made anew\n", status);
        if (!stack_delete(c->aws, c->name, c->timeout))
            return NULL;
        missing = true;
    } else if (!missing && !takes_changes(status)) {
        refuse(c, status);
        return NULL;
    }
    return change(c, missing || strcmp(status, "REVIEW_IN_PROGRESS") == 0);
}

bool stack_delete(struct aws *aws, const char *name, long timeout)
{
    json_t *stack = aws_describe_stack(aws, name);
    if (!stack)
        return fail(EXIT_OTHER, name, aws->error);
    /* by its id, a stack can still be seen when it is gone */
    const char *id = json_string_value(json_object_get(stack, "StackId"));
    id = id ? arena_strdup(aws->arena, id) : NULL;
    json_decref(stack);
    if (!id)
        return true;
    const char *last = newest_event(aws, id);
    if (!aws_delete_stack(aws, id))
        return fail(EXIT_OTHER, name, aws->error);
    struct wait wait = wait_for(timeout);
    do {
        stack = aws_describe_stack(aws, id);
        bool gone = json_is_null(stack) || strcmp(stack_status(stack), "DELETE_COMPLETE") == 0;
        bool failed = strcmp(stack_status(stack), "DELETE_FAILED") == 0;
        if (!stack)
            return fail(EXIT_OTHER, name, aws->error);
        if (failed)
            end_badly(&(struct stack_change){.aws = aws, .name = name}, stack, last);
        json_decref(stack);
        if (gone || failed)
            return gone;
    } while (wait_again(&wait));
    return gave_up(name, "being deleted");
}
