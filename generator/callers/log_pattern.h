/* log_pattern.h - checks filter patterns of CloudWatch Logs. */
#ifndef CALLERS_LOG_PATTERN_H
#define CALLERS_LOG_PATTERN_H
#include <stdbool.h>

struct node;

/* Checks a `filter_pattern`: text in one of the forms {...}, [...] or terms, or a function. Reports
 * what CloudWatch refuses, as far as quotes and brackets show it (CloudWatch Logs User Guide,
 * "Filter pattern syntax"). Warns of terms that need quotes. */
bool log_pattern_check(const struct node *pattern);

#endif
