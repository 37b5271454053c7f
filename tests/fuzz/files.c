/* Files that settings name, one in each part: two fragments of CloudFormation, two nested
 * templates, two OpenAPI documents, and a file that is text, code and an artifact at once. The
 * templates are written twice to the same bytes, and what calls which lambda is found in them. */
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "build/load.h"
#include "deploy/caller_report.h"
#include "deploy/callers.h"
#include "deploy/deployed.h"
#include "deploy/deployment.h"
#include "fuzz.h"
#include "template/cfn.h"

static const char settings[] =
    "project: p\n"
    "code-bucket: b\n"
    "cloudformation: [one.yml, a/two.json]\n"
    "apps: [a, gordon.contrib.s3]\n"
    "lambdas:\n"
    "  l: {code: text.txt, runtime: python, handler: text.handler, description: text://text.txt}\n"
    "layers: {y: {code: text.txt, runtimes: [python3.13]}}\n"
    "httpapi: {h: {openapi: http.yml}}\n"
    "apigateway: {r: {openapi: rest.json}}\n";
static const char app[] =
    "cloudformation:\n"
    "  Resources:\n"
    "    Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested.yml}}\n"
    "    Machine:\n"
    "      Type: AWS::StepFunctions::StateMachine\n"
    "      Properties: {DefinitionS3Location: ../text.txt, RoleArn: x}\n"
    "lambdas: {m: {code: ../text.txt, runtime: python, handler: text.handler}}\n";

static void write_project(const char *data, size_t len)
{
    static const char *const files[] = {"one.yml",  "a/two.json", "a/nested.yml", "a/inner.json",
                                        "http.yml", "rest.json",  "text.txt"};
    size_t size;
    fuzz_write("settings.yml", settings, sizeof settings - 1);
    fuzz_write("a/settings.yml", app, sizeof app - 1);
    for (size_t i = 0; i < countof(files); i++) {
        const char *part = fuzz_part(&data, &len, &size);
        fuzz_write(files[i], part, size);
    }
}

/* Returns the template of resources, which nothing but the files decides. */
static const char *write_once(const char *folder, struct loaded *loaded)
{
    size_t errors = diag_errors();
    bool ok = load(fuzz_arena, ".", loaded) && load_secrets(loaded) &&
              load_write_templates(loaded, folder);
    fuzz_expect(ok || diag_errors() > errors, "a refusal is reported");
    const char *name = loaded->files[STEP_RESOURCES].name;
    size_t len;
    return ok ? file_read(fuzz_arena, path_join(fuzz_arena, folder, name), &len) : NULL;
}

static void find_callers(const struct loaded *loaded, const char *template)
{
    const struct deployment deployment = {
        .arena = fuzz_arena, .project = loaded->project, .stage = "dev", .region = "eu-west-1"};
    const struct deployed deployed = {0};
    json_t *json = json_loads(template, 0, NULL);
    struct callers callers = {
        .in = {&deployment, loaded->model, &deployed, json_object_get(json, "Resources")}};
    callers_find(&callers);
    callers_print(&callers);
    json_t *list = callers_json(&callers);
    fuzz_expect(json_array_size(list) == callers.n, "all callers have a text");
    json_decref(list);
    json_decref(json);
}

void fuzz_target(const char *data, size_t len)
{
    struct loaded loaded, again;
    write_project(data, len);
    const char *first = write_once("_build", &loaded);
    fuzz_flush();
    const char *second = write_once("_again", &again);
    fuzz_expect(!first == !second && (!first || strcmp(first, second) == 0),
                "the same files make the same template");
    if (first)
        find_callers(&loaded, first);
    load_release(&loaded);
    load_release(&again);
}
