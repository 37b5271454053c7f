#include "local/function_load.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "build/load.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_layers.h"
#include "lambdas/layer.h"
#include "local/code.h"
#include "local/environment.h"
#include "local/function.h"
#include "local/value.h"
#include "parameters/lookup.h"
#include "parameters/params.h"
#include "parameters/resolve.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/partition.h"
#include "settings/project.h"
#include "template/cfn.h"

#define ACCOUNT "000000000000" /* where nobody is asked for the account */
#define LATER   "\1"           /* in place of a value that is not looked up */

/* A function on its way. */
struct loading {
    struct arena *arena;
    const struct function_source *source;
    const struct lambda *lambda;
    const json_t *template, *properties;
    json_t *values;        /* of parameters */
    const json_t *context; /* of the action that uploads the zip, with refs */
    const char *account;
    struct table remote; /* parameters whose value is elsewhere */
    struct function *function;
};

/* --- parameters ----------------------------------------------------------------------------- */

static const char *account(void *data)
{
    struct loading *l = data;
    const char *number = project_text(l->source->loaded->project, "aws-account-id", NULL);
    return number ? number : ACCOUNT;
}

/* What is in the environment and in files is read; all else is asked for over a network. */
static const char *value(enum protocol protocol, const char *rest, const struct node *node,
                         void *data)
{
    struct loading *l = data;
    bool here =
        protocol == PROTOCOL_ENV || protocol == PROTOCOL_FILE || protocol == PROTOCOL_ENVDIR;
    struct aws here_only = {.arena = l->arena};
    if (!here && !l->source->aws)
        return LATER;
    return lookup_value(l->source->aws ? l->source->aws : &here_only,
                        l->source->loaded->project->dir, protocol, rest, node);
}

/* Whether a text of the template names a parameter, as a Ref or in an Fn::Sub. */
static bool names_it(const json_t *json, const char *name, const char *hole)
{
    size_t i;
    const char *key;
    json_t *child;
    if (json_is_string(json))
        return strcmp(json_string_value(json), name) == 0 || strstr(json_string_value(json), hole);
    json_array_foreach((json_t *)json, i, child)
        if (names_it(child, name, hole))
            return true;
    json_object_foreach((json_t *)json, key, child)
        if (names_it(child, name, hole))
            return true;
    return false;
}

static bool wanted(const char *name, void *data)
{
    struct loading *l = data;
    const char *hole = arena_printf(l->arena, "${%s}", name);
    return names_it(json_object_get(l->properties, "Environment"), name, hole) ||
           names_it(json_object_get(l->template, "Conditions"), name, hole) ||
           names_it(l->context, name, hole);
}

static void forget_later(struct loading *l)
{
    const char *name;
    json_t *json;
    void *next;
    json_object_foreach_safe(l->values, next, name,
                             json) if (strstr(json_string_value(json), LATER))
    {
        const char *kept = arena_strdup(l->arena, name);
        table_set(l->arena, &l->remote, kept, l);
        json_object_del(l->values, kept);
    }
}

static bool load_values(struct loading *l)
{
    struct params_found found = {.nunused = 0};
    const struct params_context context = {
        .stage = l->source->stage,
        .region = l->source->region,
        .account = account,
        .value = value,
        .wanted = wanted,
        .data = l,
        .found = &found,
    };
    l->values = params_load(l->arena, l->source->loaded->project, &context);
    if (!l->values)
        return false;
    forget_later(l);
    json_object_set_new(l->values, "Stage", json_string(l->source->stage));
    json_object_set_new(l->values, "Region", json_string(l->source->region));
    return true;
}

/* --- the environment ------------------------------------------------------------------------ */

static void add(struct loading *l, const char *name, const char *text)
{
    struct function *f = l->function;
    array_push(l->arena, f->variables, f->nvariables, arena_printf(l->arena, "%s=%s", name, text));
}

/* The parameter that is not known in "the parameter 'X'", if its value is elsewhere. */
static bool is_remote(const struct loading *l, const char *unknown)
{
    const char *start = strchr(unknown, '\'');
    return start &&
           table_get(&l->remote, arena_strndup(l->arena, start + 1, strlen(start + 1) - 1));
}

static void warn_unknown(const struct loading *l, const char *name, const char *unknown)
{
    const struct node *variables = node_get(l->lambda->settings, "environment");
    const struct node *node = node_get(variables, name);
    diag_warning(node ? node->pos : l->lambda->key->pos,
                 "the variable %s is not set here: %s is known only %s; give it with --env "
                 "%s=VALUE, or ask AWS with --deployed",
                 name, unknown, is_remote(l, unknown) ? "where its protocol asks" : "to AWS", name);
}

static const char *stack_of(const struct loading *l)
{
    const struct function_source *source = l->source;
    return arena_printf(l->arena, "%s-%s-%s", source->stage, source->loaded->project->name,
                        step_suffix(STEP_RESOURCES));
}

static struct value_scope scope_of(struct loading *l)
{
    return (struct value_scope){
        .arena = l->arena,
        .template = l->template,
        .parameters = l->values,
        .region = l->source->region,
        .account = account(l),
        .stack = stack_of(l),
    };
}

static void add_template_variables(struct loading *l)
{
    const struct function_source *source = l->source;
    struct value_scope scope = scope_of(l);
    const char *name;
    json_t *json;
    json_object_foreach(json_object_get(json_object_get(l->properties, "Environment"), "Variables"),
                        name, json) {
        const char *text = value_text(&scope, json);
        bool given = source->given && table_get(source->given, name);
        if (!given && text)
            add(l, name, text);
        else if (!given && scope.unknown)
            warn_unknown(l, name, scope.unknown);
    }
}

