/* api_method.h - the methods of an API: reads their settings, and makes their
 * AWS::ApiGateway::Method. */
#ifndef APIS_API_METHOD_H
#define APIS_API_METHOD_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct api;
struct api_subject;
struct model;
struct node;

extern const struct api_subject api_methods;

/* Reads the methods of the path `path` from its settings, and appends them to those of the API;
 * false after errors. `key` is where the path stands. */
bool api_methods_read(const struct model *model, struct api *api, const char *path,
                      const struct node *key, const struct node *settings);
/* Returns the resource without what other subjects add. `resource` (stolen) is the id of the path's
 * resource. */
json_t *api_method_cfn(const struct model *model, const struct api *api,
                       const struct api_method *method, json_t *resource);

#endif
