/* apiv2_parameter.h - checks how a route of an HTTP API changes requests (API Gateway Developer
 * Guide, "Transform API requests and responses for HTTP APIs"). */
#ifndef APIS_APIV2_PARAMETER_H
#define APIS_APIV2_PARAMETER_H
#include <stdbool.h>

struct node;

/* Checks the keys of `parameters`, a map of texts, or not set. Reports each error at its place;
 * false after errors. */
bool apiv2_parameters_check(const struct node *parameters);

#endif
