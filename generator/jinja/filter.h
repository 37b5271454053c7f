/* filter.h - the table of filters: value|name(parameters). */
#ifndef JINJA_FILTER_H
#define JINJA_FILTER_H

struct callee;

/* The filter of this name, NULL if there is none. */
const struct callee *filter_find(const char *name);
/* The name of the filter most similar to `name`, NULL if none is similar enough. */
const char *filter_nearest(const char *name);

#endif
