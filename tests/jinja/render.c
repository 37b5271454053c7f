/* Renders templates for compare.py. The first line of standard input is a JSON object of names,
 * each other line a template as a JSON string. The answers are lines: {"text": ...} or {"error":
 * ...}. This program replaces diag_error of diag.c, and ignores warnings. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jinja/render.h"

static char error[4096];

bool diag_error(enum exit_code code, struct pos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)code, (void)pos;
    vsnprintf(error, sizeof error, format, args);
    va_end(args);
    return false;
}

void diag_warning(struct pos pos, const char *format, ...)
{
    (void)pos, (void)format;
}

static json_t *lookup(const char *name, void *names)
{
    return json_incref(json_object_get(names, name));
}

static json_t *read_json(char **line, size_t *cap)
{
    json_error_t problem;
    if (getline(line, cap, stdin) < 0)
        return NULL;
    json_t *json = json_loads(*line, JSON_DECODE_ANY | JSON_ALLOW_NUL, &problem);
    if (!json)
        fatal("%s: %s", problem.text, *line);
    return json;
}

int main(void)
{
    char *line = NULL;
    size_t cap = 0;
    setlocale(LC_CTYPE, "C.UTF-8");
    json_t *names = read_json(&line, &cap);
    for (json_t *template; (template = read_json(&line, &cap)); json_decref(template)) {
        struct arena *arena = arena_new();
        struct pos pos = {"settings.yml", 1, 1, 1};
        *error = '\0';
        char *text = jinja_render(arena, json_string_value(template), pos, lookup, names);
        if (!text == !*error)
            fatal("a result, or an error, but not both: %s", line);
        json_t *answer = json_pack("{s:s}", text ? "text" : "error", text ? text : error);
        json_dumpf(answer, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
        putchar('\n');
        json_decref(answer);
        arena_free(arena);
    }
    json_decref(names);
    free(line);
    return 0;
}
