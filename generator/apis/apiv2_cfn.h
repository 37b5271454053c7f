/* apiv2_cfn.h - writes an HTTP API or a WebSocket API with all its parts. */
#ifndef APIS_APIV2_CFN_H
#define APIS_APIV2_CFN_H
#include <jansson.h>

struct apiv2_writer;

/* Adds the Api with its properties (stolen), its authorizers, routes and stage, its domain names
 * and its output. */
void apiv2_write(const struct apiv2_writer *w, json_t *properties);

#endif
