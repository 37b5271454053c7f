/* logs.h - prints the logs of lambdas of a stage, merged by time, and follows them. */
#ifndef DEPLOY_LOGS_H
#define DEPLOY_LOGS_H
#include <stdbool.h>
#include <stddef.h>

struct aws;

/* A lambda whose log is read. */
struct log_source {
    const char *lambda;   /* its name for the user: "app.name" */
    const char *function; /* the function's name */
    const char *group;    /* its log group (deploy/log_group.h), which may not exist yet */
};

struct logs {
    struct aws *aws;
    const struct log_source *sources;
    size_t count;
    long long since;     /* milliseconds since 1970 */
    const char *pattern; /* a CloudWatch filter pattern, or NULL */
    bool follow;         /* go on until a signal comes */
    bool json;
};

/* Prints them on standard output; false after an error or a signal. */
bool logs_run(const struct logs *logs);

#endif
