/* Python's regular expressions, converted for the C library. */
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "base/pattern.h"
#include "base/util.h"
#include "check.h"

static struct arena *arena;

/* Returns whether a search for Python's pattern finds it in the text. */
static bool found(const char *python, const char *text)
{
    const char *problem, *pattern = pattern_posix(arena, python, &problem);
    regex_t regex;
    if (!CHECK(pattern && regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) == 0)) {
        fprintf(stderr, "  %s became %s\n", python, pattern ? pattern : "nothing");
        return false;
    }
    bool yes = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return yes;
}

static void test_found(void)
{
    static const struct {
        const char *pattern, *yes, *no;
    } table[] = {
        {"ers-prod$", "orders-prod", "ers-prod-2"},
        {"^(?:orders|users)-d\\w*$", "users-dev", "users-de-v"},
        {"\\Aa.c\\Z", "abc", "xabc"},
        {"clicks-\\d+", "my-clicks-12", "clicks-x"},
        {"a\\.b", "a.b", "axb"},
        {"[\\w.]x", ".x", "-x"},
        {"[^\\d]x", "ax", "1x"},
        {"[]a]x", "]x", "bx"},
        {"[^]a]x", "bx", "]x"},
        {"[a\\]]x", "]x", "bx"},
        {"[\\-a]x", "-x", "bx"},
        {"[a\\-c]x", "-x", "bx"},
        {"[\\[.]x", "[x", "bx"},
        {"\\Sx\\s", "ax ", " x "},
        {"a{2}b", "aab", "ab"},
        {"a/b", "a/b", "a\\/b"},
        {"a\\+", "a+", "aa"},
        {"", "anything", NULL},
    };
    for (size_t i = 0; i < countof(table); i++) {
        bool right = found(table[i].pattern, table[i].yes) &&
                     !(table[i].no && found(table[i].pattern, table[i].no));
        if (!CHECK(right))
            fprintf(stderr, "  %s\n", table[i].pattern);
    }
}

static bool is_refused(const char *python, const char *words)
{
    const char *problem;
    return !pattern_posix(arena, python, &problem) && strstr(problem, words);
}

static void test_refused(void)
{
    static const char *const table[] = {"(?=a)", "(?P<x>a)", "a*?", "a+?",   "a{1,2}?", "(a)\\1",
                                        "[a",    "\\b",      "\\",  "[\\D]", "\\x41"};
    for (size_t i = 0; i < countof(table); i++)
        if (!CHECK(is_refused(table[i], "cannot read")))
            fprintf(stderr, "  %s\n", table[i]);
}

/* regcomp takes all memory or all time for these. */
static void test_too_large(void)
{
    static const struct {
        const char *pattern, *words;
    } table[] = {
        {"a++++++++++++++++++++++++++++++++", "repeats a repetition"},
        {"a{2}{3}", "repeats a repetition"},
        {"a*{1,2}", "repeats a repetition"},
        {"(ab|*)", "repeats a repetition"},
        {"^*a", "repeats a repetition"},
        {"(((a{1,200}){1,200}){1,200}){1,200}", "too large"},
        {"((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+", "too large"},
        {"((x{20}y)*z){99}", "too large"},
        {"[a-z]{3000}", "too large"},
        {"a{1,99999999999999999999999999}", "too large"},
        {"(?:[\\w.]{1,50}-){41}", "too large"},
        {"((a?){1,200})+", "too large"},
        {"((){1,200})*b", "too large"},
        {"$(){1,400}", "too large"},
        {"(^|$|a?){1,60}", "too large"},
        {"(((a?){1,10})+){1,10}", "too large"},
        {"((((a|)+|b)+)+)+", "too large"},
        {"(((^*$)*)*)*", "repeats a repetition, or nothing"},
    };
    for (size_t i = 0; i < countof(table); i++)
        if (!CHECK(is_refused(table[i].pattern, table[i].words)))
            fprintf(stderr, "  %s\n", table[i].pattern);
    char *deep = arena_alloc(arena, 1001);
    memset(deep, '(', 1000);
    CHECK(is_refused(deep, "groups in one another"));
    char *wide = arena_alloc(arena, 3001);
    memset(wide, 'a', 3000);
    CHECK(is_refused(wide, "too large"));
}

/* What somebody may mean is not refused. */
static void test_large(void)
{
    CHECK(found("^([a-z]{1,63}\\.){0,8}[\\w-]{1,255}$", "a.b.orders-prod"));
    CHECK(found("^(?:(?:dev|test|prod)-){1,3}\\w{3,255}(-\\d+)*$", "dev-prod-orders-1-2"));
    CHECK(found("^(((a+b)+c)+d)+$", "aababcabcdabcd"));
    CHECK(found("^(-?\\w*)*$", "orders-prod") && found("^((a?b?)*c?)*$", "abcab"));
    CHECK(found("^(a|b|)+(|c){0,3}$", "abba"));
}

int main(void)
{
    arena = arena_new();
    test_found();
    test_refused();
    test_too_large();
    test_large();
    arena_free(arena);
    return check_result();
}
