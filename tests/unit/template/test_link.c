#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "check.h"
#include "template/link.h"

static void is(const char *text, const char *expected)
{
    if (!CHECK(strcmp(text, expected) == 0))
        fprintf(stderr, "  %s\n  instead of %s\n", text, expected);
}

static void add_name(const char *name, void *data)
{
    buf_printf(data, "%s;", name);
}

static void test_each_ref(void)
{
    static const struct {
        const char *json, *names;
    } cases[] = {
        {"{\"Ref\": \"A\"}", "A;"},
        {"[{\"Ref\": \"A\"}, {\"b\": [{\"Ref\": \"C\"}]}]", "A;C;"},
        {"{\"Ref\": \"A\", \"other\": 1}", ""}, /* no function, because it has another key */
        {"{\"Ref\": [\"A\"]}", ""},
        {"{\"Fn::GetAtt\": [\"A\", \"Arn\"]}", ""},
        {"\"${A}\"", ""},
        {"{\"Fn::Sub\": \"a ${A} ${B.Arn} ${AWS::Region}\"}", "A;B;AWS::Region;"},
        {"{\"Fn::Sub\": \"${!A} $A {A} ${} ${\"}", ""},
        {"{\"Fn::Sub\": \"${A\"}", ""}, /* never closed */
        {"{\"Fn::Sub\": \"${ A }${ B.Arn }${  }${ !C}\"}", "A;B;"},
        {"{\"Fn::Sub\": \"$${A}}\"}", "A;"},
        {"{\"Fn::Sub\": [\"${A} ${B}\", {\"B\": {\"Ref\": \"C\"}}]}",
         "A;C;"}, /* B is its own variable */
        {"{\"Fn::Sub\": [\"${A}\", {}]}", "A;"},
        {"{\"Fn::Sub\": [\"${A}\"]}", "A;"},
        {"{\"Fn::Join\": [\"\", [{\"Fn::Sub\": \"${A}\"}]]}", "A;"},
        {"5", ""},
        {"null", ""},
        {"{}", ""},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct buf names = {0};
        json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
        buf_adds(&names, "");
        link_each_ref(json, add_name, &names);
        is(names.data, cases[i].names);
        json_decref(json);
        buf_free(&names);
    }
}

/* The links of a section, as "<kind><from>><name>". */
static void test_links(void)
{
    static const struct {
        const char *entries, *links;
    } cases[] = {
        {"{\"A\": {\"Properties\": {\"P\": {\"Ref\": \"B\"}}}}", "0A>B;"},
        {"{\"A\": {\"P\": {\"Fn::GetAtt\": [\"B\", \"Outputs.X\"]}}}", "1A>B.Outputs.X;"},
        {"{\"A\": {\"P\": {\"Fn::GetAtt\": [\"B\", {\"Ref\": \"C\"}]}}}", "1A>B;0A>C;"},
        {"{\"A\": {\"P\": {\"Fn::Sub\": \"${B.Arn}${C}\"}}}", "1A>B.Arn;0A>C;"},
        {"{\"A\": {\"P\": {\"Fn::Sub\": \"${ B.Arn }\"}}}", "1A>B.Arn;"},
        {"{\"A\": {\"P\": {\"Fn::Sub\": [\"${B.C}${B.D}\", {\"B.C\": 1}]}}}", "1A>B.D;"},
        {"{\"A\": {\"DependsOn\": \"B\"}}", "2A>B;"},
        {"{\"A\": {\"DependsOn\": [\"B\", \"C\"]}}", "2A>B;2A>C;"},
        {"{\"A\": {\"Type\": \"T\", \"Condition\": \"C\"}}", "3A>C;"},
        {"{\"A\": {\"Condition\": \"C\"}}", "3A>C;"}, /* once */
        {"{\"A\": {\"P\": {\"Fn::If\": [\"C\", {\"Ref\": \"B\"}, 1]}}}", "3A>C;0A>B;"},
        {"{\"A\": {\"P\": {\"Fn::FindInMap\": [\"M\", \"a\", \"b\"]}}}", "4A>M[];"},
        {"{\"A\": {\"P\": {\"Condition\": {\"StringEquals\": {\"x\": 1}}}}}", ""},
        {"{\"A\": {}, \"B\": [1, null, \"${C}\"]}", ""},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct arena *arena = arena_new();
        struct links links = {.arena = arena};
        struct buf said = {0};
        json_t *json = json_loads(cases[i].entries, 0, NULL);
        buf_adds(&said, "");
        links_add(&links, "Resources", json);
        for (size_t k = 0; k < links.n; k++)
            buf_printf(&said, "%d%s>%s%s%s%s;", links.list[k].kind, links.list[k].from,
                       links.list[k].name, links.list[k].attribute ? "." : "",
                       links.list[k].attribute ? links.list[k].attribute : "",
                       links.list[k].keys ? "[]" : "");
        is(said.data, cases[i].links);
        buf_free(&said);
        json_decref(json);
        arena_free(arena);
    }
}

int main(void)
{
    test_each_ref();
    test_links();
    return check_result();
}
