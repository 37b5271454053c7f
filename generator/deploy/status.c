#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/alias.h"
#include "base/diag.h"
#include "base/say.h"
#include "base/status_line.h"
#include "base/term.h"
#include "base/util.h"
#include "deploy/caller_report.h"
#include "deploy/callers.h"
#include "deploy/cli_output.h"
#include "deploy/deployed.h"
#include "deploy/deployment.h"
#include "deploy/drift.h"
#include "deploy/rollback.h"
#include "deploy/status.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_url.h"
#include "resources/api_look.h"
#include "resources/model.h"
#include "settings/partition.h"
#include "settings/project.h"
#include "template/cfn.h"

/* A lambda of the settings, or a function that only the stack still has. */
struct row {
    const struct lambda *lambda; /* NULL: it is not in the settings */
    const char *name;            /* as it is shown */
    const char *arn;             /* of its alias, or NULL */
    const char *newest;          /* the newest version, or NULL if it is not known */
    enum drift_code code;
};

struct status {
    struct deployment *d;
    const struct model *model;
    struct deployed deployed;
    struct row *rows;
    struct alias *aliases; /* of the rows */
    size_t n;
    struct callers callers; /* none without a build */
    bool is_built;
};

/* --- what there is ------------------------------------------------------------------------ */

static void add_row(struct status *s, const struct lambda *lambda, const char *id, const char *arn)
{
    const struct row row = {lambda, lambda ? lambda->reference : id, .arn = arn};
    const struct alias alias = {.function = deployed_physical(&s->deployed, id)};
    size_t n = s->n;
    array_push(s->d->arena, s->rows, n, row);
    array_push(s->d->arena, s->aliases, s->n, alias);
}

static bool is_in_settings(const struct status *s, const char *id)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->rows[i].lambda && strcmp(s->rows[i].lambda->id, id) == 0)
            return true;
    return false;
}

/* Returns the alias of a function that only the stack has, found by its name in AWS; or NULL. */
static const char *alias_of_function(const struct status *s, const char *function)
{
    const char *end = arena_printf(s->d->arena, ":function:%s:current", function);
    size_t i;
    json_t *resource;
    json_array_foreach(s->deployed.resources, i, resource)
        if (strcmp(cfn_text(resource, "ResourceType"), "AWS::Lambda::Alias") == 0 &&
            str_ends(cfn_text(resource, "PhysicalResourceId"), end))
            return cfn_text(resource, "PhysicalResourceId");
    return NULL;
}

static void add_rows(struct status *s)
{
    size_t i;
    json_t *resource;
    for (i = 0; i < s->model->count; i++) {
        const struct lambda *lambda = lambda_of(s->model->resources[i]);
        if (lambda)
            add_row(s, lambda, lambda->id, deployed_physical(&s->deployed, lambda->alias_id));
    }
    json_array_foreach(s->deployed.resources, i, resource) {
        const char *id = cfn_text(resource, "LogicalResourceId");
        const char *function = deployed_physical(&s->deployed, id);
        if (function && strcmp(cfn_text(resource, "ResourceType"), "AWS::Lambda::Function") == 0 &&
            !is_in_settings(s, id))
            add_row(s, NULL, id, alias_of_function(s, function));
    }
}

/* --- versions ----------------------------------------------------------------------------- */

/* Returns the version of a native AWS::Lambda::Version, which is a resource of the stack whose ARN
 * differs from the alias's in the last part only; or NULL. */
static const char *native_version(const struct status *s, const char *alias_arn)
{
    size_t len = (size_t)(strrchr(alias_arn, ':') - alias_arn) + 1, i;
    json_t *resource;
    json_array_foreach(s->deployed.resources, i, resource) {
        const char *arn = cfn_text(resource, "PhysicalResourceId");
        if (strcmp(cfn_text(resource, "ResourceType"), "AWS::Lambda::Version") == 0 &&
            strncmp(arn, alias_arn, len) == 0)
            return arn + len;
    }
    return NULL;
}

/* Finds the newest versions without asking AWS: in the stack, or in the mark of a rollback, if
 * `current` still is at the version to which the rollback moved it. */
