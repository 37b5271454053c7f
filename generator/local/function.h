/* function.h - a lambda as Lambda would run it: its unpacked code, its configuration and its
 * environment. */
#ifndef LOCAL_FUNCTION_H
#define LOCAL_FUNCTION_H
#include <stddef.h>

struct function {
    const char *reference; /* "app.name" */
    const char *name;      /* as in AWS */
    const char *arn;
    const char *region;
    const char *runtime;    /* AWS's identifier, "python3.13" */
    const char *handler;    /* or "" */
    long memory;            /* MB */
    long timeout;           /* seconds */
    const char *task;       /* the folder of its code, which cannot be written to */
    const char *opt;        /* the folder of its layers, or NULL */
    const char **variables; /* "NAME=value" of its configuration */
    size_t nvariables;
};

#endif
