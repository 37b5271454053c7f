#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "settings/project.h"
#include "template/cfn.h"
#include "template/limit.h"
#include "template/policy_size.h"

enum { APPS_SHOWN = 5 };

/* The check of one template. */
struct check {
    const struct limit_check *of;
    bool ok;
    struct arena *arena;
};

static void report(struct check *c, struct pos pos, const char *format, ...) printf_like(3, 4);
static void report(struct check *c, struct pos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(c->arena, format, args);
    va_end(args);
    if (c->of->refuse)
        diag_error(EXIT_RESOURCE, pos, "%s", text);
    else
        diag_warning(pos, "%s", text);
    c->ok = false;
}

/* --- the shares of the apps --------------------------------------------------------------- */

/* An app's share of something that exceeds a limit. */
struct share {
    const char *name; /* of the app, or "" for all that cannot be moved */
    struct pos pos;   /* of the app in `apps`, or its settings */
    size_t size;
};

struct shares {
    struct check *check;
    struct share *list;
    size_t n;
    struct table counted;                   /* names that were counted */
    size_t (*size)(const json_t *resource); /* what a resource counts */
};

/* Returns the app whose settings ask for a resource, or a share with the name "" if the user cannot
 * move it: it is of the project or of an app that ships with Gordon. A release has no list of apps;
 * the folder of the settings file names the app. */
static struct share owner(const struct check *c, const struct pos *pos)
{
    const struct project *project = c->of->project;
    const char *folder = path_dir(c->arena, pos->file);
    for (size_t i = 0; i + 1 < project->napps; i++)
        if (strcmp(project->apps[i].dir, folder) == 0 && !project->apps[i].contrib)
            return (struct share){project->apps[i].name, project->apps[i].pos, 0};
    if (!project->napps && strcmp(folder, project->dir) != 0 &&
        strcmp(path_dir(c->arena, folder), project->dir) == 0)
        return (struct share){arena_strdup(c->arena, path_base(folder)), {.file = pos->file}, 0};
    return (struct share){.name = ""};
}

static void add_share(struct shares *s, const char *id, size_t size)
{
    const struct table *places = s->check->of->places;
    const struct pos *pos = places ? table_get(places, id) : NULL;
    if (!pos || !pos->file)
        return;
    struct share share = owner(s->check, pos);
    size_t i = 0;
    while (i < s->n && strcmp(s->list[i].name, share.name) != 0)
        i++;
    if (i == s->n)
        array_push(s->check->arena, s->list, s->n, share);
    s->list[i].size += size;
}

