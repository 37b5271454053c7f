#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "check.h"
#include "settings/json_escape.h"

int main(void)
{
    static const struct {
        const char *json, *yaml;
    } cases[] = {
        {"", ""},
        {"{\"a\": 1}", "{\"a\": 1}"},
        {"\"\\ud83d\\ude00\"", "\"\\U0001F600\""},
        {"\"\\uDBFF\\uDFFF\"", "\"\\U0010FFFF\""},
        {"\"\\\\ud83d\\ude00\"", "\"\\\\ud83d\\ude00\""}, /* a backslash, and half of a pair */
        {"\"\\ud83d\"", "\"\\ud83d\""},
        {"\"\\ud83dx\\ude00\"", "\"\\ud83dx\\ude00\""},
        {"\"\\ud83d\\ud83d\\ude00\"", "\"\\ud83d\\U0001F600\""},
        {"\\ud83d\\ude0", "\\ud83d\\ude0"},
        {"\\", "\\"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct arena *arena = arena_new();
        size_t len = strlen(cases[i].json);
        const char *yaml = json_as_yaml(arena, cases[i].json, &len);
        if (!CHECK(len == strlen(cases[i].yaml) && memcmp(yaml, cases[i].yaml, len) == 0))
            fprintf(stderr, "  %s: %s\n", cases[i].json, yaml);
        arena_free(arena);
    }
    return check_result();
}
