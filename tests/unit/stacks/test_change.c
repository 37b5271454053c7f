#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "check.h"
#include "stacks/change.h"
#include "stacks/version_change.h"

/* Adds a change as in describe-change-set. `properties` is a list of their names. */
static void add(json_t *answer, const char *action, const char *id, const char *type,
                const char *replacement, const char *properties)
{
    json_t *details = json_array(), *names = json_loads(properties, 0, NULL), *name;
    size_t i;
    json_array_foreach(names, i, name)
        json_array_append_new(details,
                              json_pack("{s:{s:s, s:O, s:s}}", "Target", "Attribute", "Properties",
                                        "Name", name, "RequiresRecreation",
                                        strcmp(replacement, "False") ? "Always" : "Never"));
    json_decref(names);
    json_array_append_new(json_object_get(answer, "Changes"),
                          json_pack("{s:{s:s, s:s, s:s, s:s, s:o}}", "ResourceChange", "Action",
                                    action, "LogicalResourceId", id, "ResourceType", type,
                                    "Replacement", replacement, "Details", details));
}

static json_t *answer(void)
{
    json_t *answer = json_pack("{s:[]}", "Changes");
    add(answer, "Remove", "Gone", "AWS::SQS::Queue", "", "[]");
    add(answer, "Modify", "Stream", "AWS::Lambda::EventSourceMapping", "True",
        "[\"EventSourceArn\", \"EventSourceArn\"]");
    add(answer, "Modify", "Perhaps", "AWS::S3::Bucket", "Conditional", "[\"BucketName\"]");
    add(answer, "Modify", "One", "AWS::Lambda::Function", "False", "[\"Code\", \"MemorySize\"]");
    add(answer, "Modify", "OnePublished", "AWS::Lambda::Version", "True", "[\"Description\"]");
    add(answer, "Modify", "OneAlias", "AWS::Lambda::Alias", "Conditional", "[\"FunctionVersion\"]");
    add(answer, "Modify", "TwoAlias", "AWS::Lambda::Alias", "True", "[\"Name\"]");
    add(answer, "Modify", "TwoPublished", "AWS::Lambda::Version", "True", "[\"Description\"]");
    add(answer, "Modify", "ThreeVersion", "Custom::LambdaVersion", "Conditional", "[\"Digest\"]");
    add(answer, "Add", "New", "AWS::SQS::Queue", "", "[]");
    return answer;
}

static const struct change *find(const struct changes *changes, const char *id)
{
    for (size_t i = 0; i < changes->n; i++)
        if (strcmp(changes->items[i].id, id) == 0)
            return &changes->items[i];
    return NULL;
}

static bool is(const struct changes *changes, const char *id, enum change_kind kind, bool perhaps,
               const char *why)
{
    const struct change *change = find(changes, id);
    return change && change->kind == kind && change->perhaps == perhaps &&
           strcmp(change->why, why) == 0;
}

/* Changes of AWS and their kinds: a new version removes nothing. */
static void test_kinds(const struct changes *changes)
{
    CHECK(changes->n == 10);
    CHECK(is(changes, "New", CHANGE_ADD, false, ""));
    CHECK(is(changes, "One", CHANGE_MODIFY, false, "Code, MemorySize"));
    CHECK(is(changes, "OnePublished", CHANGE_MODIFY, false, "Description"));
    CHECK(is(changes, "OneAlias", CHANGE_MODIFY, false, "FunctionVersion"));
    CHECK(is(changes, "TwoAlias", CHANGE_REPLACE, false, "Name"));
    CHECK(is(changes, "Perhaps", CHANGE_REPLACE, true, "BucketName"));
    CHECK(is(changes, "Stream", CHANGE_REPLACE, false, "EventSourceArn"));
    CHECK(is(changes, "Gone", CHANGE_REMOVE, false, ""));
    for (size_t i = 1; i < changes->n; i++)
        CHECK(changes->items[i - 1].kind <= changes->items[i].kind); /* the worst kind is last */
}

