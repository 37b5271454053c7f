/* logs.h - what lambdas of a stage have written, merged by time, and followed. */
#ifndef DEPLOY_LOGS_H
#define DEPLOY_LOGS_H
#include <stdbool.h>
#include <stddef.h>

struct aws;

/* A lambda whose log is read. */
struct log_source {
    const char *lambda; /* what the user calls it */
    const char *group;  /* its log group, which is made by the first call of the lambda */
};

struct logs {
    struct aws *aws;
    const struct log_source *sources;
    size_t count;
    long long since;     /* milliseconds since 1970 */
    const char *pattern; /* of CloudWatch, that events match; or NULL */
    bool follow;         /* go on until a signal comes */
    bool json;
};

/* Prints them on standard output; false after an error, and when a signal came. */
bool logs_run(const struct logs *logs);

#endif