static int by_size(const void *a, const void *b)
{
    const struct share *x = a, *y = b;
    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Returns the first share from `from` on that is of an app, or NULL. */
static const struct share *next_app(const struct shares *s, const struct share *from)
{
    for (const struct share *share = from; share < s->list + s->n; share++)
        if (*share->name)
            return share;
    return NULL;
}

/* Returns what the user can do: "540 of them belong to the apps a (300), b (240): ..." */
static const char *advice(const struct shares *s)
{
    struct arena *arena = s->check->arena;
    const struct share *first = next_app(s, s->list);
    const char *names = "";
    size_t all = 0, n = 0;
    if (!first)
        return "move some of what the project has into a project of its own";
    if (!next_app(s, first + 1))
        return arena_printf(arena,
                            "%zu of them belong to the app %s: move some of it into a project of "
                            "its own",
                            first->size, first->name);
    for (const struct share *app = first; app; app = next_app(s, app + 1)) {
        all += app->size;
        if (n++ < APPS_SHOWN)
            names =
                arena_printf(arena, "%s%s%s (%zu)", names, n > 1 ? ", " : "", app->name, app->size);
    }
    return arena_printf(
        arena, "%zu of them belong to the apps %s%s: move apps into a project of their own", all,
        names, n > APPS_SHOWN ? " and others" : "");
}

/* --- counts and sizes --------------------------------------------------------------------- */

static size_t one(const json_t *resource)
{
    (void)resource;
    return 1;
}

static size_t bytes(const json_t *resource)
{
    char *text = cfn_dump(resource, JSON_COMPACT);
    size_t size = text ? strlen(text) : 0;
    free(text);
    return size;
}

static void share_resources(struct shares *s)
{
    const char *id;
    json_t *resource;
    json_object_foreach(json_object_get(s->check->of->template, "Resources"), id, resource)
        add_share(s, id, s->size(resource));
}

/* Whose refs are visited: a resource's, or an output's. */
struct ref {
    struct shares *shares;
    const char *id; /* of the resource, or the name of the output */
};

static void share_parameter(const char *name, void *data)
{
    const struct ref *ref = data;
    struct shares *s = ref->shares;
    if (json_object_get(json_object_get(s->check->of->template, "Parameters"), name) &&
        !table_set(s->check->arena, &s->counted, arena_strdup(s->check->arena, name), s))
        add_share(s, ref->id, 1);
}

/* A parameter belongs to the first resource that refers to it. */
static void share_parameters(struct shares *s)
{
    struct ref ref = {s, NULL};
    json_t *resource;
    json_object_foreach(json_object_get(s->check->of->template, "Resources"), ref.id, resource)
        link_each_ref(resource, share_parameter, &ref);
}

static void share_output(const char *id, void *data)
{
    const struct ref *ref = data;
    struct shares *s = ref->shares;
    if (json_object_get(json_object_get(s->check->of->template, "Resources"), id) &&
        !table_set(s->check->arena, &s->counted, ref->id, s))
        add_share(s, id, 1);
}

static void share_outputs(struct shares *s)
{
    struct ref ref = {s, NULL};
    json_t *output;
    json_object_foreach(json_object_get(s->check->of->template, "Outputs"), ref.id, output)
        link_each_ref(output, share_output, &ref);
}

/* A mapping belongs to a fragment, which is of no resource. */
static void share_nothing(struct shares *s)
{
    (void)s;
}

static size_t size_of_section(const struct check *c, const char *section)
{
    return json_object_size(json_object_get(c->of->template, section));
}

/* The size of the text as it is sent: without white space outside of strings. */
static size_t size_of_body(const struct check *c, const char *section)
{
    size_t size = 0;
    bool quoted = false;
    (void)section;
    for (const char *at = c->of->body; *at; at++) {
        size += quoted || (*at != ' ' && *at != '\n');
        if (*at == '"')
            quoted = !quoted;
        else if (*at == '\\') /* in a string: the next character does not end it */
            size += *++at != '\0';
    }
    return size;
}

static const struct limit {
    const char *section, *what;
    size_t max;
    size_t (*measure)(const struct check *c, const char *section);
    void (*share)(struct shares *shares);   /* adds up what each app has of it */
    size_t (*size)(const json_t *resource); /* of a resource, for share_resources */
} table[] = {
    {"Resources", "resources", LIMIT_RESOURCES, size_of_section, share_resources, one},
    {"Parameters", "parameters", LIMIT_PARAMETERS, size_of_section, share_parameters, one},
    {"Outputs", "outputs", LIMIT_OUTPUTS, size_of_section, share_outputs, one},
    {"Mappings", "mappings", LIMIT_MAPPINGS, size_of_section, share_nothing, one},
    {NULL, "bytes", LIMIT_BODY, size_of_body, share_resources, bytes},
};

/* Whether there may be apps. Those of a release are known by their files only. */
static bool has_apps(const struct check *c)
{
    return c->of->places && c->of->project->napps != 1; /* the project itself is the last one */
}

static void check_size(struct check *c, const struct limit *limit)
{
    size_t size = limit->measure(c, limit->section);
    struct shares shares = {.check = c, .size = limit->size};
    if (size <= limit->max)
        return;
    if (has_apps(c))
        limit->share(&shares);
    if (shares.n)
        qsort(shares.list, shares.n, sizeof *shares.list, by_size);
    const struct share *app = next_app(&shares, shares.list);
    struct pos pos = {.file = c->of->project->file};
    report(c, app ? app->pos : pos, "%s has %zu %s, %zu over CloudFormation's %zu; %s", c->of->file,
           size, limit->what, size - limit->max, limit->max, advice(&shares));
}

/* --- names and values --------------------------------------------------------------------- */

static struct pos place_of_parameter(const struct check *c, const char *name)
{
    const struct pos *place = c->of->refs ? table_get(c->of->refs, name) : NULL;
    return place ? *place : project_place_of_ref(c->of->project, name);
}

/* The place in the settings of a resource that an output refers to. */
struct place {
    const struct table *places; /* or NULL */
    struct pos pos;
};

static void find_place(const char *id, void *data)
{
    struct place *place = data;
    const struct pos *pos = place->places ? table_get(place->places, id) : NULL;
    if (pos)
        place->pos = *pos;
}

static void check_names(struct check *c)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(c->of->template, "Parameters"), name, value)
        if (strlen(name) > LIMIT_NAME)
            report(c, place_of_parameter(c, name),
                   "the name of this parameter has %zu characters, %zu over CloudFormation's %d",
                   strlen(name), strlen(name) - LIMIT_NAME, LIMIT_NAME);
    json_object_foreach(json_object_get(c->of->template, "Outputs"), name, value) {
        struct place place = {c->of->places, {.file = c->of->project->file}};
        if (strlen(name) <= LIMIT_NAME)
            continue;
        link_each_ref(value, find_place, &place);
        report(c, place.pos,
               "the output that shows this, '%s', has a name of %zu characters, %zu over "
               "CloudFormation's %d; take a shorter name, or 'cli-output: false'",
               name, strlen(name), strlen(name) - LIMIT_NAME, LIMIT_NAME);
    }
}

