/* httpapi_cors.h - `cors` of an HTTP API, which answers preflight requests itself (API Gateway
 * Developer Guide, "Configure CORS for HTTP APIs"). */
#ifndef APIS_HTTPAPI_CORS_H
#define APIS_HTTPAPI_CORS_H
#include <jansson.h>
#include <stdbool.h>

struct node;

/* Checks `cors`: true, false, or a map; false after errors. */
bool httpapi_cors_check(const struct node *cors);
/* Returns the property CorsConfiguration of an Api; NULL without CORS. */
json_t *httpapi_cors(const struct node *cors);
/* The same in the words of OpenAPI's x-amazon-apigateway-cors. */
json_t *httpapi_cors_openapi(const struct node *cors);

#endif
