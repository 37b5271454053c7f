#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mask.h"
#include "base/say.h"
#include "base/status_line.h"
#include "base/term.h"
#include "base/util.h"
#include "stacks/report.h"
#include "template/cfn.h"

static bool as_json;
static json_t *step; /* the file of the current step, a string; or NULL */

void report_json(bool json)
{
    as_json = json;
    status_line_quiet(json);
}

bool report_is_json(void)
{
    return as_json;
}

/* Masks secrets in all texts of an object or list. */
static void mask_texts(json_t *json)
{
    size_t i;
    const char *key;
    json_t *value;
    void *next;
    if (json_is_string(json))
        json_string_set(json, mask_text(json_string_value(json), MASK_EVERYWHERE));
    json_array_foreach(json, i, value)
        mask_texts(value);
    json_object_foreach_safe(json, next, key, value) mask_texts(value);
}

/* Prints an object (stolen) on a line; `type` comes first, then the step. */
static void print_object(const char *type, json_t *object)
{
    json_t *line = json_pack("{s:s}", "type", type);
    if (step && strcmp(type, "title") != 0)
        json_object_set(line, "step", step);
    json_object_update(line, object);
    json_decref(object);
    mask_texts(line);
    cfn_print_line(line);
    fflush(stdout);
}

static void end_step(void)
{
    status_line_phase(NULL);
    json_decref(step);
    step = NULL;
}

void report_title(const char *text)
{
    end_step();
    if (as_json) {
        print_object("title", json_pack("{s:s}", "text", text));
        return;
    }
    status_line_clear();
    say(stdout, "%s", text);
    fflush(stdout);
}

void report_step(const char *file, const char *kind)
{
    end_step();
    status_line_phase("asking AWS");
    step = json_string(file);
    if (as_json) {
        print_object("step", json_pack("{s:s}", "kind", kind));
        return;
    }
    say(stdout, "  %s (%s)", file, kind);
    fflush(stdout);
}

const char *report_color(const char *status)
{
    static const struct {
        const char *has, *color;
    } colors[] = {
        {"ROLLBACK", TERM_RED},
        {"FAILED", TERM_RED},
        {"IN_PROGRESS", TERM_CYAN},
        {"COMPLETE", TERM_GREEN},
    };
    for (size_t i = 0; i < countof(colors); i++)
        if (strstr(status, colors[i].has))
            return colors[i].color;
    return "";
}

void report_status(const char *status)
{
    if (as_json) {
        print_object("status", json_pack("{s:s}", "status", status));
        return;
    }
    const char *color = term_color(stdout, report_color(status));
    status_line_clear();
    printf("    %s%s%s\n", color, say_word(status), *color ? TERM_RESET : "");
    fflush(stdout);
}

static void print_part(const char *before, const char *color, const char *text)
{
    const char *code = term_color(stdout, color);
    printf("%s%s%s%s", before, code, say_word(text), *code ? TERM_RESET : "");
}

/* `after` follows it, dim; or NULL. */
static void print_text(const char *before, const char *color, const char *after, const char *format,
                       va_list args)
{
    struct arena *arena = arena_new();
    print_part(before, color, arena_vprintf(arena, format, args));
    if (after)
        print_part("  ", TERM_DIM, after);
    putchar('\n');
    fflush(stdout);
    arena_free(arena);
}

static void print_line(const char *type, json_t *object, const char *color, const char *after,
                       const char *format, va_list args)
{
    if (as_json) {
        print_object(type, object);
        return;
    }
    json_decref(object);
    status_line_clear();
    print_text("    ", color, after, format, args);
}

void report_line(const char *type, json_t *object, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line(type, object, "", NULL, format, args);
    va_end(args);
}

void report_colored(const char *color, const char *after, const char *type, json_t *object,
                    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line(type, object, color, after, format, args);
    va_end(args);
}

void report_below(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (!as_json)
        print_text("      ", "", NULL, format, args);
    va_end(args);
}

void report_sum_line(json_t *object, const char *format, ...)
{
    end_step();
    if (as_json) {
        print_object("sum", object);
        return;
    }
    va_list args;
    json_decref(object);
    va_start(args, format);
    print_text("", "", NULL, format, args);
    va_end(args);
}

void report_output(const char *name, const char *value, bool first)
{
    end_step();
    if (as_json) {
        print_object("output", json_pack("{s:s, s:s}", "name", name, "value", value));
        return;
    }
    if (first)
        printf("Project Outputs:\n");
    printf("  %s\n    %s\n", say_result(name), say_result(value));
    fflush(stdout);
}

void report_end(int status)
{
    end_step();
    if (as_json)
        print_object("end", json_pack("{s:i}", "status", status));
}
