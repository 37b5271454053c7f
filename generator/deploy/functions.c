#include <string.h>

#include "base/diag.h"
#include "deploy/deployment.h"
#include "deploy/functions.h"
#include "lambdas/lambda.h"
#include "resources/steps.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/cfn.h"

static bool not_applied(const struct deployment *d)
{
    return diag_error(EXIT_NOT_FOUND, (struct pos){0},
                      "the stage '%s' of %s is not in %s: there is no stack %s; gordon apply "
                      "--stage %s makes it",
                      d->stage, d->project->name, d->region, deployment_stack(d, STEP_RESOURCES),
                      d->stage);
}

bool functions_load(struct deployment *d, struct table *names)
{
    size_t i;
    json_t *resource;
    if (!deployment_check_name(d->project))
        return false;
    json_t *list = aws_stack_resources(&d->aws, deployment_stack(d, STEP_RESOURCES));
    if (!list)
        return diag_error(EXIT_OTHER, (struct pos){0}, "stack %s: %s",
                          deployment_stack(d, STEP_RESOURCES), d->aws.error);
    if (json_is_null(list))
        return not_applied(d);
    json_array_foreach(list, i, resource) {
        const char *name = cfn_text(resource, "PhysicalResourceId");
        if (*name && strcmp(cfn_text(resource, "ResourceStatus"), "DELETE_COMPLETE") != 0)
            table_set(d->arena, names,
                      arena_strdup(d->arena, cfn_text(resource, "LogicalResourceId")),
                      arena_strdup(d->arena, name));
    }
    json_decref(list);
    return true;
}

const char *functions_name(const struct table *names, const struct lambda *lambda)
{
    return table_get(names, lambda->id);
}

const char *functions_missing(const struct deployment *d, const struct lambda *lambda)
{
    diag_error(EXIT_NOT_FOUND, lambda->key->pos,
               "the lambda '%s' is not in the stack %s; build and apply the project to the stage "
               "'%s'",
               lambda->reference, deployment_stack(d, STEP_RESOURCES), d->stage);
    return NULL;
}
