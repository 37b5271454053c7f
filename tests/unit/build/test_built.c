#include <stdlib.h>
#include <string.h>

#include "build/built.h"
#include "check.h"
#include "diag_flushed.h"
#include "settings/project.h"
#include "template/limit.h"

/* Templates at the limits of CloudFormation, and a little over them. */

static struct arena *arena;

static json_t *many(const char *prefix, int n, json_t *value)
{
    json_t *object = json_object();
    for (int i = 0; i < n; i++)
        json_object_set(object, arena_printf(arena, "%s%d", prefix, i), value);
    json_decref(value);
    return object;
}

/* Returns the messages about a template and about values, which may be NULL. Releases both. */
static const char *said_of(json_t *template, json_t *values)
{
    struct project project = {.arena = arena, .dir = ".", .file = "settings.yml"};
    const struct limit_check limits = {.project = &project, .values = values};
    struct built built = {.steps = {{STEP_RESOURCES, "0003_r.json", template}}, .count = 1};
    size_t before = diag_errors();
    bool ok = built_check_limits(&built, &limits);
    CHECK(ok == (diag_errors() == before));
    json_decref(template);
    json_decref(values);
    return diag_flushed(arena, "flushed");
}

static void is(const char *text, const char *expected)
{
    if (!CHECK(strcmp(text, expected) == 0))
        fprintf(stderr, "  %s\n  instead of %s\n", text, expected);
}

#define MOVE "; move some of what the project has into a project of its own\n"

static void test_counts(void)
{
    is(said_of(json_pack("{s:o, s:o, s:o}", "Resources", many("R", 500, json_object()),
                         "Parameters", many("P", 200, json_object()), "Outputs",
                         many("O", 200, json_object())),
               NULL),
       "");
    is(said_of(json_pack("{s:o, s:o, s:o}", "Resources", many("R", 501, json_object()),
                         "Parameters", many("P", 202, json_object()), "Outputs",
                         many("O", 203, json_object())),
               NULL),
       "settings.yml: error: 0003_r.json has 501 resources, 1 over CloudFormation's 500" MOVE
       "settings.yml: error: 0003_r.json has 202 parameters, 2 over CloudFormation's 200" MOVE
       "settings.yml: error: 0003_r.json has 203 outputs, 3 over CloudFormation's 200" MOVE);
}

static struct pos place_in(const char *file)
{
    return (struct pos){file, 2, 3, 1};
}

/* The share of each app: located at its entry in `apps`, or for a release at its file. */
static void test_apps(void)
{
    struct app apps[] = {{.name = "small", .dir = "small", .pos = {"settings.yml", 4, 5, 5}},
                         {.name = "large", .dir = "large", .pos = {"settings.yml", 5, 5, 5}},
                         {.name = "contrib_s3", .dir = "/data/s3", .contrib = true},
                         {.name = "", .dir = "."}};
    struct project project = {.arena = arena, .dir = ".", .file = "settings.yml", .apps = apps};
    static struct pos places[4];
    static const char *const files[] = {"small/settings.yml", "large/settings.yml",
                                        "/data/s3/settings.yml", "settings.yml"};
    struct table table = {0};
    json_t *template = json_pack("{s:o}", "Resources", many("R", 510, json_object()));
    struct built built = {.steps = {{STEP_RESOURCES, "0003_r.json", template}}, .count = 1};
    const struct limit_check limits = {.project = &project, .places = &table};
    for (size_t i = 0; i < countof(places); i++)
        places[i] = place_in(files[i]);
    for (int i = 0; i < 510; i++) /* 100, 300, 10 and 100 */
        table_set(arena, &table, arena_printf(arena, "R%d", i),
                  &places[i < 100   ? 0
                          : i < 400 ? 1
                          : i < 410 ? 2
                                    : 3]);
#define SAID                                                                                       \
    " error: 0003_r.json has 510 resources, 10 over CloudFormation's 500; 400 of them belong to "  \
    "the apps large (300), small (100): move apps into a project of their own\n"
    project.napps = countof(apps);
    CHECK(!built_check_limits(&built, &limits));
    is(diag_flushed(arena, "flushed"), "settings.yml:5:5:" SAID);
    project.napps = 0;
    CHECK(!built_check_limits(&built, &limits));
    is(diag_flushed(arena, "flushed"), "large/settings.yml:" SAID);
    json_decref(template);
}

/* {"Resources":{"R":"xxx"}} */
static json_t *body(size_t size)
{
    size_t len = size - strlen("{\"Resources\":{\"R\":\"\"}}");
    char *text = arena_alloc(arena, len + 1);
    memset(text, 'x', len);
    return json_pack("{s:{s:s}}", "Resources", "R", text);
}

static void test_body(void)
{
    is(said_of(body(1000000), NULL), "");
    is(said_of(body(1000001), NULL),
       "settings.yml: error: 0003_r.json has 1000001 bytes, 1 over CloudFormation's 1000000" MOVE);
}

static void test_values(void)
{
    char text[4098] = {0};
    memset(text, 'x', sizeof text - 1);
    json_t *template = json_pack("{s:{s:{}, s:{}}}", "Parameters", "Fits", "Over");
    is(said_of(template,
               json_pack("{s:s, s:s, s:s}", "Fits", text + 1, "Over", text, "None", text)),
       "settings.yml: error: the value of the parameter 'Over' has 4097 bytes, 1 over "
       "CloudFormation's 4096; split it, or let the code fetch it by itself\n");
}

static void test_dynamic_references(void)
{
    json_t *one = json_string("a {{resolve:ssm:/a}}"),
           *two = json_string("{{resolve:a}}{{resolve:b}}");
    is(said_of(json_pack("{s:o}", "Resources", many("R", 60, json_incref(one))), NULL), "");
    is(said_of(json_pack("{s:o}", "Resources", many("R", 31, json_incref(two))), NULL),
       "settings.yml: error: 0003_r.json has 62 dynamic references, {{resolve:...}}, 2 over "
       "CloudFormation's 60; make some of them parameters, which ssm:// and secretsmanager:// give "
       "values to\n");
    json_decref(one);
    json_decref(two);
}

int main(void)
{
    arena = arena_new();
    test_counts();
    test_apps();
    test_body();
    test_values();
    test_dynamic_references();
    diag_end();
    arena_free(arena);
    return check_result();
}
