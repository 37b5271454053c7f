/* event.h - events as the sources of AWS send them to lambdas, made of the files
 * events/<source>.json of Gordon's data.
 *
 * A file has "about", words for people; "values", the names and defaults of what can be replaced;
 * and "event". A text in the latter two has holes: ${name}, or ${name|filter|filter}. A text that
 * is one hole becomes what its last filter makes, such as a number. With ? at the end of such a
 * hole, an empty value leaves out the key. An object with the one key "$gzip" becomes the base64 of
 * its compressed JSON. */
#ifndef EVENTS_EVENT_H
#define EVENTS_EVENT_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct event {
    const char *source;        /* "sqs" */
    const char *region;        /* which must be valid, see partition_of */
    const char *stage;         /* of an API */
    const char *const *values; /* instead of defaults: names, which end at '=' or NUL, each followed
                                * by its value, or by NULL if it has none */
    size_t n;                  /* of both together */
    bool indented;             /* for people to read; else on one line */
};

/* Returns the event as JSON, the same every time; NULL after errors, which are reported. */
const char *event_make(struct arena *arena, const struct event *event);

#endif
