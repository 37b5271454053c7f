#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apigateway.h"
#include "bucket.h"
#include "diag.h"
#include "events.h"
#include "lambda.h"
#include "lambda_cfn.h"
#include "model.h"
#include "names.h"
#include "node.h"
#include "project.h"
#include "steps.h"
#include "stream.h"

/* The kinds of resources: the order in which they are read and shown. Lambdas come first, because
 * all others look them up. */
static const struct kind context_kind = {"contexts", .project_only = true};
static const struct kind vpc_kind = {"vpcs", .project_only = true};

static const struct kind *const kinds[] = {
    &lambda_kind, &events_kind,  &dynamodb_kind, &kinesis_kind,
    &bucket_kind, &context_kind, &vpc_kind,      &apigateway_kind,
};

static const struct {
    const char *suffix;
    bool custom;
} steps_table[] = {
    [STEP_PRE_PROJECT] = {"pr_p", .custom = true},    [STEP_PROJECT] = {"p"},
    [STEP_PRE_RESOURCES] = {"pr_r", .custom = true},  [STEP_RESOURCES] = {"r"},
    [STEP_POST_RESOURCES] = {"ps_r", .custom = true},
};
static_assert(countof(steps_table) == STEP_COUNT, "every step has its suffix");

const char *step_suffix(enum step step)
{
    return steps_table[step].suffix;
}

bool step_is_custom(enum step step)
{
    return steps_table[step].custom;
}

/* NNNN_<suffix>.json */
enum step step_of_file(const char *name)
{
    if (strspn(name, NAME_DIGITS) != 4 || name[4] != '_' || !str_ends(name, ".json"))
        return STEP_COUNT;
    size_t len = strlen(name) - strlen("0000_.json");
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (strlen(step_suffix(step)) == len && strncmp(name + 5, step_suffix(step), len) == 0)
            return step;
    return STEP_COUNT;
}

struct model *steps_load(const struct project *project)
{
    return model_load(project, kinds, countof(kinds));
}

static void print_app(const struct model *model, const struct app *app, const char *indent,
                      struct buf *out)
{
    for (size_t i = 0; i < model->count; i++)
        if (model->resources[i]->app == app)
            buf_printf(out, "%s✓ %s:%s\n", indent, model->resources[i]->kind->key,
                       diag_clean(model->resources[i]->name));
}

void steps_loaded(const struct model *model, struct buf *out)
{
    const struct project *project = model->project;
    buf_adds(out, "Loading project resources\n");
    print_app(model, &project->apps[project->napps - 1], "  ", out);
    buf_adds(out, "Loading installed applications\n");
    for (size_t i = 0; i + 1 < project->napps; i++) {
        buf_printf(out, "  %s:\n", diag_clean(project->apps[i].name));
        print_app(model, &project->apps[i], "    ", out);
    }
}

/* <code-bucket>-<region>-<stage> */
static json_t *bucket_name(const struct project *project)
{
    return cfn_join("-", json_pack("[o, o, o]", cfn_value(project->code_bucket),
                                   cfn_ref("AWS::Region"), cfn_ref("Stage")));
}

/* clang-format off */
static json_t *code_bucket(const struct project *project)
{
    return json_pack("{s:s, s:{s:o, s:{s:s}, s:{s:[{s:{s:s}}]}, s:{s:b, s:b, s:b, s:b}, s:{s:[{s:s}]}}}",
        "Type", "AWS::S3::Bucket",
        "Properties",
            "BucketName", bucket_name(project),
            "VersioningConfiguration",
                "Status", "Enabled",
            "BucketEncryption",
                "ServerSideEncryptionConfiguration",
                    "ServerSideEncryptionByDefault", "SSEAlgorithm", "AES256",
            "PublicAccessBlockConfiguration",
                "BlockPublicAcls", 1,
                "BlockPublicPolicy", 1,
                "IgnorePublicAcls", 1,
                "RestrictPublicBuckets", 1,
            "OwnershipControls",
                "Rules", "ObjectOwnership", "BucketOwnerEnforced");
}
/* clang-format on */

static bool write_project_stack(const struct model *model, struct cfn *cfn)
{
    const struct project *project = model->project;
    const struct node *bucket = project->code_bucket;
    const char *ref = node_ref(bucket);
    if (ref && !cfn_check_ref(bucket->pos, ref))
        return false;
    if (ref && strcmp(ref, "CodeBucket") == 0)
        return diag_error(EXIT_RESOURCE, bucket->pos,
                          "'%s' is the name of the bucket itself; choose another one", ref);
    cfn_output(
        cfn, "CodeBucket",
        json_pack("{s:s, s:o}", "Description", "CodeBucket name", "Value", bucket_name(project)));
    return cfn_add(cfn, bucket->pos, "CodeBucket", code_bucket(project));
}

