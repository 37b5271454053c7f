#include <string.h>

#include "base/mask.h"
#include "base/util.h"
#include "check.h"

/* Whether the text is shown as `expected`. */
static bool is(const char *text, const char *expected)
{
    const char *shown = mask_text(text, MASK_MESSAGES);
    bool ok = strcmp(shown, expected) == 0;
    if (!ok)
        fprintf(stderr, "  '%s' is shown as '%s'\n", text, shown);
    return ok;
}

static void test_text(void)
{
    CHECK(is("nothing is masked", "nothing is masked"));
    mask_add("hunter22", MASK_EVERYWHERE);
    mask_add("short", MASK_EVERYWHERE);
    mask_add("harmless", MASK_MESSAGES);
    CHECK(is("a hunter22, hunter22hunter22", "a ..., ..."));
    CHECK(is("hunter2 short", "hunter2 short"));
    CHECK(is("harmless", "...") && strcmp(mask_text("harmless", MASK_EVERYWHERE), "harmless") == 0);
    CHECK(strcmp(mask_text("hunter22", MASK_EVERYWHERE), "...") == 0);
    mask_add("hunter22 and more", MASK_EVERYWHERE);
    CHECK(is("hunter22 and more", "...") && is("hunter22 and", "... and"));
    mask_end();
    CHECK(is("hunter22", "hunter22"));
}

static void test_lines(void)
{
    mask_add("  first line\r\n\nab\n\tlast \"line\"\n", MASK_EVERYWHERE);
    CHECK(is("x first line y last \"line\"", "x ... y ..."));
    CHECK(is("ab last \\\"line\\\"", "ab ..."));
    CHECK(is("  first line\\r\\n\\nab\\n\\tlast \\\"line\\\"\\n", "..."));
    mask_end();
}

static void test_escapes(void)
{
    mask_add("pä/ss\"wörd\\😀\n&é'x", MASK_EVERYWHERE);
    CHECK(is("\"p\\u00e4\\/ss\\\"w\\u00F6rd\\\\\\ud83d\\uDE00\\n&\\u00e9'x\"", "\"...\""));
    CHECK(is("p\\u00e4\\u002fss\\u0022w\\u00F6rd\\u005c\\uD83D\\ude00\\u000a\\u0026é\\u0027x",
             "..."));
    CHECK(is("p\\xc3\\xa4/ss\"w\\303\\266rd\\\\\\U0001f600\\n&\\u{e9}\\'x", "..."));
    CHECK(is("pä/ss&quot;w&#246;rd\\\\&#x1F600;\\n&amp;é&#39;x", "..."));
    CHECK(is("p%C3%A4%2Fss%22w%c3%b6rd%5C%F0%9F%98%80%0A%26%C3%A9%27x", "..."));
    CHECK(is("p\\\\u00e4\\/ss\\\\\\\"w\\\\u00f6rd\\\\\\\\\\\\ud83d\\\\ude00\\\\n&\\\\u00e9'x",
             "..."));
    CHECK(is(
        "\\ \\u \\u12 \\ud83d\\ud83d \\x \\x1 \\9 % %2 &; &#; &#x; &#99999999; \\", /* no escapes */
        "\\ \\u \\u12 \\ud83d\\ud83d \\x \\x1 \\9 % %2 &; &#; &#x; &#99999999; \\"));
    mask_end();
    mask_add("a b+c d", MASK_EVERYWHERE);
    CHECK(is("x=a+b%2Bc+d&y", "x=...&y") && is("a%20b+c%20d", "..."));
    mask_end();
}

static void test_base64(void)
{
    mask_add("hunter22?>secret", MASK_EVERYWHERE);
    CHECK(is("aHVudGVyMjI/PnNlY3JldA==", "...=="));
    CHECK(is("aHVudGVyMjI_PnNlY3JldA", "..."));
    CHECK(is("Basic dTpodW50ZXIyMj8+c2VjcmV0", "Basic dT...")); /* "u:" before it */
    CHECK(is("'eGh1bnRlcjIyPz5zZWNyZXR5eno=", "'e...5eno="));   /* "x" before, "yzz" after it */
    CHECK(is("aHVudGVy\n    MjI/PnNl\n    Y3JldA==", "...=="));
    CHECK(is("aHVudGVy\\nMjI/PnNl\\nY3JldA==", "...=="));
    CHECK(is("aHVudGVyMjI%2FPnNlY3JldA%3D%3D", "...%3D%3D"));
    CHECK(is("YUhWdWRHVnlNakkvUG5ObFkzSmxkQT09", "...09")); /* twice */
    CHECK(is("68756E74657232323f3e736563726574", "...") &&
          is("x'a68756E74657232323f3e736563726574'", "x'a...'"));
    mask_end();
}

/* A pattern that could be matched in many ways takes no time. */
static void test_time(void)
{
    char secret[4097], text[20001];
    memset(secret, '\\', sizeof secret - 1);
    memset(text, '\\', sizeof text - 1);
    secret[sizeof secret - 1] = text[sizeof text - 1] = '\0';
    secret[sizeof secret - 2] = 'x';
    mask_add(secret, MASK_EVERYWHERE);
    CHECK(is(text, text));
    mask_end();
}

int main(void)
{
    test_text();
    test_lines();
    test_escapes();
    test_base64();
    test_time();
    return check_result();
}
