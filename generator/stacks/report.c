#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/status_line.h"
#include "base/term.h"
#include "base/util.h"
#include "stacks/report.h"

static bool as_json;
static json_t *step; /* the file of the step that goes on, a string */

void report_json(bool json)
{
    as_json = json;
    status_line_quiet(json);
}

bool report_is_json(void)
{
    return as_json;
}

/* Prints an object (stolen) on a line; `type` comes first, then the step. */
static void print_object(const char *type, json_t *object)
{
    json_t *line = json_pack("{s:s}", "type", type);
    if (step && strcmp(type, "title") != 0)
        json_object_set(line, "step", step);
    json_object_update(line, object);
    json_decref(object);
    char *text = json_dumps(line, JSON_COMPACT);
    puts(text ? text : "{}");
    free(text);
    json_decref(line);
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
    printf("%s\n", text);
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
    printf("  %s (%s)\n", diag_clean(file), kind);
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
    printf("    %s%s%s\n", color, diag_clean(status), *color ? TERM_RESET : "");
    fflush(stdout);
}

void report_line(const char *type, json_t *object, const char *format, ...)
{
    if (as_json) {
        print_object(type, object);
        return;
    }
    va_list args;
    json_decref(object);
    status_line_clear();
    printf("    ");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
    fflush(stdout);
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
    vprintf(format, args);
    va_end(args);
    printf("\n");
    fflush(stdout);
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
    printf("  %s\n    %s\n", diag_clean_result(name), diag_clean_result(value));
    fflush(stdout);
}

void report_end(int status)
{
    end_step();
    if (as_json)
        print_object("end", json_pack("{s:i}", "status", status));
}