static void check_dynamic_references(struct check *c)
{
    size_t n = 0;
    for (const char *at = c->of->body; (at = strstr(at, "{{resolve:")); at++)
        n++;
    if (n > LIMIT_DYNAMIC_REFERENCES)
        report(c, (struct pos){.file = c->of->project->file},
               "%s has %zu dynamic references, {{resolve:...}}, %zu over CloudFormation's %d; make "
               "some of them parameters, which ssm:// and secretsmanager:// give values to",
               c->of->file, n, n - LIMIT_DYNAMIC_REFERENCES, LIMIT_DYNAMIC_REFERENCES);
}

static void check_description(struct check *c)
{
    size_t size = json_string_length(json_object_get(c->of->template, "Description"));
    if (size > LIMIT_DESCRIPTION)
        report(c, (struct pos){.file = c->of->project->file},
               "the Description of %s has %zu bytes, %zu over CloudFormation's %d", c->of->file,
               size, size - LIMIT_DESCRIPTION, LIMIT_DESCRIPTION);
}

/* Checks the values that are sent: those of declared parameters. */
static void check_values(struct check *c, const json_t *values)
{
    const char *name;
    json_t *declared;
    json_object_foreach(json_object_get(c->of->template, "Parameters"), name, declared) {
        size_t size = json_string_length(json_object_get(values, name));
        if (size > LIMIT_VALUE)
            report(c, place_of_parameter(c, name),
                   "the value of the parameter '%s' has %zu bytes, %zu over CloudFormation's %d; "
                   "split it, or let the code fetch it by itself",
                   name, size, size - LIMIT_VALUE, LIMIT_VALUE);
    }
}

/* Reports policies that are too large for IAM, where the settings ask for the resource. */
static void report_policy(const char *id, const struct policy_quota *quota, size_t size, void *data)
{
    struct check *c = data;
    const struct pos *pos = c->of->places ? table_get(c->of->places, id) : NULL;
    report(c, pos ? *pos : (struct pos){.file = c->of->project->file},
           "%s: %s %s at least %zu characters, %zu over IAM's %zu; %s", id, quota->what,
           str_ends(quota->type, "ManagedPolicy") ? "has" : "have", size, size - quota->max,
           quota->max,
           str_ends(quota->type, "ManagedPolicy")
               ? "split it"
               : "let it have managed policies instead, which have limits of their own");
}

/* --- all checks --------------------------------------------------------------------------- */

bool limit_check(const struct limit_check *of)
{
    struct check c = {of, true, of->project->arena};
    for (size_t i = 0; i < countof(table); i++)
        check_size(&c, &table[i]);
    check_names(&c);
    check_dynamic_references(&c);
    check_description(&c);
    check_values(&c, of->values);
    policy_sizes(c.arena, of->template, report_policy, &c);
    return c.ok;
}
