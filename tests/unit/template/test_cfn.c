#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "check.h"
#include "diag_flushed.h"
#include "settings/node.h"
#include "template/cfn.h"

static struct arena *arena;

/* Returns the sorted text of `json` on one line. Releases `json`. */
static const char *text_of(json_t *json)
{
    char *text =
        json ? json_dumps(json, JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) : NULL;
    const char *copy = arena_strdup(arena, text ? text : "none");
    free(text);
    json_decref(json);
    return copy;
}

static void is(const char *text, const char *expected)
{
    if (!CHECK(strcmp(text, expected) == 0))
        fprintf(stderr, "  %s\n  instead of %s\n", text, expected);
}

static const struct node *parse(const char *yaml)
{
    const struct node *node = node_parse(arena, "s", yaml, strlen(yaml));
    CHECK(node != NULL);
    return node;
}

static const char *flushed(void)
{
    return diag_flushed(arena, "flushed");
}

static void test_functions(void)
{
    is(text_of(cfn_ref("A")), "{\"Ref\": \"A\"}");
    is(text_of(cfn_att("A", "Arn")), "{\"Fn::GetAtt\": [\"A\", \"Arn\"]}");
    is(text_of(cfn_sub("${A}")), "{\"Fn::Sub\": \"${A}\"}");
    is(text_of(cfn_join("-", json_pack("[s, o]", "a", cfn_ref("B")))),
       "{\"Fn::Join\": [\"-\", [\"a\", {\"Ref\": \"B\"}]]}");
}

static void test_values(void)
{
    static const struct {
        const char *yaml, *json;
    } cases[] = {
        {"a", "\"a\""},
        {"''", "\"\""},
        {"5", "5"},
        {"1.5", "1.5"},
        {"0.1", "0.1"},
        {"1e3", "\"1e3\""},
        {"yes", "true"},
        {"Off", "false"},
        {"~", "none"},
        {"2012-10-17", "\"2012-10-17\""},
        {"[]", "[]"},
        {"{}", "{}"},
        {"[a, [1, ~]]", "[\"a\", [1, null]]"},
        {"{b: 1, a: ~}", "{\"a\": null, \"b\": 1}"},
        {"{1: a, yes: b, ~: c}", "{\"1\": \"a\", \"null\": \"c\", \"true\": \"b\"}"},
        {"ref://Name", "{\"Ref\": \"Name\"}"},
        {"ref://AWS::Region", "{\"Ref\": \"AWS::Region\"}"},
        {"{a: [ref://B, x]}", "{\"a\": [{\"Ref\": \"B\"}, \"x\"]}"},
        {"{ref://A: b}", "{\"ref://A\": \"b\"}"},
        {"xref://A", "\"xref://A\""},
        {"Ref://A", "\"Ref://A\""},
        {"\"\\u00e9\\U0001f600\"", "\"\u00E9\U0001F600\""},
    };
    for (size_t i = 0; i < countof(cases); i++)
        is(text_of(cfn_value(parse(cases[i].yaml))), cases[i].json);
    CHECK(!cfn_value(NULL));
    CHECK(strcmp(flushed(), "") == 0);
}

/* A number as JSON has it, for a schedule or a pattern, and as a value that AWS takes as text. */
static void test_numbers(void)
{
    static const struct {
        const char *yaml, *number, *text;
    } cases[] = {
        {"30", "30", "30"},
        {"-7", "-7", "-7"},
        {"0.5", "0.5", "0.5"},
        {"2147483647", "2147483647", "2147483647"},
        {"123456789012", "123456789012", "\"123456789012\""},
        {"012345670123", "1402433619", "\"012345670123\""},
        {"0", "0", "0"},
        {"00", "0", "\"00\""},
        {"+5", "5", "\"+5\""},
        {"-0x10", "-16", "\"-0x10\""},
        {"0b11", "3", "\"0b11\""},
        {"1_000", "1000", "\"1_000\""},
        {"12:30:45", "45045", "\"12:30:45\""},
        {"1.10", "1.1", "\"1.10\""},
        {"1.", "1.0", "\"1.\""},
        {".5", "0.5", "\".5\""},
        {"1.e+300", "1e300", "\"1.e+300\""},
        {"190:20:30.15", "685230.15", "\"190:20:30.15\""},
        {"0.1234567890123456789", "0.123456789012346", "\"0.1234567890123456789\""},
        {"9223372036854775807", "9223372036854775807", "\"9223372036854775807\""},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        is(text_of(cfn_convert(parse(cases[i].yaml), cfn_ref)), cases[i].number);
        is(text_of(cfn_value(parse(cases[i].yaml))), cases[i].text);
    }
    CHECK(strcmp(flushed(), "") == 0);
}

static json_t *upper(const char *name)
{
    return json_pack("{s:s}", "REF", name);
}