static int by_name(const void *a, const void *b)
{
    const struct resource *x = *(struct resource *const *)a, *y = *(struct resource *const *)b;
    if (x->app != y->app) /* they lie in one array, in the order of `apps` */
        return x->app < y->app ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Resources are written by kind, app and name, so that nothing depends on the order of keys. */
static bool write_kind(const struct model *model, const struct kind *kind, struct steps *steps)
{
    struct resource **sorted = NULL;
    size_t n = 0;
    bool ok = true;
    for (size_t i = 0; i < model->count; i++)
        if (model->resources[i]->kind == kind)
            array_push(model->arena, sorted, n, model->resources[i]);
    if (n)
        qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 0; i < n; i++)
        ok = kind->write(model, sorted[i], steps) && ok;
    return ok;
}

/* A parameter and a resource cannot share a name, and what a ref names is a parameter. */
static void check_ref(const struct node *ref, const char *name, void *data)
{
    const struct pos *place = table_get(data, name);
    if (!place)
        return;
    diag_error(EXIT_DUPLICATE, ref->pos,
               "the parameter '%s' has the logical id of a resource; give it another name", name);
    diag_note(*place, "the resource is made here");
}

/* Contexts go into zips, where names mean nothing to CloudFormation. */
static void check_refs(const struct model *model, struct table *places)
{
    for (size_t i = 0; i < model->project->napps; i++) {
        const struct app *app = &model->project->apps[i];
        for (size_t k = 0; k < countof(kinds); k++)
            if (kinds[k]->write)
                node_each_ref(app_get(app, kinds[k]->key), check_ref, places);
    }
}

/* Gordon 0.7 gave this parameter to every such template, also without a lambda that needs it; the
 * metadata is there so that linters do not call it unused. */
static void add_code_bucket(json_t *template)
{
    json_t *metadata = json_pack("{s:{s:o}}", "Gordon", "CodeBucket", cfn_ref("CodeBucket"));
    json_t *parameters = json_object_get(template, "Parameters");
    if (!parameters)
        json_object_set_new(template, "Parameters", parameters = json_object());
    json_object_set_new(parameters, "CodeBucket", cfn_known_parameter("CodeBucket"));
    json_object_set_new(template, "Metadata", metadata);
}

static json_t *step_json(struct steps *steps, enum step step)
{
    if (step_is_custom(step))
        return json_array_size(steps->actions[step].actions)
                   ? actions_template(&steps->actions[step])
                   : NULL;
    struct cfn *cfn = &steps->cfn[step];
    if (!json_object_size(cfn->resources))
        return NULL;
    json_t *template = cfn_template(cfn);
    if (step == STEP_RESOURCES && !json_object_get(cfn->parameters, "CodeBucket"))
        add_code_bucket(template);
    return template;
}

static void number_files(const struct model *model, struct steps *steps,
                         struct step_file files[STEP_COUNT])
{
    int number = 0;
    for (enum step step = 0; step < STEP_COUNT; step++) {
        files[step].json = step_json(steps, step);
        files[step].places = steps->cfn[step].places;
        if (files[step].json)
            files[step].name =
                arena_printf(model->arena, "%04d_%s.json", ++number, step_suffix(step));
    }
}

/* The parameters that apply gives to the stack of resources. */
static void reserve_own(struct cfn *cfn)
{
    static const char *const own[] = {"CodeBucket", LAMBDA_DIGESTS, "Region", "Stage"};
    for (size_t i = 0; i < countof(own); i++)
        cfn_reserve(cfn, (struct pos){0}, own[i]);
}

bool steps_make(const struct model *model, struct step_file files[STEP_COUNT])
{
    struct steps steps = {0};
    for (enum step step = 0; step < STEP_COUNT; step++) {
        if (step_is_custom(step))
            actions_init(&steps.actions[step]);
        else
            cfn_init(&steps.cfn[step], model->arena);
    }
    reserve_own(&steps.cfn[STEP_RESOURCES]);
    bool ok = write_project_stack(model, &steps.cfn[STEP_PROJECT]);
    for (size_t k = 0; k < countof(kinds); k++)
        if (kinds[k]->write)
            ok = write_kind(model, kinds[k], &steps) && ok;
    check_refs(model, &steps.cfn[STEP_RESOURCES].places);
    if (!diag_errors()) /* what was refused would be counted wrong */
        ok = cfn_check_types(&steps.cfn[STEP_RESOURCES]) && ok;
    ok = ok && !diag_errors(); /* a conversion may have reported one */
    memset(files, 0, STEP_COUNT * sizeof *files);
    if (ok)
        number_files(model, &steps, files);
    for (enum step step = 0; step < STEP_COUNT; step++) {
        if (step_is_custom(step))
            actions_release(&steps.actions[step]);
        else
            cfn_release(&steps.cfn[step]);
    }
    return ok;
}

const char *steps_text(struct step_file *file)
{
    if (!file->text)
        file->text = cfn_file_text(file->name, file->json);
    return file->text;
}

void steps_release(struct step_file files[STEP_COUNT])
{
    for (enum step step = 0; step < STEP_COUNT; step++) {
        json_decref(files[step].json);
        free(files[step].text);
        files[step].json = NULL;
        files[step].text = NULL;
    }
}
