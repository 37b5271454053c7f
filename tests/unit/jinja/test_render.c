#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/diag.h"
#include "base/util.h"
#include "check.h"
#include "jinja/render.h"

static struct arena *arena;
static json_t *names;
static int asked; /* number of lookups */

static json_t *lookup(const char *name, void *data)
{
    asked++;
    return json_incref(json_object_get(data, name));
}

static const char *render(const char *text)
{
    struct pos pos = {"prod.yml", 3, 10, 1};
    return jinja_render(arena, text, pos, lookup, names);
}

static bool gives(const char *text, const char *expected)
{
    const char *result = render(text);
    if (!result || strcmp(result, expected) != 0)
        fprintf(stderr, "%s\n  gives %s\n", text, result ? result : "an error");
    return result && strcmp(result, expected) == 0;
}

/* Returns whether there is exactly one error. The output of the test has its text. */
static bool fails(const char *text)
{
    size_t before = diag_errors();
    return !render(text) && diag_errors() == before + 1;
}

/* Returns the error of jinja_render for `text`. */
static const char *message(const char *text)
{
    char *printed = NULL;
    size_t len = 0;
    FILE *terminal = stderr, *memory = open_memstream(&printed, &len);
    diag_flush();
    stderr = memory;
    CHECK(fails(text));
    diag_flush();
    stderr = terminal;
    fclose(memory);
    const char *copy = arena_strdup(arena, printed);
    free(printed);
    return copy;
}

static void test_basics(void)
{
    CHECK(gives("", ""));
    CHECK(gives("plain", "plain"));
    CHECK(gives("{{ stage }}-{{ env.HOME }}", "prod-/root"));
    CHECK(gives("[{{ missing }}{{ env.NOPE }}]", "[]"));
    CHECK(gives("a\r\nb\rc\n", "a\nb\nc"));
    CHECK(gives("a {#- c -#} b {{- 1 -}} c", "ab1c"));
    CHECK(gives("{% if stage == 'prod' %}big{% else %}small{% endif %}", "big"));
    CHECK(gives("{% for x in [1, 2] %}{{ loop.index }}{{ x }},{% else %}-{% endfor %}", "11,22,"));
    CHECK(gives("{% set a, b = 1, 2 %}{% for a in [9] %}{{ a }}{% endfor %}{{ a }}{{ b }}", "912"));
}

static void test_python_values(void)
{
    CHECK(
        gives("{{ [1, 'a', \"it's\", none, true, 1.0] }}", "[1, 'a', \"it's\", None, True, 1.0]"));
    CHECK(gives("{{ {'a': (1,)} }}", "{'a': (1,)}"));
    CHECK(gives("{{ {'a' if true else 'b': 1 if false else 2} }}", "{'a': 2}"));
    CHECK(gives("{{ 1e16 }} {{ 0.1 + 0.2 }} {{ 2 ** -24 }}",
                "1e+16 0.30000000000000004 5.960464477539063e-08"));
    CHECK(gives("{{ 7 / 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 ** 10 }}", "3.5 -4 2 1024"));
    CHECK(gives("{{ ['\\n', '\\x7f', '\\u200b', '\u00e9'] }}",
                "['\\n', '\\x7f', '\\u200b', '\u00e9']"));
    CHECK(gives("{{ '<&>\u00e9'|tojson }}", "\"\\u003c\\u0026\\u003e\\u00e9\""));
    CHECK(gives("{{ '\u00e4\u00f6'|upper }}{{ 'gr\u00fc\u00dfe'|length }}", "\u00c4\u00d65"));
    CHECK(fails("{{ 9223372036854775807 + 1 }}"));
    CHECK(fails("{{ 'stra\u00dfe'|upper }}"));
    CHECK(fails("{{ 1 < 'a' }}"));
    CHECK(fails("{{ missing.name }}"));
    CHECK(fails("{{ missing + 1 }}"));
}

static void test_messages(void)
{
    CHECK(strstr(message("{{ 1 | uper }}"), "prod.yml:3:10:") != NULL);
    CHECK(strstr(message("{{ 1 | uper }}"),
                 "the filter 'uper' is not supported; did you mean 'upper'?"));
    CHECK(strstr(message("a\n  {{ 'x'.y() }}"), "in this template, line 2 column 11: a call"));
    CHECK(strstr(message("\n\u00e4\u00f6 {% include 'x' %}"),
                 "line 2 column 7: {% include %} is not"));
    CHECK(strstr(message("{% if yes %}"), "{% endif %}"));
}

/* No message may have a value of a name. */
static void test_secrets(void)
{
    static const char *const templates[] = {
        "{{ secret + 1 }}",
        "{{ 1 < secret }}",
        "{{ -secret }}",
        "{{ secret|abs }}",
        "{{ secret|round }}",
        "{{ secret % 1 }}",
        "{{ secret / 1 }}",
        "{{ [secret] + 1 }}",
        "{{ {[secret]: 1} }}",
        "{{ 1|replace(1, 2, secret) }}",
        "{{ 1.5|round(secret) }}",
        "{{ 1.5|round(1, secret) }}",
        "{{ [1]|sort(secret) }}",
        "{{ [secret, 1]|sort }}",
        "{{ [1][secret:] }}",
        "{{ {secret: 1, 1: 2}|tojson }}",
        "{{ missing[secret] }}",
        "{% for a, b in [secret] %}{% endfor %}",
        "{% for x in [1] %}{{ loop[under] }}{% endfor %}",
        "{{ numbers[under] }}",
        "{{ 1 in 1 or secret }}",
        "{{ (secret * 9)|int + [] }}",
        "{{ secret|join('', attribute=[]) }}",
        "{{ secret is divisibleby 3 }}",
        "{{ secret|trim(1) }}",
        "{{ secret|int|length }}",
        "{% set a, b = secret %}",
    };
    for (size_t i = 0; i < countof(templates); i++) {
        const char *text = message(templates[i]);
        CHECK(!strstr(text, "hunter") && !strstr(text, "__secret"));
    }
}

