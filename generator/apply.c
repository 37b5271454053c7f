#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "built.h"
#include "diag.h"
#include "digest.h"
#include "file.h"
#include "lambda_cfn.h"
#include "names.h"
#include "node.h"
#include "params.h"
#include "project.h"
#include "protocol.h"
#include "run.h"
#include "stack.h"
#include "staging.h"
#include "upload.h"
#include "zip.h"

enum {
    BODY_MAX = 51200,   /* bytes of a template that is sent along (CloudFormation quotas) */
    DIGEST_DIGITS = 16, /* of a lambda's digest */
    PROJECT_MAX = 108,  /* with the longest stage, a stack's name has 128 characters */
};

struct apply {
    struct deployment *d;
    struct arena *arena;
    struct built built;
    json_t *values;           /* parameters: names to strings */
    const char *staging;      /* a private folder for what is uploaded */
    const char *template_url; /* of the next stack's template, when it is large */
    const char *account;      /* its number, once it is known */
    json_t *outputs;          /* of the last stack: a list of names and values */
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
    return protocol_value(&a->d->aws, a->d->project->dir, protocol, rest, node);
}

static bool load_values(struct apply *a)
{
    const struct params_context context = {a->d->stage,    a->d->region, account,
                                           protocol_known, value,        a};
    a->values = params_load(a->arena, a->d->project, &context);
    if (!a->values)
        return false;
    json_object_set_new(a->values, "Stage", json_string(a->d->stage));
    json_object_set_new(a->values, "Region", json_string(a->d->region));
    return true;
}

/* Where the settings refer to a parameter. */
static struct pos place_of_ref(const struct project *project, const char *name)
{
    for (size_t i = 0; i < project->napps; i++) {
        const struct app *app = &project->apps[i];
        const struct node *node = node_find_ref(app->override, name);
        node = node ? node : node_find_ref(app->settings, name);
        if (node)
            return node->pos;
    }
    return (struct pos){.file = project->file};
}

static bool check_parameter(struct apply *a, const json_t *known, const char *name)
{
    return json_object_get(known, name) ||
           diag_error(EXIT_REQUIRED, place_of_ref(a->d->project, name),
                      "the parameter '%s' has no value; give it one in parameters/%s.yml or "
                      "parameters/common.yml",
                      name, a->d->stage);
}

/* The names that the steps before have given, and that this one asks for. */
static bool check_step(struct apply *a, const struct built_step *step, const json_t *known)
{
    const char *name;
    json_t *declared;
    bool ok = true;
    json_object_foreach(json_object_get(step->json, "Parameters"), name,
                        declared) if (!json_object_get(declared, "Default")) ok =
        check_parameter(a, known, name) && ok;
    json_object_foreach(json_object_get(step->json, "parameters"), name, declared) ok =
        check_parameter(a, known, name) && ok;
    return ok;
}

/* Every step's outputs are values for the steps that follow. */
static bool check_values(struct apply *a)
{
    json_t *known = json_copy(a->values), *output;
    const char *name;
    bool ok = true;
    for (size_t i = 0; i < a->built.count; i++) {
        const json_t *json = a->built.steps[i].json;
        ok = check_step(a, &a->built.steps[i], known) && ok;
        json_object_foreach(json_object_get(json, "Outputs"), name, output)
            json_object_set_new(known, name, json_true());
        json_object_foreach(json_object_get(json, "outputs"), name, output)
            json_object_set_new(known, name, json_true());
        if (a->built.steps[i].step == STEP_PRE_RESOURCES)
            json_object_set_new(known, LAMBDA_DIGESTS, json_true());
    }
    json_decref(known);
    return ok;
}

static bool check_project_name(const struct project *project)
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

/* --- uploads ------------------------------------------------------------------------------ */

/* A copy of `value` with the parameters that have values put in; `is_ref` finds their names. */
static json_t *resolve(const json_t *value, const json_t *values,
                       const char *(*is_ref)(const json_t *value))
{
    const char *name = is_ref(value), *key;
    size_t i;
    json_t *child, *copy;
    json_t *known = name ? json_object_get(values, name) : NULL;
    if (known)
        return json_incref(known);
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach((json_t *)value, i, child)
            json_array_append_new(copy, resolve(child, values, is_ref));
        return copy;
    }
    if (!json_is_object(value))
        return json_incref((json_t *)value);
    copy = json_object();
    json_object_foreach((json_t *)value, key, child)
        json_object_set_new(copy, key, resolve(child, values, is_ref));
    return copy;
}

static const char *action_ref_name(const json_t *value)
{
    const char *type = json_string_value(json_object_get(value, "_type"));
    return type && strcmp(type, "Ref") == 0 ? json_string_value(json_object_get(value, "name"))
                                            : NULL;
}

