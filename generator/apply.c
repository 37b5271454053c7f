#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "built.h"
#include "cfn.h"
#include "cli_output.h"
#include "diag.h"
#include "file.h"
#include "limit.h"
#include "names.h"
#include "node.h"
#include "params.h"
#include "project.h"
#include "protocol.h"
#include "run.h"
#include "secret.h"
#include "stack.h"
#include "staging.h"
#include "transfer.h"

enum {
    PROJECT_MAX = 108, /* with the longest stage, a stack's name has 128 characters */
};

struct apply {
    struct deployment *d;
    struct arena *arena;
    struct built built;
    json_t *values; /* parameters: names to strings */
    struct params_found found;
    struct transfer transfer;
    bool again;          /* the step failed, what it needs was mended, and it is to run again */
    const char *account; /* its number, once it is known */
    json_t *outputs;     /* of the last stack: a list of names and values */
};

/* --- before anything is changed ----------------------------------------------------------- */

static const char *account(void *data)
{
    struct apply *a = data;
    const char *number =
        a->account ? a->account : project_text(a->d->project, "aws-account-id", NULL);
    if (!number)
        number = aws_account(&a->d->aws);
    a->account = number; /* AWS is asked once */
    if (!number)
        diag_error(EXIT_OTHER, (struct pos){0}, "the account's number: %s", a->d->aws.error);
    return number;
}

static const char *value(const char *protocol, const char *rest, const struct node *node,
                         void *data)
{
    struct apply *a = data;
    return protocol_value(&a->d->aws, a->d->files, protocol, rest, node);
}

static bool wanted(const char *name, void *data)
{
    const struct apply *a = data;
    return built_wants(&a->built, name);
}

static bool load_values(struct apply *a)
{
    const struct params_context context = {
        .stage = a->d->stage,
        .region = a->d->region,
        .account = account,
        .known = protocol_known,
        .secret = protocol_secret,
        .value = value,
        .wanted = wanted,
        .data = a,
        .found = &a->found,
    };
    a->values = params_load(a->arena, a->d->project, &context);
    if (!a->values)
        return false;
    secrets_mask(a->values, &a->built);
    json_object_set_new(a->values, "Stage", json_string(a->d->stage));
    json_object_set_new(a->values, "Region", json_string(a->d->region));
    return true;
}

/* Where the settings refer to a parameter. */
static struct pos place_of_ref(const char *name, void *data)
{
    const struct deployment *d = data;
    const struct pos *place = d->refs ? table_get(d->refs, name) : NULL;
    return place ? *place : project_place_of_ref(d->project, name);
}

static struct pos place_of_missing(const char *name, void *data)
{
    const struct apply *a = data;
    return place_of_ref(name, a->d);
}

static void note_missing(const char *name, void *data)
{
    struct apply *a = data;
    params_note_nearest(a->arena, &a->found, name);
}

/* What AWS would refuse, or show, only when something was changed already. */
static bool check_build(struct apply *a)
{
    const struct limits limits = {a->d->project, a->d->places, a->d->refs};
    bool ok =
        built_check_values(&a->built, a->values, a->d->stage, place_of_missing, note_missing, a);
    ok = limits_check(&limits, &a->built, a->values) && ok;
    return secrets_check(&a->found.secret, &a->built) && ok;
}

bool apply_check_name(const struct project *project)
{
    const struct node *name = node_get(project->settings, "project");
    if (strlen(name->text) > PROJECT_MAX)
        return diag_error(EXIT_VALUE, name->pos,
                          "a stack's name has at most 128 characters, and the "
                          "project's at most %d of them",
                          PROJECT_MAX);
    if (name_is_made_of(name->text, NAME_ALNUM "-"))
        return true;
    return diag_error(EXIT_VALUE, name->pos,
                      "a stack cannot have the name '%s': it takes letters, digits and '-' only",
                      name->text);
}

static bool check_program(const struct aws *aws)
{
    return run_found(aws->program) ||
           diag_error(
               EXIT_OTHER, (struct pos){0},
               "the program '%s' is not there; install the AWS CLI (version 1 or 2), or name "
               "it with GORDON_AWS",
               aws->program);
}

/* --- stacks ------------------------------------------------------------------------------- */

/* The parameters that a template declares and that have a value; the rest has a default. */
static json_t *parameters_of(struct apply *a, const json_t *template)
{
    const char *name;
    json_t *declared, *parameters = json_object();
    json_object_foreach(json_object_get(template, "Parameters"), name, declared) {
        json_t *value = json_object_get(a->values, name);
        if (value)
            json_object_set(parameters, name, value);
    }
    return parameters;
}

static bool place(const char *id, struct pos *pos, void *data)
{
    const struct apply *a = data;
    const struct pos *found = a->d->places ? table_get(a->d->places, id) : NULL;
    if (found)
        *pos = *found;
    return found != NULL;
}

