#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/status_line.h"
#include "build/built.h"
#include "deploy/api_deployment.h"
#include "deploy/apply.h"
#include "deploy/ask.h"
#include "deploy/bucket_error.h"
#include "deploy/cli_output.h"
#include "deploy/deployed.h"
#include "deploy/deployment.h"
#include "deploy/diff.h"
#include "deploy/moved_back.h"
#include "deploy/prepared.h"
#include "deploy/stage_import.h"
#include "deploy/staging.h"
#include "deploy/transfer.h"
#include "lambdas/lambda_cfn.h"
#include "stacks/description.h"
#include "stacks/digest.h"
#include "stacks/report.h"
#include "stacks/stack.h"
#include "stacks/version_change.h"
#include "template/cfn.h"

struct apply {
    struct deployment *d;
    struct arena *arena;
    struct prepared prepared;
    struct deployed stage;        /* as it was at the start */
    const struct diff *shown;     /* the changes that the user agreed to, or NULL */
    const struct built_step *now; /* the current step */
    const char *project_digest;   /* in the project's stack, after its step; or NULL */
    struct transfer transfer;
    struct moved_back moved_back; /* by gordon rollback */
    bool project_changed;         /* by this apply, or while it waited */
    bool is_new;     /* the stack of this step does not exist yet: all resources are added */
    bool again;      /* the step failed, its cause was fixed, and it must run again */
    json_t *before;  /* the template of a change that must come first, see api_deployment.h */
    json_t *import;  /* the template of an import that must come before that, see stage_import.h */
    bool imported;   /* it was tried */
    json_t *outputs; /* of the stack of resources: a list of names and values */
};

/* --- stacks ------------------------------------------------------------------------------- */

static bool place(const char *id, struct pos *pos, void *data)
{
    const struct apply *a = data;
    return prepared_place(&a->prepared, id, pos);
}

static bool place_of_change(const char *id, struct pos *pos, bool *alone, void *data)
{
    struct apply *a = data;
    *alone = prepared_alone(&a->prepared, id);
    return prepared_place(&a->prepared, id, pos);
}

/* A stage that a deployment made is none of the stack's resources. */
static void note_stage(struct apply *a, const json_t *event)
{
    struct pos pos = {0};
    if (strcmp(cfn_text(event, "ResourceType"), "AWS::ApiGateway::Stage") != 0 ||
        !strstr(cfn_text(event, "ResourceStatusReason"), "already exists"))
        return;
    place(cfn_text(event, "LogicalResourceId"), &pos, a);
    diag_warning(pos,
                 "a deployment of this API has made its stage, which was not imported; give the "
                 "stage another name ('stage'), or delete it by `aws apigateway delete-stage`, "
                 "and apply again");
}

/* AWS does not publish a second version of the same code and configuration. If somebody else, or
 * gordon.contrib.lambdas, has published it already, the zip gets a mark, and the step runs again.
 * Versions that were cancelled with it get a mark too: the next round would fail at them. */
static bool mends(const json_t *event, void *data)
{
    struct apply *a = data;
    const char *id = cfn_text(event, "LogicalResourceId");
    struct pos pos = {0};
    note_stage(a, event);
    if (strcmp(cfn_text(event, "ResourceType"), "AWS::Lambda::Version") != 0 ||
        !transfer_mark(&a->transfer, id))
        return false;
    if (!strstr(cfn_text(event, "ResourceStatusReason"), "version for this Lambda function exists"))
        return false;
    place(id, &pos, a);
    diag_warning(pos,
                 "AWS has published a version of this code and configuration before, and publishes "
                 "no second one; the code is uploaded again with a mark in its zip");
    a->again = true;
    return true;
}

/* Whether the project's stack still has the digest that this apply gave it. If not, another machine
 * applies the same stage, and the two builds would be mixed. */