static void test_within(struct arena *arena, const struct changes *changes)
{
    struct changes fewer = {changes->items, changes->n - 1}, none = {NULL, 0};
    json_t *more = json_pack("{s:[]}", "Changes");
    CHECK(changes_within(changes, changes));
    CHECK(changes_within(&fewer, changes) && !changes_within(changes, &fewer));
    CHECK(changes_within(&none, changes) && !changes_within(changes, &none));
    add(more, "Modify", "One", "AWS::Lambda::Function", "True", "[\"FunctionName\"]");
    struct changes worse = changes_of_set(arena, more);
    CHECK(!changes_within(&worse, changes)); /* a replacement was not among the changes before */
    json_decref(more);
    for (size_t i = 0; i < changes->n; i++) {
        struct change one = changes->items[i], milder = one;
        const struct changes now = {&one, 1}, shown = {&milder, 1};
        milder.perhaps = one.kind == CHANGE_REPLACE;
        milder.kept = one.kind == CHANGE_REMOVE;
        one.perhaps = one.kept = false;
        CHECK(changes_within(&shown, &now));
        CHECK(changes_within(&now, &shown) == (one.kind < CHANGE_REPLACE));
    }
}

/* Of three lambdas the first one changes; of the second one only the position of its digest. */
static void test_versions(struct arena *arena)
{
    static const char template[] =
        "{'Resources': {"
        "'OnePublished': {'Properties': {'FunctionName': {'Ref': 'One'}, 'Description': "
        "{'Fn::Select': [1, {'Ref': 'LambdaDigests'}]}}},"
        "'OneAlias': {'Properties': {'FunctionVersion': {'Fn::GetAtt': ['OnePublished', "
        "'Version']}}},"
        "'TwoPublished': {'Properties': {'FunctionName': {'Ref': 'Two'}, 'Description': "
        "{'Fn::Select': [0, {'Ref': 'LambdaDigests'}]}}},"
        "'TwoAlias': {'Properties': {'FunctionVersion': {'Fn::GetAtt': ['TwoPublished', "
        "'Version']}}},"
        "'ThreeVersion': {'Properties': {'FunctionName': {'Ref': 'Three'}, 'Digest': "
        "{'Fn::Select': [2, {'Ref': 'LambdaDigests'}]}}}}}";
    char *text = arena_strdup(arena, template);
    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    json_t *json = json_loads(text, 0, NULL), *all = answer();
    json_t *stack =
        json_pack("{s:[{s:s, s:s}]}", "Parameters", "ParameterKey", "LambdaDigests",
                  "ParameterValue", "aaaaaaaaaaaaaaaa,bbbbbbbbbbbbbbbb,3333333333333333");
    struct changes changes = changes_of_set(arena, all), kept = changes_of_set(arena, all);
    CHECK(json);
    version_changes_drop(&changes, json, stack,
                         "bbbbbbbbbbbbbbbb,cccccccccccccccc,3333333333333333");
    CHECK(changes.n == 8);
    CHECK(!find(&changes, "TwoPublished") && !find(&changes, "ThreeVersion"));
    CHECK(find(&changes, "OnePublished") && find(&changes, "OneAlias"));
    CHECK(find(&changes, "TwoAlias")); /* a replacement is reported for any version */
    version_changes_drop(&kept, json, stack, NULL);
    version_changes_drop(&kept, json, json_null(), "bbbbbbbbbbbbbbbb");
    version_changes_drop(&kept, json, stack, "short");
    CHECK(kept.n == 10);
    json_decref(json);
    json_decref(all);
    json_decref(stack);
}

int main(void)
{
    struct arena *arena = arena_new();
    json_t *json = answer();
    struct changes changes = changes_of_set(arena, json);
    size_t counts[CHANGE_KINDS] = {0};
    json_decref(json); /* the changes do not refer to it */
    test_kinds(&changes);
    test_within(arena, &changes);
    changes_count(&changes, counts);
    CHECK(counts[CHANGE_ADD] == 1 && counts[CHANGE_MODIFY] == 5);
    CHECK(counts[CHANGE_REPLACE] == 3 && counts[CHANGE_REMOVE] == 1);
    test_versions(arena);
    arena_free(arena);
    return check_result();
}
