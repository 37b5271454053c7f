/* api_integration.h - what a method of an API calls. */
#ifndef APIS_API_INTEGRATION_H
#define APIS_API_INTEGRATION_H
#include <jansson.h>
#include <stdbool.h>

struct api;
struct api_method;
struct lambda;
struct model;
struct node;

/* Reads the integration of a method: a lambda (type AWS or AWS_PROXY), HTTP or HTTP_PROXY with a
 * uri, AWS with the uri of a service, or MOCK. False after errors. */
bool api_integration_read(const struct model *model, struct api_method *method);
/* Checks it against the settings of the API. */
bool api_integration_check(const struct api *api, const struct api_method *method);
/* Returns the property Integration. */
json_t *api_integration_cfn(const struct model *model, const struct api *api,
                            const struct api_method *method);
/* Whether the integration calls a lambda. */
bool api_calls_lambda(const struct api_method *method);
/* Reads the value of `lambda`: a name sets *lambda, an ARN or a function sets it to NULL. False
 * after an error. */
bool api_lambda_read(const struct model *model, const struct node *value,
                     const struct lambda **lambda);
/* Returns the ARN of the lambda that such a value names. */
json_t *api_lambda_arn(const struct model *model, const struct node *value,
                       const struct lambda *lambda);
/* Returns the URI by which API Gateway calls a lambda. Steals `arn`, such as that of its alias. */
json_t *api_lambda_uri(json_t *arn, bool streaming);

#endif