static bool is_still_ours(const struct apply *a, const json_t *project)
{
    const char *is = stack_parameter(project, STACK_DIGEST);
    if (a->project_digest && !project)
        return diag_error(EXIT_OTHER, (struct pos){0}, "stack %s: AWS did not describe it",
                          a->stage.stacks[DEPLOYED_PROJECT].name);
    if (!a->project_digest || (is && strcmp(is, a->project_digest) == 0))
        return true;
    return diag_error(EXIT_STACK_BUSY, (struct pos){0},
                      "stack %s was changed during this apply: somebody else applies the stage "
                      "'%s'; run apply again when that has finished",
                      a->stage.stacks[DEPLOYED_PROJECT].name, a->d->stage);
}

/* Called before a stack changes: reports the changes, and asks the user if they were not shown. */
static bool agree(struct changes *changes, const json_t *project, void *data)
{
    struct apply *a = data;
    const struct changes *shown = a->shown ? &a->shown->stacks[a->now->step] : NULL;
    if (!is_still_ours(a, project))
        return false;
    if (a->now->step == STEP_RESOURCES)
        version_changes_drop(changes, a->now->json, a->stage.stacks[DEPLOYED_RESOURCES].json,
                             cfn_text(a->prepared.values, LAMBDA_DIGESTS));
    if (a->now->step == STEP_RESOURCES && !a->imported) {
        a->import = stage_import_template(&a->d->aws, deployment_stack(a->d, STEP_RESOURCES),
                                          a->now->json, a->prepared.values, changes);
        if (a->import)
            return false;
    }
    if (a->now->step == STEP_RESOURCES && a->imported)
        stage_import_done(a->import, changes);
    if (a->now->step == STEP_RESOURCES && !a->before) {
        a->before = api_deployment_before(a->now->json, changes);
        if (a->before)
            return false;
    }
    bool asks = shown && !changes_within(changes, shown);
    if (asks || (!shown && !a->is_new))
        changes_report(changes, place_of_change, a);
    moved_back_change(&a->moved_back, changes);
    if (!asks || ask("These changes differ from those shown above. Apply them?"))
        return true;
    return !interrupt_signal() &&
           diag_error(EXIT_OTHER, (struct pos){0}, "stack %s: nothing was applied",
                      deployment_stack(a->d, a->now->step));
}

/* Outputs of the project's stack are values for the next steps. Those of the resources are not:
 * settings may call them as a parameter. */
static void keep_outputs(struct apply *a, const json_t *stack)
{
    size_t i;
    json_t *output;
    json_t *outputs = json_object_get(stack, "Outputs");
    if (a->now->step == STEP_RESOURCES) {
        json_decref(a->outputs);
        a->outputs = json_incref(outputs);
        return;
    }
    json_array_foreach(outputs, i, output)
        json_object_set(a->prepared.values, cfn_text(output, "OutputKey"),
                        json_object_get(output, "OutputValue"));
}

/* Returns the stack (new) as it was at the start; json_null if it does not exist, NULL after an
 * error. It is described again after a failed round; and, if the project's stack has changed since,
 * before its digest is trusted, because somebody else may have changed it too. */
static json_t *find_stack(struct apply *a, enum step step, const struct stack_change *change)
{
    int which = step == STEP_PROJECT ? DEPLOYED_PROJECT : DEPLOYED_RESOURCES;
    const char *name = change->name;
    json_t *found = a->stage.stacks[which].json;
    bool again =
        a->transfer.marked.count ||
        (a->project_changed && stack_digest_holds(found, change->digest, change->parameters));
    json_t *stack = again ? aws_describe_stack(&a->d->aws, name) : json_incref(found);
    if (!stack && again)
        diag_error(EXIT_OTHER, (struct pos){0}, "stack %s: %s", name, a->d->aws.error);
    else if (!stack)
        stack = json_null();
    return stack;
}

/* Warns of secrets that AWS still shows: NoEcho alone is not a change, and is set with the next. */
static void warn_of_shown(const struct apply *a, const json_t *stack)
{
    size_t i;
    json_t *parameter;
    json_array_foreach(json_object_get(stack, "Parameters"), i, parameter) {
        const char *name = cfn_text(parameter, "ParameterKey");
        if (cfn_hides(a->now->json, name) &&
            strcmp(cfn_text(parameter, "ParameterValue"), "****") != 0)
            diag_warning((struct pos){0},
                         "stack %s: AWS goes on showing the value of the parameter '%s', which was "
                         "not secret before, until something else in the stack changes",
                         deployment_stack(a->d, a->now->step), name);
    }
}

