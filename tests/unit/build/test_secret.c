#include <string.h>

#include "build/secret.h"
#include "check.h"
#include "diag_flushed.h"
#include "settings/node.h"
#include "settings/project.h"

static struct arena *arena;

static const struct node *parse(const char *yaml)
{
    return node_parse(arena, "parameters/common.yml", yaml, strlen(yaml));
}

static bool is_secret(const char *value)
{
    struct secrets secrets = {0};
    secrets_add(arena, &secrets, parse(arena_printf(arena, "{Name: %s}", value)));
    return table_get(&secrets.parameters, "Name") != NULL;
}

static void test_values(void)
{
    static const struct {
        const char *value;
        bool secret;
    } cases[] = {
        {"ssm:///a", true},
        {"secretsmanager://a#b", true},
        {"vault://a#b", true},
        {"file://a", true},
        {"envdir://a/b", true},
        {"env://A", false},
        {"kinesis-match://a", false},
        {"dynamodb-stream-startswith://a", false},
        {"nosuch://a", false},
        {"https://a/ssm://b", false},
        {"a ssm://b", false},
        {"xssm://b", false},
        {"SSM://b", false},
        {"ssm:/a", false},
        {"'://'", false},
        {"''", false},
        {"7", false},
        {"~", false},
        {"'{{ stage }}'", false},
        {"'{{ env.SECRET }}'", false}, /* as env:// */
        {"'ssm:///{{ stage }}/a'", true},
        {"'{{ stage }}ssm://a'", true},
        {"'{% if stage == \"dev\" %}a{% else %}file://a{% endif %}'", true},
        {"'{# a word on it #}vault://a#b'", true},
        {"'{{ \"https://a\" if stage else \"ssm://b\" }}'", true},
        {"'{{ stage }}-ssm://a'", false},      /* there is no such protocol */
        {"'{{ \"ss\" ~ \"m\" }}://a'", false}, /* only apply knows */
        {"[a, b]", false},
        {"[a, ssm:///b]", true},
        {"{a: {b: [file://c]}}", true}, /* which apply does not take */
    };
    for (size_t i = 0; i < countof(cases); i++)
        if (!CHECK(is_secret(cases[i].value) == cases[i].secret))
            fprintf(stderr, "  %s\n", cases[i].value);
}

/* Of equal names the first place counts. A second file adds to the first. */
static void test_files(void)
{
    struct secrets secrets = {0};
    secrets_add(arena, &secrets, parse("A: a\nB: ssm:///b\n"));
    secrets_add(arena, &secrets, parse("A: ssm:///a\nB: file://b\n"));
    const struct node *a = table_get(&secrets.parameters, "A");
    const struct node *b = table_get(&secrets.parameters, "B");
    CHECK(a && strcmp(a->text, "ssm:///a") == 0);
    CHECK(b && strcmp(b->text, "ssm:///b") == 0);
}

static void test_templates(void)
{
    json_t *template =
        json_pack("{s:{s:{s:s}, s:{s:s}}, s:{s:{s:{s:s}}, s:{s:{s:[s]}}}}", "Parameters", "A",
                  "Type", "String", "B", "Type", "String", "Outputs", "First", "Value", "Ref", "A",
                  "Second", "Value", "Fn::Sub", "${B} and ${A}");
    struct step_file files[STEP_COUNT] = {
        [STEP_RESOURCES] = {.name = "0003_r.json", .json = template}};
    struct pos first = {.file = "settings.yml", .line = 7, .column = 3};
    table_set(arena, &files[STEP_RESOURCES].output_places, "First", &first);
    struct secrets secrets = {0};
    secrets_add(arena, &secrets, parse("A: ssm:///a\nC: ssm:///c\n"));
    secrets_hide(&secrets, files);
    CHECK(cfn_hides(template, "A"));
    CHECK(!cfn_hides(template, "B"));
    CHECK(!json_object_get(json_object_get(template, "Parameters"), "C"));
    const char *said = diag_flushed(arena, "flushed");
    CHECK(strstr(said,
                 "settings.yml:7:3: warning: the output 'First' of the stack shows the secret") !=
          NULL);
    CHECK(strstr(said, "the output 'Second'") != NULL);
    CHECK(strstr(said, "parameter 'B'") == NULL);
    json_decref(template);
}

int main(void)
{
    arena = arena_new();
    test_values();
    test_files();
    test_templates();
    diag_end();
    arena_free(arena);
    return check_result();
}
