#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/run.h"
#include "base/util.h"
#include "build/command.h"
#include "check.h"

static struct arena *arena;

/* The fault is "" if there is none. */
static const char *expand(const char *text, const char *value, struct command_fault *fault)
{
    const struct command_variable variables[] = {
        {"v", value, false}, {"words", "-a 'b c'", true}, {"pip_path", "pip", false}};
    struct command_fault *faults;
    size_t n;
    const char *expanded = command_expand(arena, text, variables, countof(variables), &faults, &n);
    CHECK((expanded == NULL) == (n > 0));
    *fault = n ? faults[0] : (struct command_fault){.what = ""};
    return expanded;
}

/* What /bin/sh may be. */
static const char *const shells[][5] = {
    {"dash", "-e", "-c"}, {"bash", "--posix", "-e", "-c"}, {"busybox", "sh", "-e", "-c"}};

/* Returns what commands print. They have the value of {v} in their environment, too. */
static const char *output(const char *const *shell, const char *commands, const char *value)
{
    const char *argv[countof(shells[0]) + 2] = {0};
    const struct command_variable variable = {"v", value, false};
    struct run run = {.argv = argv, .env = command_environment(arena, &variable, 1), .merge = true};
    for (size_t i = 0; i < countof(shells[0]) && shell[i]; i++)
        argv[i] = shell[i], argv[i + 1] = commands;
    run_wait(&run);
    const char *out = arena_strdup(arena, run.out.data);
    buf_free(&run.out);
    buf_free(&run.err);
    return out;
}

static void check_shells(const char *text, const char *commands, const char *value,
                         const char *wanted)
{
    for (size_t i = 0; i < countof(shells); i++) {
        if (!run_found(shells[i][0]))
            continue;
        const char *out = output(shells[i], commands, value);
        if (!CHECK(strcmp(out, wanted) == 0))
            fprintf(stderr, "  %s %s with %s: [%s], not [%s]\n", shells[i][0], text, value, out,
                    wanted);
    }
}

/* Some values cannot stand in some places. */
static bool may_fail(const char *fault)
{
    return strstr(fault, "directly after the name of a variable") || strstr(fault, "after <<-") ||
           strstr(fault, "which a line of its value ends");
}

/* The shell passes each value unchanged, at every place in a command. */
static void test_values(void)
{
    static const char *const values[] = {
        "plain",   "",      "two words",     "  ",     "it's",     "'",     "''",   "\"",
        "a\"b",    "$HOME", "${HOME}",       "$(id)",  "`id`",     "\\",    "\\\\", "a\\",
        "\\n",     "\\'",   "\\\"",          "\\$x",   "*",        "?",     "~",    "#x",
        "a;b",     "a|b",   "a&b",           "a>b",    "(a)",      "{a,b}", "!",    "!!",
        "a\nb",    "a\tb",  "\u00E9 \u65E5", "%s",     "-n",       "{v}",   "}}",   "{{",
        "'\"$`\\", "EOF",   "\tx",           "a\n\tb", "a\nEOF\n", "x=1",   "))",   ") ;; esac",
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
        {"printf '%s' \"$(printf '%s.' '{v}')\".", "", ".."},
        {"printf '%s' \"$(printf '%s.' \"{v}\")\".", "", ".."},
        {"printf '%s' \"$(printf '%s.' {v} # it's {v}\n)\".", "", ".."},
        {"# don't {v}\nprintf '%s' {v}", "", ""},
        {"printf '%s' ${{x:-{v}}}", "", ""},
        {"cat <<EOF |# it's\nit's {v}.\nEOF\ncat", "it's ", ".\n"},
        {"cat <<'EOF'\nit's {v}.\nEOF", "it's ", ".\n"},
        {"cat <<-EOF\n\t\t{v}.\n\tEOF", "", ".\n"},
        {"x=1; cat <<EOF\n$x{v}.\nEOF", "1", ".\n"},
        {"x=1; printf '%s' \"$x{v}\"", "1", ""},
        {"printf '%s' \"$(case {v} in (x{v}) ;; {v}) printf '%s.' {v};; esac)\"", "", "."},
    };
    for (size_t p = 0; p < countof(places); p++) {
        struct buf commands = {0}, wanted = {0}; /* of all values, for one shell */
        for (size_t i = 0; i < countof(values); i++) {
            struct command_fault fault;
            const char *command = expand(places[p].text, values[i], &fault);
            if (!command) {
                CHECK(may_fail(fault.what));
                continue;
            }
            buf_printf(&commands, "%s\necho '<%zu>'\n", command, i);
            buf_printf(&wanted, "%s%s%s<%zu>\n", places[p].before, values[i], places[p].after, i);
        }
        check_shells(places[p].text, commands.data, "", wanted.data);
        buf_free(&commands);
        buf_free(&wanted);
    }
}

