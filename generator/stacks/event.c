#include <string.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/util.h"
#include "settings/partition.h"
#include "stacks/event.h"
#include "template/cfn.h"

json_t *stack_events_of(const json_t *events, const char *token)
{
    size_t i;
    json_t *event, *own = json_array();
    bool any = false;
    token = token ? token : cfn_text(json_array_get(events, 0), "ClientRequestToken");
    json_array_foreach((json_t *)events, i, event) {
        const char *of = cfn_text(event, "ClientRequestToken");
        any = any || *of;
        if (strcmp(of, token) == 0)
            json_array_append(own, event);
    }
    if (any || !events)
        return own;
    json_decref(own);
    return json_incref((json_t *)events);
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
