/* limit.h - how much CloudFormation takes (User Guide, "Understand CloudFormation quotas").
 *
 * None of these can be raised, and AWS refuses what is over one only when stacks have been changed
 * already. Templates of ours have no mappings, and no descriptions of the user's; a logical id that
 * is too long has no right place to go on from, and is an error of its own in cfn_add. */
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
    LIMIT_NAME = 255,     /* characters of the name of a parameter or an output */
    LIMIT_VALUE = 4096,   /* bytes of the value of a parameter */
    LIMIT_BODY = 1000000, /* bytes of a template in S3: AWS calls them "1 MB" */
    LIMIT_DYNAMIC_REFERENCES = 60,
};

/* Where messages point to. */
struct limits {
    const struct project *project;
    const struct table *places; /* of the resources' stack: id to struct pos; or NULL */
    const struct table *refs;   /* parameter to the struct pos of who refers to it; or NULL: it is
                                 * looked for in the project */
};

/* One template that is checked. */
struct limit_check {
    const struct limits *limits;
    const char *file; /* "0003_r.json" */
    const json_t *template;
    const char *body;           /* the template as a text, with any white space */
    const struct table *places; /* of its resources: id to struct pos; or NULL */
    const json_t *values;       /* of parameters, names to strings; or NULL: they are not checked */
    bool refuse;                /* reports errors, else warnings */
};

/* Reports each limit that the template is over, with each app's share of it; true if there is none.
 */
bool limit_check(const struct limit_check *check);

#endif
