#include <string.h>

#include "base/utf8.h"
#include "check.h"

static void test_all(void)
{
    unsigned wrong = 0;
    for (unsigned code = 1; code < 0x110000; code++) {
        char text[5] = {0};
        size_t len = utf8_put(text, code);
        if (code >> 11 == 0xD800 >> 11) /* surrogates are none of UTF-8 */
            wrong += utf8_length(text) != 0;
        else
            wrong += utf8_length(text) != len || utf8_code(text, len) != code;
    }
    CHECK(wrong == 0);
}

static void test_wrong(void)
{
    static const char *const wrong[] = {
        "",         "\x80",         "\xC0\x80",         "\xC3",
        "\xE2\x80", "\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(utf8_length(wrong[i]) == 0);
    CHECK(utf8_length("é") == 2 && utf8_length("€") == 3 && utf8_length("😀") == 4);
}

int main(void)
{
    test_all();
    test_wrong();
    return check_result();
}
