/* apiv2_service.h - routes of an HTTP API that call a service of AWS (API Gateway Developer Guide,
 * "Integration subtype reference"). */
#ifndef APIS_APIV2_SERVICE_H
#define APIS_APIV2_SERVICE_H
#include <jansson.h>
#include <stdbool.h>

struct model;
struct node;

/* The values of `service`, NULL at the end. */
extern const char *const apiv2_services[];

/* Checks the `service` of a route, its `parameters` and its `credentials`. Reports each error at
 * its place; false after errors. */
bool apiv2_service_check(const struct model *model, const struct node *route);
/* Returns the properties of the integration, without the API and the time. */
json_t *apiv2_service_cfn(const struct model *model, const struct node *route);

#endif
