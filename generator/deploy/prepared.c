#include "deploy/prepared.h"

#include "base/diag.h"
#include "base/run.h"
#include "base/status_line.h"
#include "build/secret.h"
#include "deploy/api_deployment.h"
#include "deploy/deployment.h"
#include "parameters/lookup.h"
#include "settings/project.h"
#include "template/limit.h"

static const char *account(void *data)
{
    struct prepared *p = data;
    const char *number =
        p->account ? p->account : project_text(p->d->project, "aws-account-id", NULL);
    if (!number)
        number = aws_account(&p->d->aws);
    p->account = number; /* AWS is asked only once */
    if (!number)
        diag_error(EXIT_OTHER, (struct pos){0}, "the account's number is not known: %s",
                   p->d->aws.error);
    return number;
}

static const char *value(enum protocol protocol, const char *rest, const struct node *node,
                         void *data)
{
    struct prepared *p = data;
    return lookup_value(&p->d->aws, p->d->files, protocol, rest, node);
}

static bool wanted(const char *name, void *data)
{
    const struct prepared *p = data;
    return built_wants(&p->built, name);
}

static bool load_values(struct prepared *p)
{
    const struct params_context context = {
        .stage = p->d->stage,
        .region = p->d->region,
        .account = account,
        .value = value,
        .wanted = wanted,
        .data = p,
        .found = &p->found,
    };
    p->values = params_load(p->d->arena, p->d->project, &context);
    if (!p->values)
        return false;
    secrets_mask(p->values, &p->built);
    json_object_set_new(p->values, "Stage", json_string(p->d->stage));
    json_object_set_new(p->values, "Region", json_string(p->d->region));
    p->given = json_copy(p->values);
    return true;
}

static struct pos place_of_missing(const char *name, void *data)
{
    const struct prepared *p = data;
    return deployment_place_of_ref(p->d, name);
}

static void note_missing(const char *name, void *data)
{
    struct prepared *p = data;
    params_note_nearest(p->d->arena, &p->found, name);
}

static bool check_build(struct prepared *p)
{
    const struct limit_check limits = {
        .project = p->d->project, .places = p->d->places, .refs = p->d->refs, .values = p->values};
    bool ok =
        built_check_values(&p->built, p->values, p->d->stage, place_of_missing, note_missing, p);
    ok = built_check_limits(&p->built, &limits) && ok;
    return secrets_check(&p->found.secret, &p->built) && ok;
}

static bool check_program(const struct aws *aws)
{
    return run_found(aws->program) ||
           diag_error(
               EXIT_OTHER, (struct pos){0},
               "the program '%s' is not there, or cannot be run; install the AWS CLI (version "
               "1 or 2), or name it with GORDON_AWS",
               aws->program);
}

static void keep_built_id(const char *built, const char *sent, void *data)
{
    struct prepared *p = data;
    table_set(p->d->arena, &p->built_ids, sent, (char *)built);
}

static void name_deployments(struct prepared *p)
{
    const char *stack = deployment_stack(p->d, STEP_RESOURCES);
    json_t *resources = (json_t *)built_step_json(&p->built, STEP_RESOURCES);
    if (resources)
        api_deployment_rename(p->d->arena, resources, p->values, stack, keep_built_id, p);
}

bool prepared_load(struct prepared *p, struct deployment *d)
{
    *p = (struct prepared){.d = d};
    bool ok = deployment_check_name(d->project);
    ok = built_load(d->arena, d->build_dir, &p->built) && ok;
    ok = check_program(&d->aws) && ok;
    status_line_phase("asking AWS"); /* until the first step */
    ok = ok && load_values(p) && check_build(p);
    if (ok)
        name_deployments(p);
    return ok;
}

bool prepared_place(const struct prepared *p, const char *id, struct pos *pos)
{
    const char *built = table_get(&p->built_ids, id);
    return deployment_place(p->d, built ? built : id, pos);
}

static const char *place_key(const struct prepared *p, const char *id)
{
    struct pos pos = {0};
    if (!prepared_place(p, id, &pos))
        return NULL;
    return arena_printf(p->d->arena, "%s:%d:%d", pos.file, pos.line, pos.column);
}

static void count_places(struct prepared *p)
{
    const json_t *template = built_step_json(&p->built, STEP_RESOURCES);
    struct arena *arena = p->d->arena;
    const char *id, *key;
    json_t *resource;
    json_object_foreach(json_object_get(template, "Resources"), id, resource) {
        key = place_key(p, id);
        if (key && table_set(arena, &p->places, key, &p->one))
            table_set(arena, &p->places, key, &p->many);
    }
}

bool prepared_alone(struct prepared *p, const char *id)
{
    const json_t *template = built_step_json(&p->built, STEP_RESOURCES);
    if (!p->places.count)
        count_places(p);
    const char *key =
        json_object_get(json_object_get(template, "Resources"), id) ? place_key(p, id) : NULL;
    return key && table_get(&p->places, key) == &p->one;
}

void prepared_release(struct prepared *p)
{
    built_release(&p->built);
    json_decref(p->values);
    json_decref(p->given);
}

json_t *prepared_parameters(const struct prepared *p, const json_t *template)
{
    const char *name;
    json_t *declared, *parameters = json_object();
    json_object_foreach(json_object_get(template, "Parameters"), name, declared) {
        json_t *value = json_object_get(p->values, name);
        if (value)
            json_object_set(parameters, name, value);
    }
    return parameters;
}
