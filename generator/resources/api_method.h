/* api_method.h - one method of an API: reads its settings, and makes its
 * AWS::ApiGateway::Method. */
#ifndef RESOURCES_API_METHOD_H
#define RESOURCES_API_METHOD_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct lambda;
struct model;
struct node;

struct api_method {
    const struct node *place; /* where the method is named */
    const struct node *key;   /* where the path stands */
    const char *path;         /* "/a/{b}", "/" for the root */
    const char *verb;         /* in capitals */
    const struct node *settings;
    const struct node *integration;
    const char *type;            /* of the integration: AWS, AWS_PROXY, HTTP, HTTP_PROXY, MOCK */
    const struct lambda *lambda; /* or NULL */
};

/* Reads the methods of the path `path` from its settings, and appends them to a list; false after
 * errors. `key` is where the path stands. */
bool api_methods_read(const struct model *model, const char *path, const struct node *key,
                      const struct node *settings, struct api_method **methods, size_t *count);
/* Returns the resource. `api_id` is the RestApi, `role_id` the role that calls lambdas, `resource`
 * (stolen) the id of the path's resource. */
json_t *api_method_cfn(const struct api_method *method, const char *api_id, const char *role_id,
                       json_t *resource);

#endif