/* Makes the change, and keeps the stack's outputs and the project's digest. Sets change->found to
 * the stack as it is then. */
static bool change_stack(struct apply *a, struct stack_change *change)
{
    json_t *stack = stack_apply(change);
    if (!stack)
        return false;
    keep_outputs(a, stack);
    warn_of_shown(a, stack);
    if (a->now->step == STEP_PROJECT) {
        const char *says =
            stack_parameter(stack, STACK_DIGEST); /* an older one if AWS saw no change */
        a->project_digest = says ? arena_strdup(a->arena, says) : NULL;
        a->project_changed = stack != change->found;
    }
    json_decref(change->found);
    change->found = stack;
    return true;
}

/* Changes the stack of a step to a template. `change` has the rest. */
static bool change_to(struct apply *a, struct stack_change *change, const json_t *template)
{
    char *body = stack_digest_body(template);
    json_t *parameters = prepared_parameters(&a->prepared, template);
    change->body = body;
    change->parameters = parameters;
    change->digest = stack_digest(a->arena, change->name, template, parameters);
    if (change->digest)
        json_object_set_new(parameters, STACK_DIGEST, json_string(change->digest));
    if (!change->found)
        change->found = find_stack(a, a->now->step, change);
    a->is_new = json_is_null(change->found);
    bool ok = change->found && transfer_template(&a->transfer, a->now->file, body);
    change->url = a->transfer.template_url;
    ok = ok && change_stack(a, change);
    json_decref(parameters);
    free(body);
    return ok;
}

/* Removes what an API loses in a change of its own, and then deploys the API. */
static bool change_twice(struct apply *a, struct stack_change *change)
{
    const char *url = a->transfer.template_url;
    report_line(
        "note", json_pack("{s:s}", "status", "removal first"),
        "an API loses methods or its stage: they are removed first, and then it is deployed");
    a->transfer.template_url = NULL;
    bool ok = change_to(a, change, a->before);
    a->transfer.template_url = url;
    return ok && !interrupt_signal() && change_to(a, change, a->now->json);
}

/* Returns the parameters of a template (new), each with the value that the stack has. */
static json_t *previous_values(const json_t *template)
{
    json_t *values = json_object(), *declared;
    const char *name;
    json_object_foreach(json_object_get(template, "Parameters"), name, declared)
        json_object_set_new(values, name, json_null());
    return values;
}

/* Imports stages. An import that fails is only a warning: if a stage does not exist, CloudFormation
 * makes it, and if it does, the change fails for that. */
static bool import_stages(struct apply *a, const struct stack_change *change)
{
    size_t errors = diag_errors();
    const char *url = a->transfer.template_url;
    char *body = cfn_dump(a->import, JSON_COMPACT);
    struct stack_change import = {.aws = change->aws,
                                  .name = change->name,
                                  .found = change->found,
                                  .body = body,
                                  .parameters = previous_values(a->import),
                                  .timeout = change->timeout,
                                  .wait = change->wait,
                                  .place = change->place,
                                  .data = change->data};
    a->imported = true;
    report_line("note", json_pack("{s:s}", "status", "import first"),
                "an API gets a stage of its own: the one that its deployment has made is imported "
                "first");
    import.imports =
        stage_import_resources(change->aws, change->name, a->import, a->prepared.values);
    a->transfer.template_url = NULL;
    bool ok = import.imports && transfer_template(&a->transfer, a->now->file, body);
    import.url = a->transfer.template_url;
    json_t *stack = ok ? stack_apply(&import) : NULL;
    a->transfer.template_url = url;
    if (!stack && !interrupt_signal())
        diag_demote(errors);
    json_decref(stack);
    json_decref(import.parameters);
    json_decref(import.imports);
    free(body);
    return !interrupt_signal();
}

