#include <string.h>

#include "aws/aws.h"
#include "aws/s3_error.h"
#include "base/diag.h"
#include "base/util.h"
#include "settings/partition.h"
#include "stacks/event.h"
#include "template/cfn.h"

/* The status with which an operation on this stack starts, or NULL. A rollback goes on with one
 * that has started. */
static const char *start_of(const json_t *event, const char *stack)
{
    static const char *const starts[] = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS",
                                         "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"};
    if (strcmp(cfn_text(event, "LogicalResourceId"), stack) != 0)
        return NULL;
    for (size_t i = 0; i < countof(starts); i++)
        if (strcmp(cfn_text(event, "ResourceStatus"), starts[i]) == 0)
            return starts[i];
    return NULL;
}

/* Empties `own`, events without tokens, unless they begin as the operation does, and removes those
 * from before. */
static void keep_newest(json_t *own, const struct stack_operation *o)
{
    size_t n = 0;
    const char *start = NULL;
    while (n < json_array_size(own) && !start)
        start = start_of(json_array_get(own, n++), o->stack);
    if (o->begins && (!start || strcmp(start, o->begins) != 0))
        n = 0;
    while (json_array_size(own) > n)
        json_array_remove(own, json_array_size(own) - 1);
}

json_t *stack_events_of(const json_t *events, const struct stack_operation *o)
{
    size_t i;
    json_t *event, *own = json_array();
    bool any = false;
    const char *newest = cfn_text(json_array_get(events, 0), "ClientRequestToken");
    json_array_foreach((json_t *)events, i, event)
        any = any || *cfn_text(event, "ClientRequestToken");
    const char *token = o->token && any ? o->token : newest;
    json_array_foreach((json_t *)events, i, event)
        if (strcmp(cfn_text(event, "ClientRequestToken"), token) == 0)
            json_array_append(own, event);
    if (!*token)
        keep_newest(own, o);
    return own;
}

/* Whether a resource failed by itself, and not because another one did. */
static bool is_cause(const json_t *event, const char *stack)
{
    return str_ends(cfn_text(event, "ResourceStatus"), "_FAILED") &&
           strcmp(cfn_text(event, "LogicalResourceId"), stack) != 0 &&
           !strstr(cfn_text(event, "ResourceStatusReason"), "cancelled");
}

static const json_t *first_cause(const struct stack_failure *f)
{
    size_t i;
    const json_t *event, *cause = NULL;
    json_array_foreach((json_t *)f->events, i, event)
        if (is_cause(event, f->stack))
            cause = event;
    return cause;
}

/* Returns why the stack failed, if no resource did: the reason in the oldest of its own events. */
static const char *own_reason(const struct stack_failure *f)
{
    size_t i;
    const json_t *event;
    const char *reason = "";
    json_array_foreach((json_t *)f->events, i, event) {
        const char *text = cfn_text(event, "ResourceStatusReason");
        if (strcmp(cfn_text(event, "LogicalResourceId"), f->stack) == 0 && *text &&
            strcmp(text, "User Initiated") != 0)
            reason = text;
    }
    return *reason ? reason : f->reason;
}

/* Adds a note that explains an unclear reason of AWS. */
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
            diag_note((struct pos){0}, "%s", table[i].means);
            return;
        }
    const char *means = strstr(reason, "BucketNotification") ? s3_error_means(reason) : NULL;
    if (means)
        diag_note((struct pos){0}, "%s", means);
}

/* RFC 3986, 2.1 */
static const char *percent_encoded(struct arena *arena, const char *text)
{
    struct buf out = {0};
    for (const char *c = text; *c; c++)
        if (strchr("-._~", *c) || (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
            (*c >= 'A' && *c <= 'Z'))
            buf_add(&out, c, 1);
        else
            buf_printf(&out, "%%%02X", (unsigned)(unsigned char)*c);
    const char *copy = arena_strdup(arena, out.data ? out.data : "");
    buf_free(&out);
    return copy;
}

/* Returns the URL of a stack's events in the console; NULL without an ARN or a public console. */
static const char *console_url(const struct aws *aws, const char *id)
{
    const struct partition *partition = partition_of(aws->region);
    if (!id || !*id || !partition || !partition->console)
        return NULL;
    return arena_printf(
        aws->arena, "https://%s.%s/cloudformation/home?region=%s#/stacks/events?stackId=%s",
        aws->region, partition->console, aws->region, percent_encoded(aws->arena, id));
}

bool stack_failure_report(const struct stack_failure *f)
{
    const json_t *cause = first_cause(f);
    const char *url = console_url(f->aws, f->id);
    struct pos pos = {0};
    if (cause) {
        const char *id = cfn_text(cause, "LogicalResourceId");
        if (f->place)
            f->place(id, &pos, f->data);
        diag_error(EXIT_OTHER, pos, "stack %s ended in %s: %s (%s) %s: %s", f->stack, f->status, id,
                   cfn_text(cause, "ResourceType"), cfn_text(cause, "ResourceStatus"),
                   cfn_text(cause, "ResourceStatusReason"));
        note_meaning(cfn_text(cause, "ResourceStatusReason"));
    } else {
        const char *reason = own_reason(f);
        diag_error(EXIT_OTHER, pos, "stack %s ended in %s%s%s", f->stack, f->status,
                   *reason ? ": " : "", reason);
    }
    diag_note((struct pos){0},
              "fix the cause and apply again; the stack's events say what AWS did: "
              "aws cloudformation describe-stack-events --stack-name %s",
              f->stack);
    if (url)
        diag_note((struct pos){0}, "or in the console: %s", url);
    return false;
}
