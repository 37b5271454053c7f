#include <string.h>

#include "base/util.h"
#include "check.h"
#include "local/value.h"

static const char template[] =
    "{'Parameters': {'Given': {}, 'Old': {'Default': 'default'}, 'None': {}},"
    " 'Conditions': {'Yes': {'Fn::Equals': [{'Ref': 'Given'}, 'g']}, 'No': {'Fn::Not': ["
    "{'Condition': 'Yes'}]}, 'Dim': {'Fn::Equals': [{'Ref': 'None'}, 'x']},"
    " 'Both': {'Fn::And': [{'Condition': 'Yes'}, {'Condition': 'No'}]},"
    " 'One': {'Fn::Or': [{'Condition': 'No'}, {'Condition': 'Yes'}]},"
    " 'Loop': {'Condition': 'Loop'}},"
    " 'Mappings': {'M': {'eu-west-1': {'k': 'mapped', 'n': 3}}},"
    " 'Resources': {'Table': {'Type': 'AWS::DynamoDB::Table', 'Properties': {'TableName':"
    " {'Fn::Sub': '${Stage}-orders'}}}, 'Bare': {'Type': 'AWS::DynamoDB::Table'},"
    " 'Queue': {'Type': 'AWS::SQS::Queue', 'Properties': {'QueueName': 'q'}}}}";

/* A value, and its text; or, after '?', what is not known; or "" for a NULL without a reason. */
static const struct {
    const char *value, *text;
} cases[] = {
    {"'plain'", "plain"},
    {"3", "3"},
    {"true", "true"},
    {"{'Ref': 'Given'}", "g"},
    {"{'Ref': 'Old'}", "default"},
    {"{'Ref': 'None'}", "?the parameter 'None'"},
    {"{'Ref': 'Table'}", "dev-orders"},
    {"{'Ref': 'Bare'}", "?the resource 'Bare'"},
    {"{'Ref': 'Queue'}", "?the resource 'Queue'"},
    {"{'Ref': 'AWS::Region'}", "eu-west-1"},
    {"{'Ref': 'AWS::AccountId'}", "123"},
    {"{'Ref': 'AWS::Partition'}", "aws"},
    {"{'Ref': 'AWS::URLSuffix'}", "amazonaws.com"},
    {"{'Ref': 'AWS::StackName'}", "stack"},
    {"{'Ref': 'AWS::NoValue'}", ""},
    {"{'Ref': 'AWS::Other'}", "?the value 'AWS::Other'"},
    {"{'Fn::GetAtt': ['Table', 'Arn']}", "?the attribute 'Table.Arn'"},
    {"{'Fn::GetAtt': 'Table.Arn'}", "?the attribute 'Table.Arn'"},
    {"{'Fn::ImportValue': {'Fn::Sub': '${Stage}-x'}}", "?the export 'dev-x'"},
    {"{'Fn::Sub': 'a${Given}b${!Given}c${AWS::Region}${'}", "agb${Given}ceu-west-1${"},
    {"{'Fn::Sub': ['${A}/${Given}', {'A': {'Ref': 'Old'}}]}", "default/g"},
    {"{'Fn::Sub': '${Table.Arn}'}", "?the attribute 'Table.Arn'"},
    {"{'Fn::Sub': ''}", ""},
    {"{'Fn::Join': ['-', ['a', {'Ref': 'Given'}, 2, {'Ref': 'AWS::NoValue'}]]}", "a-g-2"},
    {"{'Fn::Join': ['-', ['a', {'Ref': 'None'}]]}", "?the parameter 'None'"},
    {"{'Fn::Join': ['-', {'Fn::Split': [',', 'a,b,,c']}]}", "a-b--c"},
    {"{'Fn::Select': [1, ['a', 'b']]}", "b"},
    {"{'Fn::Select': ['1', {'Fn::Split': ['/', 'x/y/z']}]}", "y"},
    {"{'Fn::Select': [7, ['a']]}", "?a value that is no text"},
    {"{'Fn::Split': ['', 'a']}", "?a value that is no text"},
    {"{'Fn::Base64': 'abc'}", "YWJj"},
    {"{'Fn::FindInMap': ['M', {'Ref': 'AWS::Region'}, 'k']}", "mapped"},
    {"{'Fn::FindInMap': ['M', 'eu-west-1', 'n']}", "3"},
    {"{'Fn::FindInMap': ['M', 'eu-west-1', 'z']}", "?the key 'z'"},
    {"{'Fn::If': ['Yes', 'a', 'b']}", "a"},
    {"{'Fn::If': ['No', 'a', 'b']}", "b"},
    {"{'Fn::If': ['Both', 'a', 'b']}", "b"},
    {"{'Fn::If': ['One', 'a', 'b']}", "a"},
    {"{'Fn::If': ['Loop', 'a', 'b']}", "?the condition 'Loop'"},
    {"{'Fn::If': ['Nowhere', 'a', 'b']}", "?the condition 'Nowhere'"},
    {"{'Fn::If': ['Dim', 'a', 'b']}", "?the parameter 'None'"},
    {"['a']", "?a value that is no text"},
    {"{'a': 1, 'b': 2}", "?a value that is no text"},
};

static json_t *json_of(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return json_loads(copy, JSON_DECODE_ANY, NULL);
}

int main(void)
{
    struct arena *arena = arena_new();
    json_t *parameters = json_of(arena, "{'Given': 'g', 'Stage': 'dev'}");
    struct value_scope scope = {.arena = arena,
                                .template = json_of(arena, template),
                                .parameters = parameters,
                                .region = "eu-west-1",
                                .account = "123",
                                .stack = "stack"};
    CHECK(scope.template);
    for (size_t i = 0; i < countof(cases); i++) {
        json_t *value = json_of(arena, cases[i].value);
        CHECK(value);
        const char *text = value_text(&scope, value), *expected = cases[i].text;
        bool right = *expected == '?'
                         ? !text && scope.unknown && strcmp(scope.unknown, expected + 1) == 0
                     : *expected ? text && strcmp(text, expected) == 0
                                 : (!text || !*text) && !scope.unknown;
        if (!CHECK(right))
            fprintf(stderr, "  %s: got %s, %s\n", cases[i].value, text ? text : "nothing",
                    scope.unknown ? scope.unknown : "nothing unknown");
        json_decref(value);
    }
    json_decref((json_t *)scope.template);
    json_decref(parameters);
    arena_free(arena);
    return check_result();
}