/* The environment has the values in places where text cannot be quoted. */
static void test_values_of_environment(void)
{
    static const char *const values[] = {"a b", "it's; $(id) \\ `id`\n\"", "EOF", ""};
    for (size_t i = 0; i < countof(values); i++) {
        const char *value = values[i];
        check_shells("quotes", "printf '%s' \"$GORDON_V\"", value, value);
        check_shells("backquotes", "printf '%s' \"`printf '%s.' \"$GORDON_V\"`\"", value,
                     arena_printf(arena, "%s.", value));
        check_shells("here-document", "cat <<EOF\n$GORDON_V.\nEOF", value,
                     arena_printf(arena, "%s.\n", value));
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
        {"\1{v}\1", "\1'x y'\1"}, /* the byte that stands for values */
        {"# {v}", "# x y"},
        {"\"${{x:-{v}}}\"", "\"${x:-x y}\""},
        {"{words} '{v}", "-a 'b c' 'x y"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct command_fault fault;
        const char *text = expand(cases[i].text, "x y", &fault);
        if (!CHECK(text && strcmp(text, cases[i].expanded) == 0))
            fprintf(stderr, "  %s: %s\n", cases[i].text, text ? text : fault.what);
    }
}

static void test_faults(void)
{
    static const struct {
        const char *text, *what;
        size_t offset, len;
    } cases[] = {
        {"{x}", "there is no variable '{x}'; {target} is the folder to fill", 0, 3},
        {"{}", "there is no variable '{}'", 0, 2},
        {"{v} {nope}", "there is no variable '{nope}'", 4, 6},
        {"{ v }", "there is no variable '{ v }'", 0, 5},
        {"{V}", "there is no variable '{V}'", 0, 3},
        {"{", "a single '{'; write it twice to mean itself", 0, 1},
        {"a } b", "a single '}'", 2, 1},
        {"{v", "a single '{'", 0, 1},
        {"v}", "a single '}'", 1, 1},
        {"{{v}", "a single '}'", 3, 1},
        {"{v{", "a single '{'", 0, 1},
        {"\\{v}",
         "'{v}' cannot be quoted for the shell here: it is directly after a backslash; write "
         "\"$GORDON_V\" instead",
         1, 3},
        {"{{ `{pip_path}` {v}",
         "'{pip_path}' cannot be quoted for the shell here: it is in "
         "backquotes; write \"$GORDON_PIP_PATH\" instead",
         4, 10},
        {"$'\\'' {v}", "'{v}' cannot be quoted for the shell here: it is after \\' in $'...'", 6,
         3},
        {"${v}", "'{v}' cannot be quoted for the shell here: it is directly after a '$'", 1, 3},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct command_fault fault;
        CHECK(!expand(cases[i].text, "x", &fault));
        CHECK(fault.offset == cases[i].offset && fault.len == cases[i].len);
        if (!CHECK(strncmp(fault.what, cases[i].what, strlen(cases[i].what)) == 0))
            fprintf(stderr, "  %s: %s\n", cases[i].text, fault.what);
    }
}

/* Values for which a place is not certain. */
static void test_values_refused(void)
{
    static const struct {
        const char *text, *value;
    } cases[] = {
        {"\"${{x:-{v}}}\"", "it's"},      {"\"${{x:-{v}}}\"", "}"},
        {"\"${{x:-{v}}}\"", "$x"},        {"\"$x{v}\"", "a"},
        {"cat <<A\n$x{v}\nA", "1"},       {"cat <<A\n{v}\nA", "A"},
        {"cat <<'A'\n{v}\nA", "\nA\n"},   {"cat <<A\n{v}\nA", "x\nA"},
        {"cat <<-A\n{v}\nA", "\tx"},      {"cat <<-A\n x{v}\nA", "x\n\tA"},
        {"cat <<AB\nA{v}\nAB", "B"},      {"cat <<AB\n{v}{v}\n{v}\nAB", "AB"},
        {"cat <<'A B'\n{v} B\nA B", "A"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct command_fault fault;
        if (!CHECK(!expand(cases[i].text, cases[i].value, &fault)))
            fprintf(stderr, "  %s with %s\n", cases[i].text, cases[i].value);
        CHECK(expand(cases[i].text, "/x", &fault));
    }
}

static void test_environment(void)
{
    const struct command_variable variables[] = {{"target", "/a b"}, {"pip_path", "pip 'x'", true}};
    const char *const *environment = command_environment(arena, variables, 2);
    CHECK(strcmp(environment[0], "GORDON_TARGET=/a b") == 0);
    CHECK(strcmp(environment[1], "GORDON_PIP_PATH=pip 'x'") == 0);
    CHECK(environment[2] == NULL);
}

/* Many values take no more than their share of time. */
static void test_many(void)
{
    static const char *const parts[] = {"cat <<A\n{v}\nA\n", "[[ {v} -eq 1 ]] ", "'{v}' ", "\"{v}",
                                        "$({v} "};
    for (size_t i = 0; i < countof(parts); i++) {
        struct command_fault fault;
        struct buf text = {0};
        for (int n = 0; n < 20000; n++)
            buf_adds(&text, parts[i]);
        expand(text.data, "x", &fault);
        buf_free(&text);
    }
}

int main(void)
{
    arena = arena_new();
    test_values();
    test_values_of_environment();
    test_braces();
    test_faults();
    test_values_refused();
    test_environment();
    test_many();
    arena_free(arena);
    return check_result();
}
