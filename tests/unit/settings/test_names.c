#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "check.h"
#include "settings/names.h"

/* Results of Python: "".join(re.split("[^A-Za-z0-9]+", text.title())). tests/yaml/names.py compares
 * many more, with the ids that `test_settings_names -` prints for lines. */
static const struct {
    const char *piece, *id;
} ids[] = {
    {"", ""},
    {"pyday", "Pyday"},
    {"CamelCase", "Camelcase"},
    {"ALLCAPS", "Allcaps"},
    {"my2nd", "My2Nd"},
    {"my_2nd-name", "My2NdName"},
    {"1st", "1St"},
    {"a1b2c", "A1B2C"},
    {"don't", "DonT"},
    {"--", ""},
    {"x.y/z", "XYZ"},
    {"stra\u00DFe", "Strae"},     /* ß has no ASCII lower case */
    {"\u00DFa", "Ssa"},           /* and becomes Ss at the beginning */
    {"\u0130stanbul", "stanbul"}, /* İ is upper case already */
    {"x\u0130y", "Xiy"},          /* and is i with a dot in lower case */
    {"\u0131x", "Ix"},            /* ı */
    {"\u017Fet", "Set"},          /* ſ */
    {"a\u212Ag", "Akg"},          /* the Kelvin sign */
    {"\uFB01ne", "Fine"},         /* the ligature fi */
    {"of\uFB01ce", "Ofce"},       /* whose lower case is itself */
    {"\u0149a", "Na"},            /* ŉ */
    {"\u01C6a", "a"},             /* ǆ has case, so the next letter is lower case */
    {"\u01C5A", "a"},             /* so is its title case */
    {"\u00E9t\u00E9", "t"},       /* é */
    {"\u0436a", "a"},             /* Cyrillic */
    {"\u03C3A\u03A3B", "ab"},     /* Greek */
    {"\u65E5a\u672Cb", "AB"},     /* CJK has no case, so the next letter is upper case */
    {"a\u00AAb", "Ab"},           /* ª has case (Other_Lowercase) */
    {"a\u2170b", "Ab"},           /* so have Roman numerals */
    {"a\u0301b", "AB"},           /* a combining accent has none */
    {"a\u0345b", "Ab"},           /* but the iota subscript has */
    {"\U0001D41Aa", "a"},         /* mathematical a */
    {"\U0001F600a", "A"},         /* an emoji */
    {"a\xFF"
     "b",
     "AB"},         /* invalid UTF-8 is dropped */
    {"a\xC3", "A"}, /* so is an incomplete character */
    {"\xE9t\xE9s", "TS"},
};

static void test_id_of_one_piece(void)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < countof(ids); i++) {
        const char *id = name_id(arena, ids[i].piece, NULL);
        if (!CHECK(strcmp(id, ids[i].id) == 0))
            fprintf(stderr, "  '%s' becomes %s, not %s\n", ids[i].piece, id, ids[i].id);
    }
    arena_free(arena);
}

/* Each piece begins with an upper case letter, so "a", "b" differs from "ab". */
static void test_id_of_pieces(void)
{
    struct arena *arena = arena_new();
    CHECK(strcmp(name_id(arena, "pyday", "pyday", NULL), "PydayPyday") == 0);
    CHECK(strcmp(name_id(arena, "contrib_lambdas", "", "version", NULL), "ContribLambdasVersion") ==
          0);
    CHECK(strcmp(name_id(arena, NULL), "") == 0);
    arena_free(arena);
}

static void test_joined_names(void)
{
    struct arena *arena = arena_new();
    CHECK(strcmp(name_zip_key(arena, "app", "hello"), "app_hello.zip") == 0);
    CHECK(strcmp(name_zip_key(arena, "", "a\x1b\xC2\x9B\u061c\u200b\u202e\ufeff\ufff9\u00e9"),
                 "_a-------\u00e9.zip") == 0); /* no control of a terminal is in it */
    CHECK(strcmp(name_stack(arena, "dev", "demo", "r"), "dev-demo-r") == 0);
    arena_free(arena);
}

static void test_stages(void)
{
    static const char *const right[] = {"dev", "qa", "a1", "a-b", "a123456789abcdef", "ab-"};
    static const char *const wrong[] = {"",   "d",   "Dev", "a_b", "a123456789abcdefg", "2024",
                                        "1a", "-ab", "a b", "a.b", "d\u00E9v"};
    for (size_t i = 0; i < countof(right); i++)
        CHECK(name_is_stage(right[i]));
    for (size_t i = 0; i < countof(wrong); i++)
        CHECK(!name_is_stage(wrong[i]));
}

static void test_sets(void)
{
    CHECK(str_is_made_of("aZ09", STR_ALNUM));
    CHECK(!str_is_made_of("a-b", STR_ALNUM));
    CHECK(!str_is_made_of("", STR_ALNUM));
}

/* Prints the id of each line of standard input, for tests/yaml/names.py. */
static int print_ids(void)
{
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t len; (len = getline(&line, &cap, stdin)) > 0;) {
        struct arena *arena = arena_new();
        line[len - 1] = '\0'; /* the line end */
        puts(name_id(arena, line, NULL));
        arena_free(arena);
    }
    free(line);
    return 0;
}

int main(int argc, char *argv[])
{
    if (argc == 2 && strcmp(argv[1], "-") == 0)
        return print_ids();
    test_id_of_one_piece();
    test_id_of_pieces();
    test_joined_names();
    test_stages();
    test_sets();
    return check_result();
}
