/* caller_report.h - shows what calls which lambda. */
#ifndef DEPLOY_CALLER_REPORT_H
#define DEPLOY_CALLER_REPORT_H
#include <jansson.h>

struct callers;

/* Prints a line for each caller, of each kind up to 10; nothing if there is none. */
void callers_print(const struct callers *callers);
/* Returns the list of all callers (new). */
json_t *callers_json(const struct callers *callers);

#endif
