/* log_event.h - one event of a lambda's log, and how it is shown. */
#ifndef DEPLOY_LOG_EVENT_H
#define DEPLOY_LOG_EVENT_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct log_event {
    long long time; /* milliseconds since 1970 */
    size_t lambda;  /* the number of its lambda, which gives it a colour */
    size_t order;   /* in which it came */
    json_t *json;   /* as AWS has it: "message", "timestamp", "logStreamName", "eventId" */
};

/* How events are shown. */
struct log_view {
    const char *const *names; /* of the lambdas */
    int width;                /* of the longest of them, or 0: no line has a name */
    bool json;
};

/* By time, and else as they came; for qsort. */
int log_event_compare(const void *a, const void *b);
/* Prints an event: each line of it with its time and its lambda's name in front, or as one line of
 * JSON. */
void log_event_print(const struct log_event *event, const struct log_view *view);

#endif
