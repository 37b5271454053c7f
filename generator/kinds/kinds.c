#include <stdlib.h>
#include <string.h>

#include "apis/apigateway.h"
#include "apis/httpapi.h"
#include "apis/openapi.h"
#include "apis/websocket.h"
#include "base/diag.h"
#include "base/say.h"
#include "base/util.h"
#include "callers/alb.h"
#include "callers/bucket_kind.h"
#include "callers/cognito.h"
#include "callers/events.h"
#include "callers/iot.h"
#include "callers/logs.h"
#include "callers/queue_policy.h"
#include "callers/scheduler.h"
#include "callers/sns.h"
#include "kinds/kinds.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_cfn.h" /* for LAMBDA_DIGESTS */
#include "lambdas/lambda_kind.h"
#include "lambdas/lambda_word.h"
#include "lambdas/layer.h"
#include "mappings/documentdb.h"
#include "mappings/dynamodb.h"
#include "mappings/kafka.h"
#include "mappings/kinesis.h"
#include "mappings/mq.h"
#include "mappings/sqs.h"
#include "resources/api_domain.h"
#include "resources/artifact.h"
#include "resources/code_bucket.h"
#include "resources/fragment.h"
#include "resources/link_check.h"
#include "resources/model.h"
#include "resources/nested_read.h"
#include "resources/output.h"
#include "resources/tags.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/project.h"

/* The kinds of resources, in the order in which they are read and shown. Layers and then lambdas
 * come first, because others look them up, and outputs last, because they must not have the names
 * of other outputs. */
static const struct kind context_kind = {"contexts", .project_only = true};
static const struct kind vpc_kind = {"vpcs", .project_only = true};

/* clang-format off */
static const struct kind *const kinds[] = {
    &layer_kind,
    &lambda_kind,
    &events_kind,
    &sns_kind,
    &schedules_kind,
    &dynamodb_kind,
    &kinesis_kind,
    &sqs_kind,
    &kafka_kind,
    &mq_kind,
    &documentdb_kind,
    &bucket_kind,
    &logs_kind,
    &cognito_kind,
    &iot_kind,
    &alb_kind,
    &context_kind,
    &vpc_kind,
    &apigateway_kind,
    &httpapi_kind,
    &websocket_kind,
    &output_kind,
};
/* clang-format on */

/* Gives each "lambda://app.name" the logical id of the lambda's alias. */
static bool resolve_lambdas(const struct model *model)
{
    const struct node_schemes *schemes = &model->project->schemes;
    const char *rest;
    bool ok = true;
    for (size_t i = 0; i < schemes->count; i++) {
        if (reference_of(schemes->nodes[i], &rest) != REFERENCE_LAMBDA)
            continue;
        const struct lambda *lambda =
            lambda_named(model, schemes->nodes[i]->pos, EXIT_NOT_FOUND, rest);
        schemes->nodes[i]->name = lambda ? lambda->alias_id : NULL;
        ok = lambda && ok;
    }
    return ok;
}

struct model *kinds_load(struct project *project, artifact_zip *zip)
{
    struct model *model = model_new(project);
    cfn_begin_values();
    artifacts_init(model, zip, nested_read);
    bool ok = tags_check(node_get(project->settings, "tags"));
    ok = fragments_read(project, model) && ok;
    ok = openapi_load(project, model) && ok;
    ok = model_read(model, kinds, countof(kinds)) && ok;
    ok = api_domains_check(model) && ok;
    ok = resolve_lambdas(model) && ok;
    ok = transform_check(&model->transforms) && ok;
    return ok && lambda_words_link(model) ? model : NULL;
}

static void print_app(const struct model *model, const struct app *app, const char *indent,
                      struct buf *out)
{
    for (size_t i = 0; i < model->count; i++)
        if (model->resources[i]->app == app)
            buf_printf(out, "%s✓ %s:%s\n", indent, model->resources[i]->kind->key,
                       say_word(model->resources[i]->name));
}

void kinds_print(const struct model *model, struct buf *out)
{
    const struct project *project = model->project;
    buf_adds(out, "Loading project resources\n");
    print_app(model, &project->apps[project->napps - 1], "  ", out);
    buf_adds(out, "Loading installed applications\n");
    for (size_t i = 0; i + 1 < project->napps; i++) {
        buf_printf(out, "  %s:\n", say_word(project->apps[i].name));
        print_app(model, &project->apps[i], "    ", out);
    }
}

