#include <string.h>
#include <time.h>
#include <unistd.h>

#include "aws/aws.h"
#include "base/backoff.h"
#include "base/diag.h"
#include "base/interrupt.h"
#include "base/status_line.h"
#include "base/util.h"
#include "stacks/change_set.h"
#include "stacks/state.h"
#include "template/capability.h"
#include "template/cfn.h"

static bool fail(const struct change_set *set, const char *text)
{
    return diag_error(stack_says_busy(text) ? EXIT_STACK_BUSY : EXIT_OTHER, (struct pos){0},
                      "stack %s: %s", set->stack, text);
}

static json_t *parameter_list(const json_t *parameters)
{
    const char *name;
    json_t *list = json_array(), *value;
    json_object_foreach((json_t *)parameters, name, value)
        json_array_append_new(
            list, json_is_null(value)
                      ? json_pack("{s:s, s:b}", "ParameterKey", name, "UsePreviousValue", true)
                      : json_pack("{s:s, s:O}", "ParameterKey", name, "ParameterValue", value));
    return list;
}

/* clang-format off */
static json_t *request(const struct change_set *set)
{
    json_t *template = json_loads(set->body, 0, NULL), *capabilities = capabilities_of(template);
    json_decref(template);
    return json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:o*, s:o, s:O*}",
                     "StackName", set->stack,
                     "ChangeSetName", set->name,
                     "ChangeSetType", set->imports ? "IMPORT" : set->create ? "CREATE" : "UPDATE",
                     "TemplateBody", set->url ? NULL : set->body,
                     "TemplateURL", set->url,
                     "Capabilities", capabilities,
                     "Parameters", parameter_list(set->parameters),
                     "ResourcesToImport", set->imports);
}
/* clang-format on */

/* AWS has two ways to say that nothing would change. */
static bool says_no_changes(const char *reason)
{
    return strstr(reason, "didn't contain changes") ||
           strstr(reason, "No updates are to be performed");
}

/* Describes the change set, and the stack beside it, by calls side by side. */
static void look(struct change_set *set)
{
    const char *const words[] = {"cloudformation",
                                 "describe-change-set",
                                 "--stack-name",
                                 set->stack,
                                 "--change-set-name",
                                 set->name,
                                 NULL};
    const char *const beside[] = {"cloudformation", "describe-stacks", "--stack-name", set->beside,
                                  NULL};
    struct aws_call calls[] = {{.words = words}, {.words = beside}};
    aws_together(set->aws, calls, set->beside ? 2 : 1);
    change_set_release(set);
    set->answer = calls[0].answer;
    set->aws->error = calls[0].error;
    if (calls[1].answer)
        set->beside_found = aws_stack_in(calls[1].answer);
    else if (calls[1].error && strstr(calls[1].error, "does not exist"))
        set->beside_found = json_null();
    json_decref(calls[1].answer);
}

static enum change_set_state wait_until_made(struct change_set *set)
{
    struct backoff backoff = backoff_for(set->timeout);
    int failures = 0;
    do {
        look(set);
        const char *status = cfn_text(set->answer, "Status");
        const char *reason = cfn_text(set->answer, "StatusReason");
        failures = set->answer ? 0 : failures + 1;
        if (!set->answer && stack_says_busy(set->aws->error))
            return CHANGE_SET_BUSY;
        if (!set->answer && !aws_is_final(set->aws) && failures < AWS_LOOKS_THAT_FAIL)
            continue;
        if (!set->answer) {
            fail(set, set->aws->error);
            return CHANGE_SET_FAILED;
        }
        if (strcmp(status, "CREATE_COMPLETE") == 0)
            return CHANGE_SET_READY;
        if (strcmp(status, "FAILED") == 0 && says_no_changes(reason))
            return CHANGE_SET_EMPTY;
        if (strcmp(status, "FAILED") == 0) {
            diag_error(EXIT_OTHER, (struct pos){0}, "stack %s: AWS refuses the change: %s",
                       set->stack, reason);
            return CHANGE_SET_FAILED;
        }
        if (strcmp(status, "CREATE_PENDING") != 0 && strcmp(status, "CREATE_IN_PROGRESS") != 0) {
            diag_error(EXIT_OTHER, (struct pos){0}, "stack %s: the change set %s is '%s'",
                       set->stack, set->name, status);
            return CHANGE_SET_FAILED;
        }
    } while (backoff_wait(&backoff));
    fail(set, interrupt_signal()
                  ? "interrupted while AWS works out the change"
                  : "the time of --cf-timeout is over while AWS works out the change");
    return CHANGE_SET_FAILED;
}

const char *change_set_token(struct arena *arena)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return arena_printf(arena, CHANGE_SET_PREFIX "%lld-%09ld-%ld", (long long)now.tv_sec,
                        now.tv_nsec, (long)getpid());
}

/* Returns the ARN of the stack that AWS created for the change set, if it is still only under
 * review; or NULL. Its name is not enough: soon it may be the name of somebody else's stack. */
static const char *only_review(struct change_set *set)
{
    if (!set->create || set->reviewed)
        return NULL;
    json_t *stack = aws_describe_stack(set->aws, set->stack);
    const char *arn = stack_state(stack) == STACK_UNDER_REVIEW
                          ? arena_strdup(set->aws->arena, cfn_text(stack, "StackId"))
                          : NULL;
    json_decref(stack);
    return arn;
}

/* Deletes the change set, also after a signal: otherwise it would be left behind. */
static bool take_away(struct change_set *set)
{
    set->aws->tidying = true;
    const char *review = only_review(set);
    bool ok = review /* its change sets are deleted with it */
                  ? aws_delete_stack(set->aws, review, set->name)
                  : aws_delete_change_set(set->aws, set->stack, set->name);
    set->aws->tidying = false;
    return ok;
}

bool change_set_delete(struct change_set *set)
{
    return take_away(set) || fail(set, set->aws->error);
}

void change_set_forget(struct change_set *set)
{
    const char *error = set->aws->error;
    set->aws->tidying = true;
    if (!set->create)
        aws_delete_change_set(set->aws, set->stack, set->name);
    set->aws->tidying = false;
    set->aws->error = error;
}

/* Handles an error of the call that creates a change set. If it is not an answer of AWS, but a
 * signal or the network, AWS may have created the change set all the same. */
static enum change_set_state refused(struct change_set *set)
{
    const char *error = set->aws->error;
    if (stack_says_busy(error))
        return CHANGE_SET_BUSY;
    if (aws_may_have_done(set->aws))
        take_away(set); /* fails if there is none */
    fail(set, error);
    return CHANGE_SET_FAILED;
}

enum change_set_state change_set_make(struct change_set *set)
{
    set->name = change_set_token(set->aws->arena);
    status_line_phase("AWS works out the change");
    json_t *made = aws_create_change_set(set->aws, request(set));
    if (!made)
        return refused(set);
    json_decref(made);
    enum change_set_state state = wait_until_made(set);
    if (state == CHANGE_SET_READY)
        set->changes = changes_of_set(set->aws->arena, set->answer);
    else if (state != CHANGE_SET_BUSY) { /* a busy one is gone: another one was executed */
        size_t errors = diag_errors();
        if (!change_set_delete(set) && state == CHANGE_SET_EMPTY)
            diag_demote(errors); /* an empty change set does no harm */
    }
    return state;
}

void change_set_release(struct change_set *set)
{
    json_decref(set->answer);
    json_decref(set->beside_found);
    set->answer = set->beside_found = NULL;
}
