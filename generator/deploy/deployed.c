#include <string.h>

#include "base/diag.h"
#include "base/status_line.h"
#include "deploy/deployed.h"
#include "deploy/deployment.h"
#include "resources/steps.h"
#include "settings/names.h"
#include "settings/project.h"
#include "stacks/description.h"
#include "template/cfn.h"

static const enum step steps_of_stacks[] = {
    [DEPLOYED_PROJECT] = STEP_PROJECT,
    [DEPLOYED_RESOURCES] = STEP_RESOURCES,
};

/* --- stacks ------------------------------------------------------------------------------- */

/* Keeps a description (borrowed) if the stack exists. */
static void keep_stack(struct deployed_stack *stack, json_t *json)
{
    const char *since = json_string_value(json_object_get(json, "LastUpdatedTime"));
    if (!json_is_object(json) || strcmp(stack_status(json), "DELETE_COMPLETE") == 0)
        return;
    stack->json = json_incref(json);
    stack->status = stack_status(json);
    stack->since = since ? since : cfn_text(json, "CreationTime");
}

static bool fail(struct deployment *d, const char *stack)
{
    return diag_error(EXIT_OTHER, (struct pos){0}, "stack %s: %s", stack, d->aws.error);
}

/* Asks for each stack alone: IAM may allow no more than the stacks of this stage. */
static bool ask_for_each(struct deployment *d, struct deployed_stack *stacks)
{
    for (size_t i = 0; i < DEPLOYED_STACKS; i++) {
        json_t *json = aws_describe_stack(&d->aws, stacks[i].name);
        if (!json)
            return fail(d, stacks[i].name);
        keep_stack(&stacks[i], json);
        json_decref(json);
    }
    return true;
}

/* Keeps this stage's stacks of an answer. False if the answer does not have the expected form: it
 * must not be taken for a stage that does not exist. */
static bool find_stacks(const json_t *answer, struct deployed_stack *stacks)
{
    size_t k;
    const json_t *all = json_object_get(answer, "Stacks");
    json_t *json;
    bool ok = json_is_array(all);
    json_array_foreach((json_t *)all, k, json)
        for (size_t i = 0; i < DEPLOYED_STACKS; i++)
            if (!stacks[i].json && strcmp(cfn_text(json, "StackName"), stacks[i].name) == 0) {
                keep_stack(&stacks[i], json);
                ok = ok && *stack_status(json);
            }
    return ok;
}

static bool load_stacks(struct deployment *d, struct deployed_stack *stacks)
{
    json_t *answer =
        aws_describe_stacks(&d->aws, name_stack(d->arena, d->stage, d->project->name, ""));
    if (!answer && strstr(d->aws.error, "AccessDenied"))
        return ask_for_each(d, stacks);
    bool ok = answer && find_stacks(answer, stacks);
    if (answer && !ok)
        d->aws.error = "aws cloudformation describe-stacks answered without stacks";
    json_decref(answer);
    return ok ||
           diag_error(EXIT_OTHER, (struct pos){0}, "stacks %s and %s: %s",
                      stacks[DEPLOYED_PROJECT].name, stacks[DEPLOYED_RESOURCES].name, d->aws.error);
}

/* --- what is in the stacks ---------------------------------------------------------------- */

static bool load_resources(struct deployment *d, struct deployed *deployed)
{
    const char *name = deployed->stacks[DEPLOYED_RESOURCES].name;
    deployed->resources = aws_stack_resources(&d->aws, name);
    return deployed->resources || fail(d, name);
}

static void load_listing(struct deployment *d, struct deployed *deployed)
{
    json_t *listing = aws_list_versions(&d->aws, deployed->bucket);
    if (json_is_object(listing))
        deployed->listing = json_incref(listing);
    else
        diag_warning((struct pos){0}, "bucket %s: %s", deployed->bucket,
                     listing ? "it is not there" : d->aws.error);
    json_decref(listing);
}

bool deployed_load_stacks(struct deployment *d, struct deployed *deployed)
{
    status_line_phase("asking AWS");
    *deployed = (struct deployed){0};
    for (size_t i = 0; i < DEPLOYED_STACKS; i++)
        deployed->stacks[i].name = deployment_stack(d, steps_of_stacks[i]);
    return load_stacks(d, deployed->stacks);
}

bool deployed_load(struct deployment *d, struct deployed *deployed)
{
    struct deployed_stack *stacks = deployed->stacks;
    if (!deployed_load_stacks(d, deployed))
        return false;
    deployed->bucket = stack_output(stacks[DEPLOYED_PROJECT].json, "CodeBucket");
    if (!stacks[DEPLOYED_RESOURCES].json)
        return true;
    if (!load_resources(d, deployed))
        return false;
    if (!deployed->bucket)
        deployed->bucket = deployed_parameter(deployed, "CodeBucket");
    if (deployed->bucket)
        load_listing(d, deployed);
    return true;
}

void deployed_release(struct deployed *deployed)
{
    for (size_t i = 0; i < DEPLOYED_STACKS; i++)
        json_decref(deployed->stacks[i].json);
    json_decref(deployed->resources);
    json_decref(deployed->listing);
}

/* --- looking things up -------------------------------------------------------------------- */

const char *deployed_physical_in(const json_t *resources, const char *id)
{
    size_t i;
    json_t *resource;
    const char *name = "";
    json_array_foreach((json_t *)resources, i, resource)
        if (strcmp(cfn_text(resource, "LogicalResourceId"), id) == 0 &&
            strcmp(cfn_text(resource, "ResourceStatus"), "DELETE_COMPLETE") != 0)
            name = cfn_text(resource, "PhysicalResourceId"); /* "" until it is created */
    return name;
}

const char *deployed_physical(const struct deployed *deployed, const char *id)
{
    const char *name = deployed_physical_in(deployed->resources, id);
    return *name ? name : NULL;
}

const char *deployed_parameter(const struct deployed *deployed, const char *name)
{
    return stack_parameter(deployed->stacks[DEPLOYED_RESOURCES].json, name);
}