/* Adds what the table has for the names of another one, or all. */
static void add_table(struct loading *l, const struct table *table)
{
    const char **names = arena_alloc(l->arena, (table->count + 1) * sizeof *names);
    size_t n = table_keys(table, names);
    qsort(names, n, sizeof *names, str_compare);
    for (size_t i = 0; i < n; i++)
        add(l, names[i], table_get(table, names[i]));
}

static void add_variables(struct loading *l)
{
    if (l->source->deployed)
        add_table(l, l->source->deployed);
    else
        add_template_variables(l);
    if (l->source->given)
        add_table(l, l->source->given);
}

/* --- the code ------------------------------------------------------------------------------- */

static const char *ref_of_action(const json_t *json)
{
    const char *type = json_string_value(json_object_get(json, "_type"));
    return type && strcmp(type, "Ref") == 0 ? json_string_value(json_object_get(json, "name"))
                                            : NULL;
}

static const json_t *context_of(const struct loading *l)
{
    const json_t *actions =
        json_object_get(l->source->loaded->files[STEP_PRE_RESOURCES].json, "actions");
    size_t i;
    json_t *action;
    json_array_foreach((json_t *)actions, i, action)
        if (strcmp(cfn_text(action, "key"), l->lambda->bundle->zip_key) == 0)
            return json_object_get(action, "context_to_inject");
    return NULL;
}

/* The context of the stage, as apply puts it into the zip. */
static char *context_text(const struct loading *l)
{
    json_t *context = l->context ? resolve(l->context, l->values, ref_of_action) : json_object();
    char *text = cfn_dump(context, JSON_COMPACT);
    json_decref(context);
    return text;
}

static const char *zip_of(const struct loading *l, const struct bundle *bundle)
{
    const char *path =
        path_join(l->arena, path_join(l->arena, l->source->output, "code"), bundle->zip_key);
    if (file_look(path) == FILE_REGULAR)
        return path;
    diag_error(EXIT_NOT_BUILT, (struct pos){.file = path},
               "is not there; run gordon build, or build with CMake and name the folder of its "
               "outputs with --build-dir");
    return NULL;
}

static bool unpack_task(struct loading *l)
{
    const char *zip = zip_of(l, l->lambda->bundle);
    char *context = zip ? context_text(l) : NULL;
    const struct code code = {&zip, 1, l->lambda->context_destination, context};
    l->function->task = zip && context ? code_unpack(l->arena, &code) : NULL;
    free(context);
    return l->function->task;
}

static bool unpack_layers(struct loading *l)
{
    const struct layer *layers[LAMBDA_LAYERS_MAX];
    const char *zips[LAMBDA_LAYERS_MAX];
    size_t n = lambda_own_layers(l->source->loaded->model, l->lambda, layers);
    size_t all = json_array_size(json_object_get(l->properties, "Layers"));
    for (size_t i = 0; i < n; i++)
        if (!(zips[i] = zip_of(l, layers[i]->bundle)))
            return false;
    if (all > n)
        diag_warning(l->lambda->key->pos,
                     "%s has layers that are not of this project; what they bring is not here",
                     l->lambda->reference);
    if (n)
        l->function->opt = code_unpack(l->arena, &(struct code){.zips = zips, .n = n});
    return !n || l->function->opt;
}

/* --- the function --------------------------------------------------------------------------- */

/* The text of a property; NULL if it is not there, or not known. */
static const char *property(struct loading *l, const char *key)
{
    struct value_scope scope = scope_of(l);
    const json_t *json = json_object_get(l->properties, key);
    return json ? value_text(&scope, json) : NULL;
}

static long number(struct loading *l, const char *key, long fallback)
{
    const char *text = property(l, key);
    long n = text ? strtol(text, NULL, 10) : 0;
    return n > 0 ? n : fallback;
}

/* The function's name in AWS, without the end that CloudFormation chooses. */
static const char *name_of(struct loading *l)
{
    const char *own = property(l, "FunctionName");
    return own ? own : arena_printf(l->arena, "%s-%s", stack_of(l), l->lambda->id);
}

static void configure(struct loading *l)
{
    struct function *f = l->function;
    const char *region = l->source->region;
    f->reference = l->lambda->reference;
    f->region = region;
    f->name = name_of(l);
    f->arn = arena_printf(l->arena, "arn:%s:lambda:%s:%s:function:%s", partition_of(region)->name,
                          region, account(l), f->name);
    f->runtime = arena_strdup(l->arena, cfn_text(l->properties, "Runtime"));
    f->handler = arena_strdup(l->arena, cfn_text(l->properties, "Handler"));
    f->memory = number(l, "MemorySize", 128);
    f->timeout = number(l, "Timeout", 3);
    add_variables(l);
}

bool function_load(struct arena *arena, const struct function_source *source,
                   const struct lambda *lambda, struct function *function)
{
    const json_t *template = source->loaded->files[STEP_RESOURCES].json;
    const json_t *resource = json_object_get(json_object_get(template, "Resources"), lambda->id);
    struct loading l = {
        .arena = arena,
        .source = source,
        .lambda = lambda,
        .template = template,
        .properties = json_object_get(resource, "Properties"),
        .function = function,
    };
    *function = (struct function){.reference = lambda->reference};
    if (!lambda->bundle)
        return diag_error(EXIT_OTHER, lambda->key->pos,
                          "%s is a container image, which Gordon does not run", lambda->reference);
    l.context = context_of(&l);
    bool ok = load_values(&l);
    if (ok)
        configure(&l);
    ok = ok && unpack_task(&l) && unpack_layers(&l);
    json_decref(l.values);
    return ok;
}
