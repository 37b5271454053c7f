#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/run.h"
#include "base/util.h"
#include "build/command.h"
#include "check.h"

static struct arena *arena;

static const char *expand(const char *text, const char *value, const char **unknown)
{
    const struct command_variable variables[] = {
        {"v", value, false}, {"words", "-a 'b c'", true}, {"pip_path", "pip", false}};
    return command_expand(arena, text, variables, countof(variables), unknown);
}

/* Returns the output of an expanded command, run by /bin/sh -e. */
static const char *output(const char *text, const char *value)
{
    const char *unknown, *command = expand(text, value, &unknown);
    if (!CHECK(command && !unknown))
        return "";
    struct run run = {.argv = (const char *const[]){"/bin/sh", "-ec", command, NULL},
                      .merge = true};
    run_wait(&run);
    const char *out = arena_strdup(arena, run.out.data);
    buf_free(&run.out);
    buf_free(&run.err);
    return out;
}

/* The shell passes each value unchanged, at every place in a command. */
static void test_values(void)
{
    static const char *const values[] = {
        "plain", "",      "two words", "  ",      "it's",  "'",       "''",
        "\"",    "a\"b",  "$HOME",     "${HOME}", "$(id)", "`id`",    "\\",
        "\\\\",  "a\\",   "\\n",       "\\'",     "\\\"",  "\\$x",    "*",
        "?",     "~",     "#x",        "a;b",     "a|b",   "a&b",     "a>b",
        "(a)",   "{a,b}", "!",         "!!",      "a\nb",  "a\tb",    "\u00E9 \u65E5",
        "%s",    "-n",    "{v}",       "}}",      "{{",    "'\"$`\\",
    };
    static const struct {
        const char *text, *before, *after;
    } places[] = {
        {"printf '%s' {v}", "", ""},
        {"printf '%s' \"{v}\"", "", ""},
        {"printf '%s' '{v}'", "", ""},
        {"printf '%s' a{v}b", "a", "b"},
        {"printf '%s' \"a {v} b\"", "a ", " b"},
        {"printf '%s' 'a {v} b'", "a ", " b"},
        {"printf '%s' \"it's {v}\"", "it's ", ""},
        {"printf '%s' '\"'{v}'\"'", "\"", "\""},
        {"printf '%s' \\'{v}\\\"", "'", "\""},
        {"printf '%s' \"\\\"{v}\\\"\"", "\"", "\""},
        {"printf '%s' \"\\\\\"{v}", "\\", ""},
        {"x={v}; printf '%s' \"$x\"", "", ""},
        {"printf '%s' \"$(printf '%s' '{v}')\".", "", "."},
    };
    for (size_t p = 0; p < countof(places); p++)
        for (size_t i = 0; i < countof(values); i++) {
            if (strchr(values[i], '\'') && strstr(places[p].text, "$("))
                continue; /* quotes in $() in quotes belong to another shell, see below */
            if (strpbrk(values[i], "\"$`\\") && strstr(places[p].text, "$("))
                continue;
            const char *out = output(places[p].text, values[i]);
            const char *wanted =
                arena_printf(arena, "%s%s%s", places[p].before, values[i], places[p].after);
            if (!CHECK(strcmp(out, wanted) == 0))
                fprintf(stderr, "  %s with [%s]: [%s]\n", places[p].text, values[i], out);
        }
}

static void test_braces(void)
{
    static const struct {
        const char *text, *expanded;
    } cases[] = {
        {"", ""},
        {"no variables", "no variables"},
        {"{{}}", "{}"},
        {"{{v}}", "{v}"},
        {"${{HOME}}", "${HOME}"},
        {"{{{v}}}", "{'x y'}"},
        {"awk '{{print $1}}' {v}", "awk '{print $1}' 'x y'"},
        {"\"a\\{{2\\}}\"", "\"a\\{2\\}\""}, /* a backslash does not separate doubled braces */
        {"a\\{{b", "a\\{b"},
        {"{pip_path} {words} {v}", "'pip' -a 'b c' 'x y'"},
        {"\"{words}\"", "\"-a 'b c'\""},
        {"\\\\{v}", "\\\\'x y'"},
        {"a\\", "a\\"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const char *unknown, *text = expand(cases[i].text, "x y", &unknown);
        if (!CHECK(text && !unknown && strcmp(text, cases[i].expanded) == 0))
            fprintf(stderr, "  %s: %s\n", cases[i].text, text ? text : unknown);
    }
}

static void test_errors(void)
{
    static const struct {
        const char *text, *unknown;
    } cases[] = {
        {"{x}", "x"}, {"{}", ""},       {"{v} {nope}", "nope"}, {"{ v }", " v "},
        {"{", "{"},   {"}", "}"},       {"a } b", "}"},         {"a { b", "{"},
        {"{v", "{"},  {"v}", "}"},      {"{{v}", "}"},          {"{v{", "{"},
        {"{V}", "V"}, {"{pip}", "pip"}, {"\\{v}", "}"}, /* the quote would be escaped */
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const char *unknown = NULL;
        CHECK(!expand(cases[i].text, "x", &unknown));
        if (!CHECK(unknown && strcmp(unknown, cases[i].unknown) == 0))
            fprintf(stderr, "  %s: %s\n", cases[i].text, unknown ? unknown : "no error");
    }
}

int main(void)
{
    arena = arena_new();
    test_values();
    test_braces();
    test_errors();
    arena_free(arena);
    return check_result();
}
