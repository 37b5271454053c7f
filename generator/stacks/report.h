/* report.h - the result of commands that work on a stage, on standard output: lines for people or,
 * with --json, one object per line for programs. Each line is printed at once, also into a pipe. */
#ifndef STACKS_REPORT_H
#define STACKS_REPORT_H
#include <jansson.h>
#include <stdbool.h>

/* Whether every line is a JSON object from now on; there is no status line then. The "type" of an
 * object is "title", "step", "status", "upload", "event", "change", "code", "parameter",
 * "moved-back", "bucket", "kept", "output", "note", "sum" or "end". */
void report_json(bool json);
bool report_is_json(void);

/* "Applying project..." */
void report_title(const char *text);
/* "  0001_p.json (cloudformation)"; the following lines are part of this step. */
void report_step(const char *file, const char *kind);
/* "    CREATE_COMPLETE": how a step ended. */
void report_status(const char *status);
/* "    text", of one or more lines; or {"type": type} with the keys of `object` (stolen). */
void report_line(const char *type, json_t *object, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A last line that sums up the result; or {"type": "sum"} with the keys of `object` (stolen). */
void report_sum_line(json_t *object, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Like report_line, in a colour of base/term.h. `after` follows, dim; or NULL. */
void report_colored(const char *color, const char *after, const char *type, json_t *object,
                    const char *format, ...) printf_like(5, 6);
/* A line below the last one of report_line, further in; nothing with --json. */
void report_below(const char *format, ...) printf_like(1, 2);
/* One of the project's outputs; before the first one stands their title. */
void report_output(const char *name, const char *value, bool first);
/* The end: {"type": "end", "status": EXIT_STATUS} with --json, nothing without. Errors go to
 * standard error, also with --json. */
void report_end(int status);

/* Returns the colour of a status for term_color: good, bad or in progress; "" for others. */
const char *report_color(const char *status);

#endif