static void find_newest(struct status *s)
{
    struct rollback *marks;
    size_t n;
    rollback_read(s->d->arena, s->deployed.listing, &marks, &n);
    for (size_t i = 0; i < s->n; i++) {
        struct row *row = &s->rows[i];
        const char *version = s->aliases[i].version;
        const struct rollback *mark = row->lambda ? rollback_of(marks, n, row->lambda->id) : NULL;
        if (row->arn && strchr(row->arn, ':'))
            row->newest = native_version(s, row->arn);
        if (!row->newest && mark && version && strtol(version, NULL, 10) == mark->version)
            row->newest = arena_printf(s->d->arena, "%ld", mark->newest);
    }
}

/* Whether `current` points to an older version than the newest that is known. */
static bool is_back(const struct status *s, size_t i)
{
    const char *version = s->aliases[i].version, *newest = s->rows[i].newest;
    long number = version && newest ? strtol(version, NULL, 10) : 0; /* 0: $LATEST */
    return number && number < strtol(newest, NULL, 10);
}

static void find_callers(struct status *s, const json_t *template)
{
    s->callers.in = (struct caller_scope){.deployment = s->d,
                                          .model = s->model,
                                          .deployed = &s->deployed,
                                          .resources = json_object_get(template, "Resources")};
    callers_find(&s->callers);
}

static void find_drift(struct status *s)
{
    struct drift drift;
    drift_begin(&drift, s->d, s->model, &s->deployed);
    s->is_built = drift.is_built;
    for (size_t i = 0; i < s->n; i++)
        if (s->rows[i].lambda && s->aliases[i].function)
            s->rows[i].code = drift_of(&drift, s->rows[i].lambda);
    if (drift.is_built)
        find_callers(s, built_step_json(&drift.built, STEP_RESOURCES));
    drift_release(&drift);
}

static bool gather(struct status *s)
{
    if (!deployed_load(s->d, &s->deployed))
        return false;
    add_rows(s);
    if (!alias_read(&s->d->aws, s->aliases, s->n))
        return false;
    find_newest(s);
    find_drift(s);
    return true;
}

/* Returns the value of an output of the stack of resources, or NULL. */
static const char *output(const struct status *s, const char *key)
{
    const struct deployed_stack *stack = &s->deployed.stacks[DEPLOYED_RESOURCES];
    size_t i;
    json_t *output;
    json_array_foreach(json_object_get(stack->json, "Outputs"), i, output)
        if (strcmp(cfn_text(output, "OutputKey"), key) == 0)
            return cfn_text(output, "OutputValue");
    return NULL;
}

/* Returns the address of an API; NULL if it is not deployed, is not reached, or has a domain name
 * that only CloudFormation knows and no output. */
static const char *url(const struct status *s, const struct resource *api)
{
    const char *physical = deployed_physical(&s->deployed, api_id(s->d->arena, api));
    if (!physical || !api_is_reached(api))
        return NULL;
    const char *known = api_known_address(s->model, api, physical, s->d->region,
                                          partition_of(s->d->region)->domain, s->d->stage);
    return known ? known : output(s, api_output(s->d->arena, api));
}

static const char *url_words(const struct status *s, const struct resource *api)
{
    const char *address = url(s, api);
    if (address)
        return address;
    if (!deployed_physical(&s->deployed, api_id(s->d->arena, api)))
        return "not applied";
    return api_is_reached(api) ? "by its domain name" : "its endpoint is disabled";
}

/* Returns the URL of a lambda (`url`), which is an output unless `cli-output` is false; or NULL. */
static const char *lambda_address(const struct status *s, const struct row *row)
{
    return row->lambda ? output(s, lambda_url_output(s->d->arena, row->lambda)) : NULL;
}

/* Returns "app.name", like the names of lambdas. */
static const char *api_name(const struct status *s, const struct resource *api)
{
    return *api->app->name ? arena_printf(s->d->arena, "%s.%s", api->app->name, api->name)
                           : api->name;
}

/* --- for people --------------------------------------------------------------------------- */

static int width_of(const char *text)
{
    return (int)str_characters(text);
}

/* Prints a cell of a column, filled up with blanks to `width`; colours do not count. */
static void print_cell(const char *text, int width, const char *color)
{
    const char *code = term_color(stdout, color);
    text = say_word(text);
    int left = width - width_of(text);
    printf("  %s%s%s%*s", code, text, *code ? TERM_RESET : "", left > 0 ? left : 0, "");
}

