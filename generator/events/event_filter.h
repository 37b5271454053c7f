/* event_filter.h - what the holes of an event make of their values, see event.h. */
#ifndef EVENTS_EVENT_FILTER_H
#define EVENTS_EVENT_FILTER_H
#include <jansson.h>
#include <stddef.h>

/* Returns the result (new) of the filter with this name, of `len` bytes, for a value. If the value
 * is not what the filter takes, returns NULL and sets `*wanted` to what it takes. */
json_t *event_filter(const char *name, size_t len, const json_t *value, const char **wanted);

#endif