static bool run_stack(struct apply *a, const struct built_step *step)
{
    struct stack_change change = {
        .aws = &a->d->aws,
        .name = deployment_stack(a->d, step->step),
        .timeout = a->d->timeout,
        .wait = a->d->wait,
        .beside = step->step == STEP_RESOURCES ? deployment_stack(a->d, STEP_PROJECT) : NULL,
        .agree = agree,
        .place = place,
        .mends = mends,
        .data = a,
    };
    json_decref(a->before);
    a->before = NULL;
    bool ok = change_to(a, &change, step->json);
    if (!ok && a->import && !a->imported && !interrupt_signal() && import_stages(a, &change)) {
        json_decref(change.found);
        change.found = aws_describe_stack(change.aws, change.name);
        ok = change.found ? change_to(a, &change, step->json)
                          : diag_error(EXIT_OTHER, (struct pos){0}, "stack %s: %s", change.name,
                                       a->d->aws.error);
    }
    if (!ok && a->before && !interrupt_signal())
        ok = change_twice(a, &change);
    json_decref(change.found);
    return ok;
}

/* --- steps -------------------------------------------------------------------------------- */

static bool run_transfer(struct apply *a, const struct built_step *step)
{
    bool ok = transfer_run(&a->transfer, step);
    if (ok)
        moved_back_read(&a->moved_back, a->arena, a->transfer.listing);
    return ok;
}

static bool run_step(struct apply *a, const struct built_step *step)
{
    bool custom = step_is_custom(step->step);
    a->now = step;
    report_step(step->file, custom ? "custom" : "cloudformation");
    return (custom ? run_transfer(a, step) : run_stack(a, step)) && !interrupt_signal();
}

/* This ends, because each round that is tried again marks at least one more zip. */
static bool run_steps(struct apply *a)
{
    const struct built *built = &a->prepared.built;
    report_title("Applying project...");
    for (size_t i = 0; i < built->count; i++) {
        a->again = false;
        if (run_step(a, &built->steps[i]))
            continue;
        if (!a->again || interrupt_signal())
            return false;
        i -= 2; /* back to the uploads before this stack */
    }
    return true;
}

/* --- the end ------------------------------------------------------------------------------ */

static void report_outputs_of(const struct apply *a)
{
    size_t n;
    const struct cli_output *outputs = cli_outputs(a->arena, a->outputs, &n);
    cli_outputs_report(outputs, n);
}

/* Warns of a stack that the build has no step for any more. It stays: nobody asked to delete it. */
static void note_left_stack(const struct apply *a)
{
    const struct deployed_stack *stack = &a->stage.stacks[DEPLOYED_RESOURCES];
    if (stack->json && !built_step_json(&a->prepared.built, STEP_RESOURCES))
        diag_warning((struct pos){0},
                     "the stack %s still exists, but the build has no resources for it; gordon "
                     "delete deletes the whole stage",
                     stack->name);
}

static bool begin_transfer(struct apply *a)
{
    a->transfer = (struct transfer){
        .arena = a->arena,
        .aws = &a->d->aws,
        .bucket_pos = bucket_pos(a->d->project),
        .built = &a->prepared.built,
        .values = a->prepared.values,
        .staging = staging_make(a->arena),
    };
    return a->transfer.staging != NULL;
}

static bool apply_locked(struct apply *a)
{
    if (!begin_transfer(a) || !deployed_load_stacks(a->d, &a->stage) || !run_steps(a))
        return false;
    moved_back_report(&a->moved_back, true);
    moved_back_forget(&a->moved_back, &a->d->aws, cfn_text(a->prepared.values, "CodeBucket"));
    report_outputs_of(a);
    note_left_stack(a);
    return true;
}

bool apply_run(struct deployment *d, const struct diff *shown)
{
    struct apply a = {.d = d, .arena = d->arena, .shown = shown};
    int lock = -1;
    bool ok = prepared_load(&a.prepared, d);
    ok = ok && (lock = deployment_lock(d)) >= 0 && apply_locked(&a);
    if (!ok && interrupt_signal())
        diag_error(EXIT_OTHER, (struct pos){0},
                   "interrupted; nothing is lost: the same command continues where this one ended");
    staging_remove(a.transfer.staging);
    json_decref(a.transfer.listing);
    json_decref(a.outputs);
    json_decref(a.before);
    json_decref(a.import);
    deployed_release(&a.stage);
    prepared_release(&a.prepared);
    deployment_unlock(lock);
    status_line_phase(NULL);
    return ok;
}