static const char *cfn_ref_name(const json_t *value)
{
    return json_object_size(value) == 1 ? json_string_value(json_object_get(value, "Ref")) : NULL;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool stage_action(struct apply *a, const json_t *action, struct upload *upload)
{
    *upload = (struct upload){.action = text_of(action, "name"),
                              .label = text_of(action, "filename"),
                              .key = text_of(action, "key")};
    if (strcmp(text_of(action, "_type"), "InjectContextAndUploadToS3") != 0 || !*upload->key)
        return diag_error(EXIT_ACTION, (struct pos){.file = a->built.dir},
                          "the action '%s' is not one that this Gordon knows; build again",
                          upload->action);
    const json_t *map = json_object_get(action, "context_to_inject");
    if (!json_is_object(map) || zip_name_fault(upload->key) || zip_name_fault(upload->label))
        return diag_error(EXIT_ACTION, (struct pos){.file = a->built.dir},
                          "the action '%s' is not one that this Gordon wrote; build again",
                          upload->action);
    json_t *context = resolve(map, a->values, action_ref_name);
    bool ok = upload_stage(&a->d->aws, upload, path_join(a->arena, a->built.dir, upload->label),
                           a->staging, context, text_of(action, "context_destinaton"));
    json_decref(context);
    return ok;
}

/* The function whose code is this object of the bucket. */
static const json_t *function_of_key(const json_t *template, const char *key)
{
    const char *id;
    json_t *resource;
    json_object_foreach(json_object_get(template, "Resources"), id, resource)
    {
        const json_t *properties = json_object_get(resource, "Properties");
        if (strcmp(text_of(resource, "Type"), "AWS::Lambda::Function") == 0 &&
            strcmp(text_of(json_object_get(properties, "Code"), "S3Key"), key) == 0)
            return properties;
    }
    return NULL;
}

/* What a version of a lambda is a version of: its zip with the context, and its configuration. */
static const char *lambda_digest(struct apply *a, const struct upload *upload)
{
    const json_t *function =
        function_of_key(built_step_json(&a->built, STEP_RESOURCES), upload->key);
    json_t *copy = function ? resolve(function, a->values, cfn_ref_name) : json_object();
    json_object_del(copy, "Code"); /* the zip's digest stands for it */
    char *text = json_dumps(copy, JSON_SORT_KEYS | JSON_COMPACT), hex[SHA256_HEX];
    struct digest digest;
    sha256_init(&digest);
    sha256_add(&digest, upload->sha256, strlen(upload->sha256));
    sha256_add(&digest, text, strlen(text));
    sha256_hex(&digest, hex);
    free(text);
    json_decref(copy);
    return arena_strndup(a->arena, hex, DIGEST_DIGITS);
}

/* Sets the outputs of the actions as values for the steps that follow. */
static void set_outputs(struct apply *a, const json_t *template, const struct upload *uploads,
                        size_t n, const char *bucket)
{
    const char *name, *digests = "";
    json_t *output;
    json_object_foreach(json_object_get(template, "outputs"), name, output)
    {
        const json_t *value = json_object_get(output, "value");
        bool is_version = strcmp(text_of(value, "attr"), "s3version") == 0;
        for (size_t i = 0; i < n; i++)
            if (strcmp(uploads[i].action, text_of(value, "action")) == 0)
                json_object_set_new(a->values, name,
                                    is_version
                                        ? json_string(uploads[i].version)
                                        : json_sprintf("s3://%s/%s", bucket, uploads[i].key));
    }
    for (size_t i = 0; i < n; i++)
        digests =
            arena_printf(a->arena, "%s%s%s", digests, i ? "," : "", lambda_digest(a, &uploads[i]));
    json_object_set_new(a->values, LAMBDA_DIGESTS, json_string(digests));
}

static char *template_body(const json_t *template)
{
    return json_dumps(template, JSON_SORT_KEYS | JSON_COMPACT | JSON_REAL_PRECISION(15));
}

/* Stages a template that is too large to be sent along; its key says its content. */
static bool stage_template(struct apply *a, const char *label, const char *body,
                           struct upload *upload)
{
    *upload = (struct upload){.action = "", .label = label};
    sha256_text(body, upload->sha256);
    upload->key = arena_printf(a->arena, "templates/%s.json", upload->sha256);
    upload->staged = path_join(a->arena, a->staging, upload->key);
    if (!file_write(upload->staged, body, strlen(body), 0600))
        return diag_error(EXIT_OTHER, (struct pos){.file = upload->staged}, "%s", strerror(errno));
    const char *domain = str_starts(a->d->region, "cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    a->template_url = arena_printf(a->arena, "https://s3.%s.%s/%s/%s", a->d->region, domain,
                                   text_of(a->values, "CodeBucket"), upload->key);
    return true;
}

static bool run_actions(struct apply *a, const struct built_step *step)
{
    const json_t *actions = json_object_get(step->json, "actions");
    const json_t *next = built_step_json(&a->built, STEP_RESOURCES);
    const char *bucket = text_of(a->values, "CodeBucket");
    size_t n = json_array_size(actions), total = n;
    struct upload *uploads = arena_alloc(a->arena, (n + 1) * sizeof *uploads);
    char *body = template_body(next);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = stage_action(a, json_array_get(actions, i), &uploads[i]);
    if (ok && body && strlen(body) > BODY_MAX) /* it travels in the same upload */
        ok = stage_template(a, "the template of the next step", body, &uploads[total++]);
    free(body);
    ok = ok && upload_all(&a->d->aws, bucket, a->staging, uploads, total);
    if (ok)
        set_outputs(a, step->json, uploads, n, bucket);
    return ok;
}

/* --- stacks ------------------------------------------------------------------------------- */

/* The parameters that a template declares and that have a value; the rest has a default. */
static json_t *parameters_of(struct apply *a, const json_t *template)
{
    const char *name;
    json_t *declared, *parameters = json_object();
    json_object_foreach(json_object_get(template, "Parameters"), name, declared)
    {
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

static void keep_outputs(struct apply *a, const json_t *stack)
{
    size_t i;
    json_t *output;
    json_decref(a->outputs);
    a->outputs = json_incref(json_object_get(stack, "Outputs"));
    json_array_foreach(a->outputs, i, output) json_object_set(
        a->values, text_of(output, "OutputKey"), json_object_get(output, "OutputValue"));
}

/* A large template that no upload took along gets one of its own. */
static bool send_template(struct apply *a, const struct built_step *step, const char *body)
{
    struct upload upload;
    if (strlen(body) <= BODY_MAX || a->template_url)
        return true;
    return stage_template(a, step->file, body, &upload) &&
           upload_all(&a->d->aws, text_of(a->values, "CodeBucket"), a->staging, &upload, 1);
}

static bool run_stack(struct apply *a, const struct built_step *step)
{
    const struct deployment *d = a->d;
    char *body = template_body(step->json);
    json_t *parameters = parameters_of(a, step->json), *stack = NULL;
    if (send_template(a, step, body)) {
        const struct stack_change change = {
            .aws = &a->d->aws,
            .name = name_stack(a->arena, d->stage, d->project->name, step_suffix(step->step)),
            .body = body,
            .url = a->template_url,
            .parameters = parameters,
            .timeout = d->timeout,
            .place = place,
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

static bool run_steps(struct apply *a)
{
    bool ok = true;
    printf("Applying project...\n");
    for (size_t i = 0; ok && i < a->built.count; i++) {
        const struct built_step *step = &a->built.steps[i];
        bool custom = step_is_custom(step->step);
        printf("  %s (%s)\n", step->file, custom ? "custom" : "cloudformation");
        ok = custom ? run_actions(a, step) : run_stack(a, step);
        ok = ok && !run_signal();
    }
    return ok;
}

/* --- the end ------------------------------------------------------------------------------ */

static const char prefix[] = "Clioutput";

/* Lambdas first, as in the talk; then by name. */
static int by_output(const void *x, const void *y)
{
    const char *a = *(const char *const *)x, *b = *(const char *const *)y;
    bool first = str_starts(a, "ClioutputLambda"), second = str_starts(b, "ClioutputLambda");
    return first != second ? (first ? -1 : 1) : strcmp(a, b);
}

static void print_outputs(struct apply *a)
{
    const char **names = NULL;
    size_t n = 0, i;
    json_t *output;
    json_array_foreach(a->outputs, i, output) if (str_starts(text_of(output, "OutputKey"), prefix))
        array_push(a->arena, names, n, text_of(output, "OutputKey"));
    if (!n)
        return;
    qsort(names, n, sizeof *names, by_output);
    printf("Project Outputs:\n");
    for (i = 0; i < n; i++)
        printf("  %s\n    %s\n", names[i] + strlen(prefix), text_of(a->values, names[i]));
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

bool apply_run(struct deployment *d)
{
    struct apply a = {.d = d, .arena = d->arena};
    bool ok = check_project_name(d->project);
    ok = built_load(a.arena, d->build_dir, &a.built) && ok;
    ok = check_program(&d->aws) && ok;
    ok = ok && load_values(&a) && check_values(&a) && (a.staging = staging_make(a.arena));
    ok = ok && run_steps(&a);
    if (ok) {
        print_outputs(&a);
        note_left_stack(&a);
    }
    if (!ok && run_signal())
        diag_error(EXIT_OTHER, (struct pos){0},
                   "interrupted; nothing is lost: the same command goes on where this one ended");
    if (a.staging)
        file_remove(a.staging);
    built_release(&a.built);
    json_decref(a.values);
    json_decref(a.outputs);
    return ok;
}
