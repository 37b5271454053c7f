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

/* Whether it is JSON. Numbers may have any size, because their values are not used. */
static bool parse(const char *text, size_t len, json_error_t *error)
{
    json_t *json =
        json_loadb(text, len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, error);
    json_decref(json);
    return json != NULL;
}

bool payload_is_json(const char *text, size_t len)
{
    return parse(text, len, NULL);
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
