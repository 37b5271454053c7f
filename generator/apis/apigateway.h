/* apigateway.h - REST APIs: resources and methods, their integrations, a role, a deployment. */
#ifndef APIS_APIGATEWAY_H
#define APIS_APIGATEWAY_H
#include "resources/model.h" /* for struct kind */

extern const struct kind apigateway_kind;
/* What every API has: its description, its paths, its URL as an output. */
extern const struct api_subject api_basics;

#endif