static const char *status_color(const char *status)
{
    if (strstr(status, "FAILED") || strstr(status, "ROLLBACK"))
        return TERM_RED;
    return str_ends(status, "_COMPLETE") ? TERM_GREEN : TERM_CYAN;
}

/* Returns "2016-12-01 12:30 UTC" for a time of AWS in ISO 8601; another text as it is. */
static const char *time_text(struct arena *arena, const char *time)
{
    bool utc = str_ends(time, "Z") || str_ends(time, "+00:00");
    if (!utc || strlen(time) < strlen("0000-00-00T00:00Z") || time[10] != 'T')
        return time;
    return arena_printf(arena, "%.10s %.5s UTC", time, time + 11);
}

static void print_stacks(const struct status *s)
{
    const struct deployed_stack *stacks = s->deployed.stacks;
    int name = 0, state = 0;
    for (size_t i = 0; i < DEPLOYED_STACKS; i++) {
        const char *status = stacks[i].json ? stacks[i].status : "";
        name = width_of(stacks[i].name) > name ? width_of(stacks[i].name) : name;
        state = width_of(status) > state ? width_of(status) : state;
    }
    say(stdout, "Stacks of the stage '%s', %s:", s->d->stage, s->d->region);
    for (size_t i = 0; i < DEPLOYED_STACKS; i++) {
        print_cell(stacks[i].name, name, "");
        if (stacks[i].json) {
            print_cell(stacks[i].status, state, status_color(stacks[i].status));
            say(stdout, "  since %s", time_text(s->d->arena, stacks[i].since));
        } else {
            printf("  not there\n");
        }
    }
}

/* Always the newest code is compared; `back` is printed if callers get an older version. */
static const struct {
    const char *name, *words, *back, *color;
} codes[] = {
    [DRIFT_SAME] = {"same", "code as built", "newest code as built", TERM_GREEN},
    [DRIFT_DIFFERS] = {"differs", "code differs from the build",
                       "newest code differs from the build", TERM_MAGENTA},
    [DRIFT_NOT_BUILT] = {"not built", "not built", "not built", ""},
    [DRIFT_IMAGE] = {"image", "an image", "newest code is an image", ""},
    [DRIFT_UNKNOWN] = {"unknown", "code cannot be compared", "code cannot be compared", ""},
};

/* "version 3", "version 1, back from 3". */
static const char *version_words(const struct status *s, size_t i)
{
    const char *version = s->aliases[i].version;
    if (!s->aliases[i].function)
        return "not applied";
    if (!version)
        return "no alias";
    return is_back(s, i)
               ? arena_printf(s->d->arena, "version %s, back from %s", version, s->rows[i].newest)
               : arena_printf(s->d->arena, "version %s", version);
}

static void print_lambdas(const struct status *s)
{
    int name = 0, version = 0;
    for (size_t i = 0; i < s->n; i++) {
        int names = width_of(s->rows[i].name), versions = width_of(version_words(s, i));
        name = names > name ? names : name;
        version = versions > version ? versions : version;
    }
    if (s->n)
        printf("Lambdas:\n");
    for (size_t i = 0; i < s->n; i++) {
        const struct row *row = &s->rows[i];
        print_cell(row->name, name, "");
        print_cell(version_words(s, i), s->aliases[i].function ? version : 0,
                   is_back(s, i) ? TERM_MAGENTA : "");
        if (!row->lambda)
            print_cell("not in the settings", 0, TERM_MAGENTA);
        else if (s->aliases[i].function)
            print_cell(is_back(s, i) ? codes[row->code].back : codes[row->code].words, 0,
                       codes[row->code].color);
        printf("\n");
        const char *address = lambda_address(s, row);
        if (row->arn)
            say(stdout, "    %s", row->arn);
        if (address)
            say(stdout, "    %s", address);
    }
}

static void print_apis(const struct status *s)
{
    bool any = false;
    for (size_t i = 0; i < s->model->count; i++) {
        const struct resource *api = s->model->resources[i];
        if (!api_is(api))
            continue;
        printf("%s", any ? "" : "APIs:\n");
        say(stdout, "  %s", api_name(s, api));
        say(stdout, "    %s", url_words(s, api));
        any = true;
    }
}