/* AWS publishes no second version of a function that is as at the last one: where somebody else has
 * published it, or gordon.contrib.lambdas did until now, its zip gets a mark. A version that was
 * cancelled with it would fail in the next round. */
static bool mends(const json_t *event, void *data)
{
    struct apply *a = data;
    const char *id = cfn_text(event, "LogicalResourceId");
    struct pos pos = {0};
    if (strcmp(cfn_text(event, "ResourceType"), "AWS::Lambda::Version") != 0 ||
        !transfer_mark(&a->transfer, id))
        return false;
    if (!strstr(cfn_text(event, "ResourceStatusReason"), "version for this Lambda function exists"))
        return false;
    place(id, &pos, a);
    diag_warning(pos,
                 "AWS has published a version of this code and configuration before, and makes no "
                 "second one; the code goes up again with a mark in its zip");
    a->again = true;
    return true;
}

static void keep_outputs(struct apply *a, const json_t *stack)
{
    size_t i;
    json_t *output;
    json_decref(a->outputs);
    a->outputs = json_incref(json_object_get(stack, "Outputs"));
    json_array_foreach(a->outputs, i, output)
        json_object_set(a->values, cfn_text(output, "OutputKey"),
                        json_object_get(output, "OutputValue"));
}

static bool run_stack(struct apply *a, const struct built_step *step)
{
    const struct deployment *d = a->d;
    char *body = transfer_body(step->json);
    json_t *parameters = parameters_of(a, step->json), *stack = NULL;
    if (transfer_template(&a->transfer, step->file, body)) {
        const struct stack_change change = {
            .aws = &a->d->aws,
            .name = name_stack(a->arena, d->stage, d->project->name, step_suffix(step->step)),
            .body = body,
            .url = a->transfer.template_url,
            .parameters = parameters,
            .timeout = d->timeout,
            .place = place,
            .mends = mends,
            .data = a,
        };
        stack = stack_apply(&change);
    }
    if (stack)
        keep_outputs(a, stack);
    bool ok = stack != NULL;
    json_decref(stack);
    json_decref(parameters);
    free(body);
    return ok;
}

static bool run_step(struct apply *a, const struct built_step *step)
{
    bool custom = step_is_custom(step->step);
    printf("  %s (%s)\n", step->file, custom ? "custom" : "cloudformation");
    return (custom ? transfer_run(&a->transfer, step) : run_stack(a, step)) && !run_signal();
}

/* Each round in which a stack is to be tried again marks at least one more zip. */
static bool run_steps(struct apply *a)
{
    printf("Applying project...\n");
    for (size_t i = 0; i < a->built.count; i++) {
        a->again = false;
        if (run_step(a, &a->built.steps[i]))
            continue;
        if (!a->again || run_signal())
            return false;
        i -= 2; /* to the uploads before this stack */
    }
    return true;
}

/* --- the end ------------------------------------------------------------------------------ */

static void print_outputs(const struct apply *a)
{
    size_t n;
    const struct cli_output *outputs = cli_outputs(a->arena, a->outputs, &n);
    cli_outputs_print(outputs, n);
}

/* A stack that the build has no step for any more keeps what it made: nobody asked to delete it. */
static void note_left_stack(struct apply *a)
{
    const struct deployment *d = a->d;
    if (built_step_json(&a->built, STEP_RESOURCES))
        return;
    const char *name =
        name_stack(a->arena, d->stage, d->project->name, step_suffix(STEP_RESOURCES));
    json_t *stack = aws_describe_stack(&a->d->aws, name);
    if (json_is_object(stack))
        fprintf(
            stderr,
            "gordon: warning: the stack %s is still there, and nothing in the build is part of it; "
            "gordon delete takes the whole stage away\n",
            name);
    json_decref(stack);
}

static bool begin_transfer(struct apply *a)
{
    a->transfer = (struct transfer){
        .arena = a->arena,
        .aws = &a->d->aws,
        .built = &a->built,
        .values = a->values,
        .staging = staging_make(a->arena),
    };
    return a->transfer.staging != NULL;
}

bool apply_run(struct deployment *d)
{
    struct apply a = {.d = d, .arena = d->arena};
    bool ok = apply_check_name(d->project);
    ok = built_load(a.arena, d->build_dir, &a.built) && ok;
    ok = check_program(&d->aws) && ok;
    ok = ok && load_values(&a) && check_build(&a) && begin_transfer(&a) && run_steps(&a);
    if (ok) {
        print_outputs(&a);
        note_left_stack(&a);
    }
    if (!ok && run_signal())
        diag_error(EXIT_OTHER, (struct pos){0},
                   "interrupted; nothing is lost: the same command goes on where this one ended");
    if (a.transfer.staging)
        file_remove(a.transfer.staging);
    built_release(&a.built);
    json_decref(a.values);
    json_decref(a.outputs);
    return ok;
}
