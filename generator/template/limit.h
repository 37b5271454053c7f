/* limit.h - checks a template against CloudFormation's quotas (User Guide, "Understand
 * CloudFormation quotas").
 *
 * These quotas cannot be raised, and AWS refuses a template that exceeds one only after other
 * stacks were changed. A logical id that is too long is an error of its own, in cfn_add. IAM's
 * quotas of policies are checked, too (policy_size.h). */
#ifndef TEMPLATE_LIMIT_H
#define TEMPLATE_LIMIT_H
#include <jansson.h>
#include <stdbool.h>

struct project;
struct table;

enum {
    LIMIT_RESOURCES = 500,
    LIMIT_PARAMETERS = 200,
    LIMIT_OUTPUTS = 200,
    LIMIT_MAPPINGS = 200,
    LIMIT_DESCRIPTION = 1024, /* bytes of the template's */
    LIMIT_NAME = 255,         /* characters of the name of a parameter or an output */
    LIMIT_VALUE = 4096,       /* bytes of the value of a parameter */
    LIMIT_BODY = 1000000,     /* bytes of a template in S3: AWS calls them "1 MB" */
    LIMIT_DYNAMIC_REFERENCES = 60,
};

/* One template to check. */
struct limit_check {
    const struct project *project;
    const struct table *refs; /* of refs: parameter to struct pos; or NULL: search the project */
    const char *file;         /* "0003_r.json" */
    const json_t *template;
    const char *body;           /* the template as a text, with any white space */
    const struct table *places; /* of its resources: id to struct pos; or NULL */
    const json_t *values;       /* of parameters: name to string; or NULL: not checked */
    bool refuse;                /* report errors, not warnings */
};

/* Reports each limit that the template exceeds, with each app's share of it; true if it exceeds
 * none. */
bool limit_check(const struct limit_check *check);

#endif
