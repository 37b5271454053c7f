/* filter.h - the filters: value|name(parameters). */
#ifndef JINJA_FILTER_H
#define JINJA_FILTER_H

struct callee;

/* The filter of this name, or NULL. */
const struct callee *filter_find(const char *name);
/* The name of a filter most like `name`, or NULL without one. */
const char *filter_nearest(const char *name);

#endif
