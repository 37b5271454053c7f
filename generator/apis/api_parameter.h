/* api_parameter.h - checks how a REST API maps parameters of requests and responses (API Gateway
 * Developer Guide, "Amazon API Gateway API request and response data mapping reference"). */
#ifndef APIS_API_PARAMETER_H
#define APIS_API_PARAMETER_H
#include <stdbool.h>

struct api_method;
struct node;

/* Checks all `parameters` of a method, its integration and their responses, which are maps of texts
 * or not set. Reports each error at its place; false after errors. */
bool api_parameters_check(const struct api_method *method);
/* Checks the `parameters` of a gateway response. */
bool api_gateway_parameters_check(const struct node *parameters);

#endif