static int by_name(const void *a, const void *b)
{
    const struct resource *x = *(struct resource *const *)a, *y = *(struct resource *const *)b;
    if (x->app != y->app) /* apps are in one array, in the order of `apps` */
        return x->app < y->app ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Writes the resources of a kind by app and name, so that nothing depends on the order of keys. */
static void write_kind(const struct model *model, const struct kind *kind, struct steps *steps)
{
    struct resource **sorted = NULL;
    size_t n = 0;
    for (size_t i = 0; i < model->count; i++)
        if (model->resources[i]->kind == kind)
            array_push(model->arena, sorted, n, model->resources[i]);
    if (n)
        qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 0; i < n; i++) {
        steps->cfn[STEP_RESOURCES].condition = verbatim_condition(sorted[i]->settings);
        kind->write(model, sorted[i], steps);
    }
    steps->cfn[STEP_RESOURCES].condition = NULL;
}

static json_t *step_json(struct steps *steps, enum step step)
{
    if (step_is_custom(step))
        return json_array_size(steps->actions[step].actions) ||
                       (step == STEP_PRE_RESOURCES && steps->ndigests)
                   ? actions_template(&steps->actions[step])
                   : NULL;
    struct cfn *cfn = &steps->cfn[step];
    if (!json_object_size(cfn->resources))
        return NULL;
    json_t *template = cfn_template(cfn);
    if (step == STEP_RESOURCES && !json_object_get(cfn->parameters, "CodeBucket"))
        code_bucket_declare(template);
    return template;
}

static void number_files(const struct model *model, struct steps *steps,
                         struct step_file files[STEP_COUNT])
{
    int number = 0;
    for (enum step step = 0; step < STEP_COUNT; step++) {
        files[step].json = step_json(steps, step);
        files[step].places = steps->cfn[step].places;
        files[step].output_places = steps->cfn[step].output_places;
        if (files[step].json)
            files[step].name =
                arena_printf(model->arena, "%04d_%s.json", ++number, step_suffix(step));
    }
}

/* Reserves the names of the parameters that apply gives to the stack of resources. */
static void reserve_own(struct cfn *cfn)
{
    static const char *const own[] = {"CodeBucket", LAMBDA_DIGESTS, "Region", "Stage"};
    for (size_t i = 0; i < countof(own); i++)
        cfn_reserve(cfn, (struct pos){0}, own[i]);
}

bool kinds_write(const struct model *model, struct step_file files[STEP_COUNT])
{
    struct steps steps = {0};
    for (enum step step = 0; step < STEP_COUNT; step++) {
        if (step_is_custom(step))
            actions_init(&steps.actions[step]);
        else
            cfn_init(&steps.cfn[step], model->arena);
    }
    reserve_own(&steps.cfn[STEP_RESOURCES]);
    fragments_write(model, &steps.cfn[STEP_RESOURCES]);
    code_bucket_write(model->project, &steps.cfn[STEP_PROJECT]);
    for (size_t k = 0; k < countof(kinds); k++)
        if (kinds[k]->write)
            write_kind(model, kinds[k], &steps);
    queue_policies_write(model, &steps);
    api_domains_write(model, &steps.cfn[STEP_RESOURCES]);
    artifacts_write(model, &steps);
    tags_write(model, &steps.cfn[STEP_PROJECT]);
    tags_write(model, &steps.cfn[STEP_RESOURCES]);
    if (!diag_errors()) /* after errors, resources are missing and the counts are wrong */
        link_check_all(model, &steps.cfn[STEP_RESOURCES]);
    bool ok = !diag_errors();
    memset(files, 0, STEP_COUNT * sizeof *files);
    if (ok)
        number_files(model, &steps, files);
    for (enum step step = 0; step < STEP_COUNT; step++) {
        if (step_is_custom(step))
            actions_release(&steps.actions[step]);
        else
            cfn_release(&steps.cfn[step]);
    }
    queue_policies_release(&steps);
    return ok;
}