/* Returns the outputs of the settings, whose values the stack has. */
static struct cli_output *outputs_of(const struct status *s, size_t *n)
{
    const struct deployed_stack *stack = &s->deployed.stacks[DEPLOYED_RESOURCES];
    struct cli_output *all = cli_outputs(s->d->arena, json_object_get(stack->json, "Outputs"), n);
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++)
        if (!all[i].own)
            all[kept++] = all[i];
    *n = kept;
    return all;
}

static void print_outputs(const struct status *s)
{
    size_t n;
    const struct cli_output *outputs = outputs_of(s, &n);
    for (size_t i = 0; i < n; i++) {
        printf("%s", i ? "" : "Outputs:\n");
        say(stdout, "  %s", outputs[i].name);
        say(stdout, "    %s", outputs[i].value);
    }
}

/* Prints what to do about lambdas that are back. */
static void print_hint(const struct status *s)
{
    bool back = false;
    for (size_t i = 0; i < s->n; i++)
        back = back || is_back(s, i);
    if (back)
        printf("What was rolled back stays so until a new version is applied, or by gordon "
               "rollback --to newest.\n");
}

static void print_text(const struct status *s)
{
    const struct deployed_stack *stacks = s->deployed.stacks;
    if (!stacks[DEPLOYED_PROJECT].json && !stacks[DEPLOYED_RESOURCES].json) {
        say(stdout, "Nothing is applied: the stage '%s' of %s is not in %s.", s->d->stage,
            s->d->project->name, s->d->region);
        return;
    }
    print_stacks(s);
    print_lambdas(s);
    print_apis(s);
    callers_print(&s->callers);
    print_outputs(s);
    print_hint(s);
}

/* --- for programs ------------------------------------------------------------------------- */

/* clang-format off */
static json_t *stack_json(const struct deployed_stack *stack)
{
    return json_pack("{s:s, s:s?, s:s?}",
        "name", stack->name,
        "status", stack->json ? stack->status : NULL,
        "since", stack->json ? stack->since : NULL);
}

static json_t *lambda_json(const struct status *s, size_t i)
{
    const struct row *row = &s->rows[i];
    const struct alias *alias = &s->aliases[i];
    return json_pack("{s:s?, s:s?, s:s?, s:s*, s:s?, s:s?, s:b, s:s?}",
        "lambda", row->lambda ? row->name : NULL,
        "function", alias->function,
        "arn", row->arn,
        "url", lambda_address(s, row),
        "version", alias->version,
        "newest", row->newest ? row->newest : alias->version,
        "rolled_back", is_back(s, i),
        "code", row->lambda && alias->function ? codes[row->code].name : NULL);
}

static json_t *api_json(const struct status *s, const struct resource *api)
{
    return json_pack("{s:s, s:s?}",
        "api", api_name(s, api),
        "url", url(s, api));
}
/* clang-format on */

static json_t *outputs_json(const struct status *s)
{
    size_t n;
    const struct cli_output *outputs = outputs_of(s, &n);
    json_t *json = json_object();
    for (size_t i = 0; i < n; i++)
        json_object_set_new(json, outputs[i].name, json_string(outputs[i].value));
    return json;
}

static bool print_json(const struct status *s)
{
    json_t *stacks = json_array(), *lambdas = json_array(), *apis = json_array();
    for (size_t i = 0; i < DEPLOYED_STACKS; i++)
        json_array_append_new(stacks, stack_json(&s->deployed.stacks[i]));
    for (size_t i = 0; i < s->n; i++)
        json_array_append_new(lambdas, lambda_json(s, i));
    for (size_t i = 0; i < s->model->count; i++)
        if (api_is(s->model->resources[i]))
            json_array_append_new(apis, api_json(s, s->model->resources[i]));
    return cfn_print(json_pack("{s:s, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "project",
                               s->d->project->name, "stage", s->d->stage, "region", s->d->region,
                               "built", s->is_built, "stacks", stacks, "lambdas", lambdas, "apis",
                               apis, "callers", callers_json(&s->callers), "outputs",
                               outputs_json(s))) ||
           diag_error(EXIT_OTHER, (struct pos){0}, "the status cannot be written as JSON");
}

bool status_run(struct deployment *d, const struct model *model, bool json)
{
    struct status s = {.d = d, .model = model};
    bool ok = gather(&s);
    status_line_phase(NULL);
    if (ok && json)
        ok = print_json(&s);
    else if (ok)
        print_text(&s);
    deployed_release(&s.deployed);
    return ok;
}
