/* apigateway.h - REST APIs: resources and methods, their integrations, a role, a deployment. */
#ifndef APIGATEWAY_H
#define APIGATEWAY_H
#include "model.h" /* for struct kind */

extern const struct kind apigateway_kind;

#endif
