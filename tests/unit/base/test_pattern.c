/* Python's regular expressions, converted for the C library. */
#include <regex.h>
#include <stdio.h>

#include "base/pattern.h"
#include "base/util.h"
#include "check.h"

static struct arena *arena;

/* Returns whether a search for Python's pattern finds it in the text. */
static bool found(const char *python, const char *text)
{
    const char *pattern = pattern_posix(arena, python);
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

static void test_refused(void)
{
    static const char *const table[] = {"(?=a)", "(?P<x>a)", "a*?", "a+?",   "a{1,2}?", "(a)\\1",
                                        "[a",    "\\b",      "\\",  "[\\D]", "\\x41"};
    for (size_t i = 0; i < countof(table); i++)
        if (!CHECK(!pattern_posix(arena, table[i])))
            fprintf(stderr, "  %s\n", table[i]);
}

int main(void)
{
    arena = arena_new();
    test_found();
    test_refused();
    arena_free(arena);
    return check_result();
}
