/* report.h - what commands on a deployment tell of their work: the lines of their result, on standard
 * output, for people; or with --json one object a line, for programs. A line for people is printed at
 * once even into a pipe, as each is an event. */
#ifndef REPORT_H
#define REPORT_H
#include <jansson.h>
#include <stdbool.h>

/* From now on every line is a JSON object. Its "type" says what it is: "title", "step", "status",
 * "upload", "event", "change", "code", "parameter", "output", "note" or "error". */
void report_json(bool json);
bool report_is_json(void);

/* "Applying project..." */
void report_title(const char *text);
/* "  0001_p.json (cloudformation)"; what follows is part of this step. */
void report_step(const char *file, const char *kind);
/* "    CREATE_COMPLETE": how a step ended. */
void report_status(const char *status);
/* "    text", and { "type": type } with `object` (stolen) in it; `text` may have several lines. */
void report_line(const char *type, json_t *object, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The project's outputs, in this order. */
void report_outputs(const char *const *names, const char *const *values, size_t n);
/* What `--json` has of an error: the first one of a run, after the run. */
void report_error(const char *message);

/* A status as terminals show it: good, bad or going on; no colour elsewhere. */
const char *report_color(const char *status);

#endif
