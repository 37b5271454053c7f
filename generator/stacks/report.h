/* report.h - what commands on a deployment tell of their work: the lines of their result, on
 * standard output, for people; or with --json one object a line, for programs. A line for people is
 * printed at once even into a pipe, as each is an event. */
#ifndef STACKS_REPORT_H
#define STACKS_REPORT_H
#include <jansson.h>
#include <stdbool.h>

/* From now on every line is a JSON object. Its "type" says what it is: "title", "step", "status",
 * "upload", "event", "change", "code", "parameter", "moved-back", "bucket", "output", "note", "sum"
 * or "end".
 */
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
/* A line at the end that sums up what was reported; {"type": "sum"} with `object` (stolen). */
void report_sum_line(json_t *object, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One of the project's outputs; the first one brings their title. */
void report_output(const char *name, const char *value, bool first);
/* How the command ended: with --json, {"type": "end", "status": EXIT_STATUS}; nothing else. What
 * went wrong is told on standard error, for programs, too. */
void report_end(int status);

/* A status as terminals show it: good, bad or going on; no colour elsewhere. */
const char *report_color(const char *status);

#endif
