/* log_event.h - prints the events of lambdas' logs. */
#ifndef DEPLOY_LOG_EVENT_H
#define DEPLOY_LOG_EVENT_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct log_event {
    long long time; /* milliseconds since 1970 */
    size_t lambda;  /* the index of its lambda, which also chooses its colour */
    size_t order;   /* of arrival */
    json_t *json;   /* of AWS: "message", "timestamp", "logStreamName", "eventId" */
};

/* How events are shown. */
struct log_view {
    const char *const *names; /* of the lambdas */
    int width;                /* of the longest name; 0: lines show no names */
    bool json;
};

/* For qsort: by time, then by order of arrival. */
int log_event_compare(const void *a, const void *b);
/* Prints each line of an event behind its time and its lambda's name; or the event as one line of
 * JSON. */
void log_event_print(const struct log_event *event, const struct log_view *view);

#endif
