#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "deploy/payload.h"

enum { PAYLOAD_MAX = 6 * 1024 * 1024 }; /* Lambda quotas, "Invocation payload" */

static const char standard_input[] = "standard input", nothing[] = "{}";

/* The length of the number at `c` (RFC 8259, "Numbers"), or 0. */
static size_t number_length(const char *c)
{
    size_t len = *c == '-', digits = strspn(c + len, STR_DIGITS);
    if (!digits || (digits > 1 && c[len] == '0'))
        return 0;
    len += digits;
    digits = c[len] == '.' ? strspn(c + len + 1, STR_DIGITS) : 0;
    len += digits ? digits + 1 : 0;
    size_t sign = c[len] == 'e' || c[len] == 'E' ? 1 + (c[len + 1] == '+' || c[len + 1] == '-') : 0;
    digits = sign ? strspn(c + len + sign, STR_DIGITS) : 0;
    return digits ? len + sign + digits : len;
}

/* Writes 0 and blanks in place of each number outside of strings. */
static void drop_numbers(char *text, size_t len)
{
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        size_t size = quoted ? 0 : number_length(text + i);
        if (text[i] == '"')
            quoted = !quoted;
        else if (quoted && text[i] == '\\')
            i++;
        if (!size)
            continue;
        memset(text + i, ' ', size);
        text[i] = '0';
        i += size - 1;
    }
}

static bool load(const char *text, size_t len, json_error_t *error)
{
    json_t *json =
        json_loadb(text, len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, error);
    json_decref(json);
    return json != NULL;
}

/* Whether it is JSON. Numbers may have any size, because their values are not used. */
static bool parse(const char *text, size_t len, json_error_t *error)
{
    if (load(text, len, error))
        return true;
    if (json_error_code(error) != json_error_numeric_overflow)
        return false;
    struct arena *arena = arena_new();
    char *copy = arena_strndup(arena, text, len);
    drop_numbers(copy, len);
    bool ok = load(copy, len, error);
    arena_free(arena);
    return ok;
}

bool payload_is_json(const char *text, size_t len)
{
    json_error_t error;
    return parse(text, len, &error);
}

/* Reads standard input, not /dev/stdin, which cannot be opened if it is a socket. Stops after
 * PAYLOAD_MAX. NULL with errno after an error. */
static const char *read_input(struct arena *arena, size_t *len)
{
    struct buf all = {0};
    char part[16384];
    ssize_t n = 1;
    while (all.len <= PAYLOAD_MAX && n != 0) {
        n = read(STDIN_FILENO, part, sizeof part);
        if (n < 0 && errno != EINTR)
            break;
        buf_add(&all, part, n > 0 ? (size_t)n : 0);
    }
    const char *text = n < 0 ? NULL : arena_strndup(arena, all.data, all.len);
    *len = all.len;
    buf_free(&all);
    return text;
}

static bool is_blank(const char *text, size_t len)
{
    return strspn(text, " \t\r\n") == len;
}

static bool check(const char *path, const char *text, size_t len)
{
    json_error_t error;
    if (len > PAYLOAD_MAX)
        return diag_error(EXIT_VALUE, (struct pos){.file = path},
                          "a lambda takes a payload of up to 6 MB (%d bytes)", PAYLOAD_MAX);
    if (is_blank(text, len))
        return diag_error(EXIT_VALUE, (struct pos){.file = path}, "there is no JSON in it");
    if (parse(text, len, &error))
        return true;
    char *quoted = strstr(error.text, " near '"); /* what follows is of the payload */
    int column = error.column ? error.column : 1;
    return diag_error(EXIT_VALUE, (struct pos){path, error.line, column, 1},
                      "this is not JSON: %.*s",
                      quoted ? (int)(quoted - error.text) : (int)sizeof error.text, error.text);
}

const char *payload_read(struct arena *arena, const char *path)
{
    if (!path && isatty(STDIN_FILENO))
        return nothing;
    bool input = !path || strcmp(path, "-") == 0;
    const char *name = input ? standard_input : path, *text;
    size_t len;
    text = input ? read_input(arena, &len) : file_read_stream(arena, path, &len);
    diag_conceal(name);
    if (!text) {
        diag_error(EXIT_OTHER, (struct pos){.file = name}, "cannot be read: %s", strerror(errno));
        return NULL;
    }
    if (!path && is_blank(text, len))
        return nothing;
    return check(name, text, len) ? text : NULL;
}