static char *repeat(const char *begin, const char *middle, const char *end, size_t n)
{
    struct buf buf = {0};
    for (size_t i = 0; i < n; i++)
        buf_adds(&buf, begin);
    buf_adds(&buf, middle);
    for (size_t i = 0; i < n; i++)
        buf_adds(&buf, end);
    char *text = arena_strdup(arena, buf.data);
    buf_free(&buf);
    return text;
}

/* A template that would use too much memory or time ends early, with one error. */
static void test_limits(void)
{
    static const char *const templates[] = {
        "{{ 'a' * 9999999999 }}",
        "{{ [1] * 9999999999 }}",
        "{% set x = [1] * 1000 %}{% for a in x %}{% for b in x %}{% endfor %}{% endfor %}",
        "{% set x = [1] * 90000 %}{% set s = 'a' * 1000000 %}{% for a in x %}{{ s|length == "
        "s|upper }}{% endfor %}",
        "{% set x = [1] * 90000 %}{% set s = 'ab' * 500000 %}{% for a in x %}{% if s == s %}{% "
        "endif %}{% endfor %}",
        "{% set x = [1] * 90000 %}{% set s = 'ab' * 500000 %}{% for a in x %}{% if s|length %}{% "
        "endif %}{% endfor %}",
        "{% set x = [1] * 90000 %}{% set s = 'ab' * 500000 %}{% for a in x %}{% if s|replace('x', "
        "'') %}{% endif %}{% endfor %}",
        "{% set s = 'ab' * 500000 %}{{ ([s] * 1000000)|sort(case_sensitive=true)|length }}",
        "{{ ([0] * 100000 + [1])|unique(true)|join|length == ([[1]] * 100000) in [[1]] * 100000 "
        "}}{{ ([1] * 2000000)|tojson }}",
        "{% set d = {'a': [1] * 1000} %}{{ [d] * 100000 }}",
    };
    for (size_t i = 0; i < countof(templates); i++) {
        clock_t start = clock();
        CHECK(fails(templates[i]));
        CHECK(clock() - start < 20 * CLOCKS_PER_SEC); /* under 1 s without sanitizers */
    }
}

/* Nesting is limited, so that the stack does not overflow. */
static void test_nesting(void)
{
    CHECK(fails(repeat("(", "{{ 1 }}", ")", 20000)) == false);
    CHECK(fails(repeat("{{ (", "1", ") }}", 1)) == false);
    CHECK(fails(arena_printf(arena, "{{ %s }}", repeat("(", "1", ")", 30000))));
    CHECK(fails(arena_printf(arena, "{{ %s }}", repeat("[", "1", "]", 30000))));
    CHECK(fails(arena_printf(arena, "{{ %s }}", repeat("-", "1", "", 60000))));
    CHECK(fails(arena_printf(arena, "{{ %s }}", repeat("not ", "1", "", 15000))));
    CHECK(fails(arena_printf(arena, "{{ %s }}", repeat("1 if ", "1", "", 12000))));
    CHECK(fails(arena_printf(arena, "{{ %s }}", repeat("a[", "1", "]", 12000))));
    CHECK(fails(arena_printf(arena, "{{ 1%s }}", repeat("|abs", "", "", 12000))));
    CHECK(fails(arena_printf(arena, "{{ 1%s }}", repeat(" + 1", "", "", 12000))));
    CHECK(fails(arena_printf(arena, "{{ 1%s }}", repeat(" ** 1", "", "", 12000))));
    CHECK(fails(arena_printf(arena, "{{ 1%s }}", repeat(" or 1", "", "", 12000))));
    CHECK(fails(arena_printf(arena, "{{ 1|%s", repeat("d(1|", "", "", 12000))));
    CHECK(fails(arena_printf(arena, "{%% set %s = 1 %%}", repeat("(", "a", ")", 30000))));
    CHECK(fails(repeat("{% if 1 %}", "", "{% endif %}", 2900)));
    CHECK(fails(
        arena_printf(arena, "{%% if 1 %%}%s{%% endif %%}", repeat("{% elif 1 %}", "", "", 4000))));
    CHECK(fails(repeat("{% set x = [x, x] %}", "{{ x }}", "", 3000)));
    CHECK(fails(repeat("{% set x = [x, x] %}", "{{ x == x }}", "", 90)));
    CHECK(fails(repeat("x", "", "", 70000)));
    CHECK(render(repeat("{{ 1 }}", "", "", 9000)) != NULL);
    CHECK(render(arena_printf(arena, "{{ 1%s }}", repeat(" ~ 1", "", "", 12000))) != NULL);
    CHECK(render("{% for x in [1] * 50000 %}{{ env.HOME }}{% endfor %}") != NULL);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    arena = arena_new();
    names = json_pack("{s:s, s:{s:s}, s:s, s:s, s:[i,i]}", "stage", "prod", "env", "HOME", "/root",
                      "secret", "hunter2", "under", "__secret", "numbers", 1, 2);
    test_basics();
    test_python_values();
    test_messages();
    test_secrets();
    test_limits();
    test_nesting();
    json_decref(names);
    arena_free(arena);
    diag_end();
    return check_result();
}
