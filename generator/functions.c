#include <string.h>

#include "apply.h"
#include "cfn.h"
#include "diag.h"
#include "functions.h"
#include "lambda.h"
#include "names.h"
#include "node.h"
#include "project.h"
#include "steps.h"

static const char *stack_name(const struct deployment *d)
{
    return name_stack(d->arena, d->stage, d->project->name, step_suffix(STEP_RESOURCES));
}

static bool not_applied(const struct deployment *d)
{
    return diag_error(EXIT_NOT_FOUND, (struct pos){0},
                      "the stage '%s' of %s is not in %s: there is no stack %s; gordon apply "
                      "--stage %s makes it",
                      d->stage, d->project->name, d->region, stack_name(d), d->stage);
}

bool functions_load(struct deployment *d, struct table *names)
{
    size_t i;
    json_t *resource;
    if (!apply_check_name(d->project))
        return false;
    json_t *list = aws_stack_resources(&d->aws, stack_name(d));
    if (!list)
        return diag_error(EXIT_OTHER, (struct pos){0}, "stack %s: %s", stack_name(d), d->aws.error);
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
               lambda->reference, stack_name(d), d->stage);
    return NULL;
}
