/* caller_text.h - values of a template as short texts for people: what calls a lambda. */
#ifndef DEPLOY_CALLER_TEXT_H
#define DEPLOY_CALLER_TEXT_H
#include <jansson.h>

struct deployed;
struct deployment;
struct model;

/* Where names of a template are looked up. */
struct caller_scope {
    const struct deployment *deployment;
    const struct model *model;
    const struct deployed *deployed;
    const json_t *resources; /* of the template; NULL: there is none */
};

/* Returns the value at a path of keys and numbers such as "Targets.0.Arn", or NULL. */
const json_t *caller_value(const json_t *value, const char *path);
/* Returns a value as text: names for what it refers to, the region and the stage, and of an ARN
 * only what follows the account. */
const char *caller_text(const struct caller_scope *scope, const json_t *value);
/* Returns a word for the service of an event source, which is an ARN or refers to a resource:
 * "queue", "stream" and others. */
const char *caller_service(const struct caller_scope *scope, const json_t *value);
/* Returns the name in the settings of the API that a value refers to. */
const char *caller_api(const struct caller_scope *scope, const json_t *value);
/* Returns the path of an AWS::ApiGateway::Resource that a value refers to, or "/". */
const char *caller_path(const struct caller_scope *scope, const json_t *value);

#endif
