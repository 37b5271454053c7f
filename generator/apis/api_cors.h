/* api_cors.h - `cors` of an API: what browsers ask before requests from another site (Fetch
 * Standard, "CORS protocol"), and the headers that let them read the answers.
 *
 * Each path gets a method OPTIONS that answers the preflight. The answers of a lambda by AWS_PROXY
 * have their own headers; all others get them here. */
#ifndef APIS_API_CORS_H
#define APIS_API_CORS_H
#include <jansson.h>

struct api;
struct api_method;
struct api_writer;

extern const struct api_subject api_cors;

/* Returns the method of a path that answers preflights. Steals `resource`, the id of the path's
 * resource. */
json_t *api_cors_preflight(const struct api_writer *w, const struct api_method *method,
                           json_t *resource);
/* Adds the headers of answers to parameters of a gateway response, unless they are there. */
void api_cors_headers(const struct api *api, json_t *parameters);

#endif
