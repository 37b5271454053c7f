#include <string.h>

#include "base/diag.h"
#include "deploy/deployed.h"
#include "deploy/deployment.h"
#include "deploy/kept.h"
#include "stacks/report.h"
#include "template/cfn.h"

/* Returns the template of a stack as CloudFormation holds it, with transforms expanded; NULL after
 * a warning. */
static json_t *template_of(struct deployment *d, const char *stack)
{
    json_t *answer =
        aws_call(&d->aws, "cloudformation", "get-template",
                 json_pack("{s:s, s:s}", "StackName", stack, "TemplateStage", "Processed"));
    if (!answer) {
        diag_warning((struct pos){0}, "stack %s: what stays after its deletion is not known: %s",
                     stack, d->aws.error);
        return NULL;
    }
    json_t *body = json_object_get(answer, "TemplateBody");
    json_t *template =
        json_is_string(body) ? json_loads(json_string_value(body), 0, NULL) : json_incref(body);
    json_decref(answer);
    return template;
}

/* Why a resource stays, or NULL. The versions of a function go with it in any case. */
static const char *reason(const json_t *resource)
{
    static const struct {
        const char *policy, *words;
    } policies[] = {
        {"Retain", "stays"},
        {"RetainExceptOnCreate", "stays"},
        {"Snapshot", "is deleted, and a snapshot of it stays"},
    };
    const char *policy = cfn_text(resource, "DeletionPolicy");
    if (strcmp(cfn_text(resource, "Type"), "AWS::Lambda::Version") == 0)
        return NULL;
    for (size_t i = 0; i < countof(policies); i++)
        if (strcmp(policies[i].policy, policy) == 0)
            return policies[i].words;
    return NULL;
}

static void report(const char *path, const char *name, const json_t *resource)
{
    const char *type = cfn_text(resource, "Type");
    json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "id", path, "resource", type, "name", name,
                               "policy", cfn_text(resource, "DeletionPolicy"));
    report_line("kept", object, "%s (%s%s%s) %s", path, type, *name ? ", " : "", name,
                reason(resource));
}

/* `around` is the path of the stack in the one that is deleted, with a '/' behind it, or "". */
static void report_stack(struct deployment *d, const char *stack, const char *around)
{
    json_t *template = template_of(d, stack), *resources = NULL, *resource;
    const char *id;
    json_object_foreach(json_object_get(template, "Resources"), id, resource) {
        bool nested = strcmp(cfn_text(resource, "Type"), "AWS::CloudFormation::Stack") == 0;
        if (!reason(resource) && !nested)
            continue;
        if (!resources)
            resources = aws_stack_resources(&d->aws, stack);
        const char *name = deployed_physical_in(resources, id);
        const char *path = arena_printf(d->arena, "%s%s", around, id);
        if (reason(resource))
            report(path, name, resource);
        else if (*name)
            report_stack(d, name, arena_printf(d->arena, "%s/", path));
    }
    json_decref(resources);
    json_decref(template);
}

void kept_report(struct deployment *d, const char *stack)
{
    report_stack(d, stack, "");
}
