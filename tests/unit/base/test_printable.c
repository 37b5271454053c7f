#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/util.h"
#include "check.h"

/* What printable_write prints of the text; the caller frees it. */
static char *written(const char *text, size_t len, enum printable as)
{
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);
    printable_write(stream, text, len, as);
    fclose(stream);
    return out;
}

/* Whether both ways to print the text give `expected`. */
static bool is(const char *text, enum printable as, const char *expected)
{
    char *copy = strdup(text), *out = written(text, strlen(text), as);
    bool ok = strcmp(out, expected) == 0;
    if (as != PRINTABLE_JSON)
        ok = printable_clean(copy, strlen(copy), as) == strlen(expected) &&
             strcmp(copy, expected) == 0 && ok;
    if (!ok)
        fprintf(stderr, "  '%s' is shown as '%s'\n", expected, out);
    free(copy);
    free(out);
    return ok;
}

static void test_characters(void)
{
    CHECK(is("", PRINTABLE_WORD, ""));
    CHECK(is("a é 😀 \xE2\x80\x8D \xC2\xAD", PRINTABLE_WORD, "a é 😀 \xE2\x80\x8D \xC2\xAD"));
    CHECK(is("\x1b[31m\x07\x7f\x01", PRINTABLE_WORD, "?[31m???"));
    CHECK(is("a\tb\nc\rd", PRINTABLE_WORD, "a?b?c?d"));
    CHECK(is("a\tb\nc\rd", PRINTABLE_LINES, "a\tb\nc?d"));
    CHECK(is("a\r\r\nb\r\n::c\r", PRINTABLE_LINES, "a?\nb\n?:c?"));
    CHECK(is("\xC2\x80\xC2\x9B\xC2\x9F\xC2\xA0", PRINTABLE_WORD, "???\xC2\xA0"));
    CHECK(is("\xE2\x80\x8B\xE2\x80\x8E\xD8\x9C\xEF\xBB\xBF", PRINTABLE_WORD, "????"));
    CHECK(is("\xE2\x80\xA8\xE2\x80\xAE\xE2\x81\xA6\xF3\xA0\x81\x81", PRINTABLE_WORD, "????"));
}

static void test_bytes(void)
{
    CHECK(is("\x80\x9b\xff\xC2", PRINTABLE_WORD, "????"));
    CHECK(is("\xE2\x80", PRINTABLE_LINES, "??"));                  /* it ends within a character */
    CHECK(is("\xED\xA0\x80\xC0\x80z", PRINTABLE_LINES, "?????z")); /* a surrogate, a long form */
    char *out = written("a\0b\xC2\x9B", 4, PRINTABLE_LINES);       /* only a part of the text */
    CHECK(strcmp(out, "a?b?") == 0);
    free(out);
}

static void test_commands(void)
{
    CHECK(is("::error::x", PRINTABLE_WORD, "?:error::x"));
    CHECK(is("a ::error::x std::move ::1", PRINTABLE_WORD, "a ::error::x std::move ::1"));
    CHECK(is("a\n \t\xC2\xA0::error::x\n::1\n::::a", PRINTABLE_LINES,
             "a\n \t\xC2\xA0?:error::x\n::1\n::::a"));
    CHECK(is("\x1b::a", PRINTABLE_WORD, "?::a"));
    CHECK(is("x ##[error]y ##vso[task] ##teamcity[a", PRINTABLE_WORD,
             "x ?#[error]y ?#vso[task] ?#teamcity[a"));
    CHECK(is("## [1] # # ## ###[a ##", PRINTABLE_WORD, "## [1] # # ## #?#[a ##"));
}

/* Whether the text without sequences is `expected`. */
static bool strips(const char *text, const char *expected)
{
    char *copy = strdup(text);
    printable_strip(copy);
    bool ok = strcmp(copy, expected) == 0;
    free(copy);
    return ok;
}

static void test_sequences(void)
{
    CHECK(strips("", ""));
    CHECK(strips("a[0m\x1b", "a[0m\x1b"));
    CHECK(strips("\x1b[0m\x1b[1;38:5:9mred\x1b[m\x1b[K \x1b[?25l\x1b[2Jx", "red x"));
    CHECK(strips("\x1b]8;;https://a.b\x1b\\link\x1b]8;;\a!", "link!"));
    CHECK(strips("\x1b[0\nx\x1b]8;;a\nb\a\x1b(B", "\x1b[0\nx\x1b]8;;a\nb\a\x1b(B"));
    CHECK(strips("\x1b[\x1b[0m0m", "\x1b[0m"));
    CHECK(strips(":\x1b[1m:error", "::error"));
    CHECK(strips("\x1b[", "\x1b["));
    CHECK(strips("\x1b]", "\x1b]"));
}

static void test_json(void)
{
    CHECK(is("{\"a\": \"é\x7f\xC2\x9B\xE2\x80\xAE\"}\r\n", PRINTABLE_JSON,
             "{\"a\": \"é\\u007F\\u009B\\u202E\"} \n"));
    CHECK(is("\"\xF3\xA0\x81\x81##[a]\"", PRINTABLE_JSON, "\"\\uDB40\\uDC41\\u0023#[a]\""));
}

int main(void)
{
    test_characters();
    test_bytes();
    test_commands();
    test_sequences();
    test_json();
    return check_result();
}