static void test_other_refs(void)
{
    is(text_of(cfn_convert(parse("[ref://a-b, {k: ref://c_d}]"), upper)),
       "[{\"REF\": \"a-b\"}, {\"k\": {\"REF\": \"c_d\"}}]");
}

static void test_wrong_values(void)
{
    static const struct {
        const char *yaml, *error;
    } cases[] = {
        {"ref://a-b", "s:1:1: error: a ref names a parameter, whose name has letters and digits "
                      "only, not 'a-b'\n"},
        {"ref://",
         "s:1:1: error: a ref names a parameter, whose name has letters and digits only, not ''\n"},
        {"[x, ref://a b]", "s:1:5: error: a ref names a parameter, whose name has letters and "
                           "digits only, not 'a b'\n"},
        {"{a: .inf}", "s:1:5: error: JSON has no number '.inf'; quote it to make it text\n"},
        {"-.INF", "s:1:1: error: JSON has no number '-.INF'; quote it to make it text\n"},
        {".nan", "s:1:1: error: JSON has no number '.nan'; quote it to make it text\n"},
        {"1.0e+999", "s:1:1: error: JSON has no number '1.0e+999'; quote it to make it text\n"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        json_decref(cfn_value(parse(cases[i].yaml)));
        is(flushed(), cases[i].error);
    }
}

static void test_template(void)
{
    struct cfn cfn;
    struct pos pos = {"s", 1, 1, 1};
    cfn_init(&cfn, arena);
    is(text_of(cfn_template(&cfn)),
       "{\"AWSTemplateFormatVersion\": \"2010-09-09\", \"Resources\": {}}");
    cfn_add(&cfn, pos, "One",
            json_pack("{s:[o,o,o,o,o]}", "P", cfn_ref("CodeBucket"), cfn_ref("Other"),
                      cfn_ref("Two"), cfn_ref("AWS::Region"), cfn_ref("List")));
    cfn_add(&cfn, pos, "Two",
            json_pack("{s:o}", "P", cfn_sub("${Region} ${One.Arn} ${AWS::AccountId}")));
    cfn_parameter(&cfn, pos, "List", "List<String>");
    cfn_output(&cfn, (struct pos){0}, "out", json_pack("{s:o}", "Value", cfn_ref("Stage")));
    json_t *template = cfn_template(&cfn);
    is(text_of(json_incref(json_object_get(template, "Parameters"))),
       "{\"CodeBucket\": {\"Description\": \"Bucket where the code is located.\", \"Type\": "
       "\"String\"}, "
       "\"List\": {\"Type\": \"List<String>\"}, \"Other\": {\"Type\": \"String\"}, "
       "\"Region\": {\"Description\": \"AWS Region\", \"Type\": \"String\"}, "
       "\"Stage\": {\"Default\": \"dev\", \"Description\": \"Name of the Stage\", \"Type\": "
       "\"String\"}}");
    is(text_of(json_incref(json_object_get(template, "Outputs"))),
       "{\"out\": {\"Value\": {\"Ref\": \"Stage\"}}}");
    CHECK(json_object_size(json_object_get(template, "Resources")) == 2);
    json_decref(template);
    cfn_release(&cfn);
}

static void test_duplicates(void)
{
    struct cfn cfn;
    cfn_init(&cfn, arena);
    cfn_add(&cfn, (struct pos){"s", 2, 3, 1}, "Id", json_pack("{s:i}", "n", 1));
    cfn_add(&cfn, (struct pos){"s", 4, 1, 1}, "ID", json_pack("{s:i}", "n", 2));
    cfn_add(&cfn, (struct pos){"s", 9, 5, 1}, "Id", json_pack("{s:i}", "n", 3));
    cfn_add(&cfn, (struct pos){"t", 1, 1, 1}, "Id", json_pack("{s:i}", "n", 4));
    cfn_add(&cfn, (struct pos){"s", 2, 3, 1}, "IdRole", json_pack("{s:i}", "n", 5));
    cfn_add(&cfn, (struct pos){"t", 1, 1, 1}, "IdRole", json_pack("{s:i}", "n", 6));
    is(flushed(), "s:9:5: error: this makes a second resource with the logical id 'Id'; give one "
                  "of them another name\n"
                  "s:2:3: note: the first one is made here\n"
                  "t:1:1: error: this makes a second resource with the logical id 'Id'; give one "
                  "of them another name\n"
                  "s:2:3: note: the first one is made here\n");
    is(text_of(json_incref(cfn.resources)),
       "{\"ID\": {\"n\": 2}, \"Id\": {\"n\": 1}, \"IdRole\": {\"n\": 5}}");
    cfn_release(&cfn);
}

/* A name is a resource's or a parameter's, whichever comes first; an id has up to 255 characters.
 */
static void test_names(void)
{
    struct cfn cfn;
    char id[257];
    memset(id, 'x', 256);
    id[256] = '\0';
    cfn_init(&cfn, arena);
    cfn_reserve(&cfn, (struct pos){0}, "Stage");
    cfn_reserve(&cfn, (struct pos){"s", 1, 1, 1}, "Mine");
    cfn_reserve(&cfn, (struct pos){"s", 2, 1, 1}, "Mine");
    cfn_add(&cfn, (struct pos){"s", 3, 1, 1}, "Stage", json_object());
    cfn_add(&cfn, (struct pos){"s", 4, 1, 1}, "Mine", json_object());
    cfn_add(&cfn, (struct pos){"s", 5, 1, 1}, "Here", json_object());
    cfn_reserve(&cfn, (struct pos){"s", 6, 1, 1}, "Here");
    cfn_add(&cfn, (struct pos){"s", 7, 1, 1}, id, json_object());
    cfn_add(&cfn, (struct pos){"s", 8, 1, 1}, id + 1, json_object());
    const char *rest = " would be a resource's logical id and the name of a parameter of Gordon's "
                       "own; choose another name, or a 'logical-name'\n";
    is(flushed(),
       arena_printf(arena,
                    "s:3:1: error: 'Stage' is a parameter of Gordon's own, which apply gives a "
                    "value, so no resource can have this logical id; choose another name, or a "
                    "'logical-name'\ns:4:1: error: 'Mine'%ss:2:1: note: the other one is "
                    "made here\ns:6:1: error: 'Here'%ss:5:1: note: the other one is made here\n"
                    "s:7:1: error: the logical id '%s' has 256 characters; CloudFormation takes "
                    "255\n",
                    rest, rest, id));
    CHECK(json_object_size(cfn.resources) == 2 && json_object_get(cfn.resources, id + 1) &&
          json_object_get(cfn.resources, "Here"));
    cfn_release(&cfn);
}

/* A parameter has one type, and a list is not used where text is expected. */
static void test_types(void)
{
    struct cfn cfn;
    cfn_init(&cfn, arena);
    cfn_parameter(&cfn, (struct pos){"s", 1, 1, 1}, "Two", "List<String>");
    cfn_parameter(&cfn, (struct pos){"s", 2, 1, 1}, "Two", "CommaDelimitedList");
    cfn_parameter(&cfn, (struct pos){"s", 3, 1, 1}, "Used", "List<String>");
    cfn_parameter(&cfn, (struct pos){"s", 4, 1, 1}, "Used", "List<String>");
    cfn_parameter(&cfn, (struct pos){"s", 5, 1, 1}, "Again", "List<String>");
    cfn_parameter(&cfn, (struct pos){"s", 6, 1, 1}, "Shown", "List<String>");
    cfn_add(&cfn, (struct pos){0}, "A",
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "a", cfn_ref("Used"), "b", cfn_ref("Used"),
                      "c", cfn_ref("Again"), "d", cfn_sub("${Again}"), "e", cfn_ref("Other"), "f",
                      cfn_ref("Shown")));
    cfn_output(&cfn, (struct pos){0}, "B", cfn_ref("Shown"));
    cfn_link(&cfn);
    cfn_check_types(&cfn);
    is(flushed(),
       "s:2:1: error: the parameter 'Two' would have two types, List<String> and "
       "CommaDelimitedList\n"
       "s:1:1: note: it has the other type here\n"
       "s:5:1: error: the parameter 'Again' is a list here (List<String>), and text somewhere "
       "else; take two parameters\n"
       "s:6:1: error: the parameter 'Shown' is a list here (List<String>), and text somewhere "
       "else; take two parameters\n");
    cfn_release(&cfn);
}

static void test_write(void)
{
    size_t len;
    struct stat before, after;
    json_t *json = json_pack("{s:[s], s:f, s:{s:b}}", "b", "\u00E9", "a", 0.1, "c", "z", true);
    CHECK(cfn_write("made/it.json", json) && stat("made/it.json", &before) == 0);
    is(file_read(arena, "made/it.json", &len),
       "{\n    \"a\": 0.1,\n    \"b\": [\n        \"\u00E9\"\n    ],\n    \"c\": {\n        \"z\": "
       "true\n    }\n}\n");
    CHECK(cfn_write("made/it.json", json) && stat("made/it.json", &after) == 0);
    CHECK(before.st_ino == after.st_ino && (after.st_mode & 0777) == 0644);
    CHECK(!cfn_write("made/it.json/in/a/file", json));
    is(flushed(), "made/it.json/in/a/file: error: cannot be written: Not a directory\n");
    json_decref(json);
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-cfn-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_functions();
    test_values();
    test_numbers();
    test_other_refs();
    test_wrong_values();
    test_template();
    test_duplicates();
    test_names();
    test_types();
    test_write();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
