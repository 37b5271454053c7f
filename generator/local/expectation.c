#include "local/expectation.h"

#include <jansson.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/pattern.h"
#include "base/util.h"
#include "local/one_run.h"

enum { DIFFERENCES_MOST = 20, VALUE_MOST = 200 };

/* --- differences of two JSON values --------------------------------------------------------- */

struct differences {
    struct arena *arena;
    struct buf text; /* a line for each */
    size_t n;
};

static const char *shown(struct arena *arena, const json_t *value)
{
    char *dumped = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    const char *text = strlen(dumped) > VALUE_MOST
                           ? arena_printf(arena, "%.*s...", VALUE_MOST, dumped)
                           : arena_strdup(arena, dumped);
    free(dumped);
    return text;
}

/* Either value may be NULL: it is not there. */
static void add(struct differences *d, const char *path, const json_t *got, const json_t *expected)
{
    if (++d->n > DIFFERENCES_MOST)
        return;
    buf_printf(&d->text, "%s: ", *path ? path : "the answer");
    if (!got)
        buf_printf(&d->text, "is missing; expected %s\n", shown(d->arena, expected));
    else if (!expected)
        buf_printf(&d->text, "is not expected: %s\n", shown(d->arena, got));
    else
        buf_printf(&d->text, "got %s\n%*sexpected %s\n", shown(d->arena, got),
                   (int)strlen(*path ? path : "the answer") + 2, "", shown(d->arena, expected));
}

static void compare(struct differences *d, const char *path, const json_t *got,
                    const json_t *expected);

static void compare_objects(struct differences *d, const char *path, const json_t *got,
                            const json_t *expected)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)expected, key, value)
        compare(d, arena_printf(d->arena, "%s.%s", path, key), json_object_get(got, key), value);
    json_object_foreach((json_t *)got, key, value)
        if (!json_object_get(expected, key))
            add(d, arena_printf(d->arena, "%s.%s", path, key), value, NULL);
}

static void compare_arrays(struct differences *d, const char *path, const json_t *got,
                           const json_t *expected)
{
    size_t n = json_array_size(got), m = json_array_size(expected);
    for (size_t i = 0; i < n || i < m; i++)
        compare(d, arena_printf(d->arena, "%s[%zu]", path, i), json_array_get(got, i),
                json_array_get(expected, i));
}

/* 1 and 1.0 are equal. */
static bool same_number(const json_t *a, const json_t *b)
{
    return json_is_number(a) && json_is_number(b) && json_number_value(a) == json_number_value(b);
}

static void compare(struct differences *d, const char *path, const json_t *got,
                    const json_t *expected)
{
    if (json_is_object(got) && json_is_object(expected))
        compare_objects(d, path, got, expected);
    else if (json_is_array(got) && json_is_array(expected))
        compare_arrays(d, path, got, expected);
    else if (!got || !expected || (!json_equal(got, expected) && !same_number(got, expected)))
        add(d, path, got, expected);
}

/* --- the kinds of expectations -------------------------------------------------------------- */

static json_t *read_file(struct arena *arena, const char *path)
{
    json_error_t error;
    size_t len;
    char *text = file_read(arena, path, &len);
    json_t *json =
        text ? json_loadb(text, len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error) : NULL;
    if (!text)
        diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be read");
    else if (!json)
        diag_error(EXIT_VALUE,
                   (struct pos){.file = path, .line = error.line, .column = error.column},
                   "is not JSON: %s", error.text);
    return json;
}

static bool equals_file(struct arena *arena, const char *path, const char *lambda,
                        const struct one_run *run)
{
    struct differences d = {.arena = arena};
    json_t *expected = read_file(arena, path);
    if (!expected)
        return false;
    json_t *got =
        json_loadb(run->text.len ? run->text.data : "", run->text.len, JSON_DECODE_ANY, NULL);
    if (!got)
        diag_error(EXIT_OTHER, (struct pos){.file = path}, "the answer of '%s' is not JSON",
                   lambda);
    else
        compare(&d, "", got, expected);
    if (d.n > DIFFERENCES_MOST)
        buf_printf(&d.text, "and %zu more\n", d.n - DIFFERENCES_MOST);
    if (d.n) {
        diag_error(EXIT_OTHER, (struct pos){.file = path},
                   "the answer of '%s' is another one than expected:", lambda);
        diag_lines(d.text.data);
    }
    bool same = got && !d.n;
    buf_free(&d.text);
    json_decref(expected);
    json_decref(got);
    return same;
}

static bool compile(struct arena *arena, const char *pattern, regex_t *regex)
{
    const char *problem = NULL;
    char *posix = pattern_posix(arena, pattern, &problem);
    int failed = posix ? regcomp(regex, posix, REG_EXTENDED | REG_NOSUB) : 0;
    if (posix && !failed)
        return true;
    return diag_error(EXIT_USAGE, (struct pos){0}, "--expect-regex '%s': %s", pattern,
                      posix ? "is no regular expression" : problem);
}

static bool matches(struct arena *arena, const char *pattern, const char *lambda,
                    const struct one_run *run)
{
    regex_t regex;
    if (!compile(arena, pattern, &regex))
        return false;
    bool ok = regexec(&regex, run->text.len ? run->text.data : "", 0, NULL, 0) == 0;
    regfree(&regex);
    return ok || diag_error(EXIT_OTHER, (struct pos){0}, "the answer of '%s' does not match '%s'",
                            lambda, pattern);
}

bool expectation_is_sound(struct arena *arena, const struct expectation *expectation)
{
    regex_t regex;
    if (!expectation->pattern)
        return true;
    bool ok = compile(arena, expectation->pattern, &regex);
    if (ok)
        regfree(&regex);
    return ok;
}

bool expectation_met(struct arena *arena, const struct expectation *expectation, const char *lambda,
                     const struct one_run *run)
{
    bool failed = run->end == RUN_FAILED || run->end == RUN_LATE;
    if (expectation->error)
        return failed || diag_error(EXIT_OTHER, (struct pos){0},
                                    "'%s' was expected to fail, but has answered", lambda);
    if (expectation->file)
        return equals_file(arena, expectation->file, lambda, run);
    return !expectation->pattern || matches(arena, expectation->pattern, lambda, run);
}
