/* apiv2_route.h - the routes of an HTTP API or a WebSocket API, and the integrations behind them.
 */
#ifndef APIS_APIV2_ROUTE_H
#define APIS_APIV2_ROUTE_H
#include <stdbool.h>

#include "apis/apiv2_authorizer.h" /* for struct apiv2_access */

struct apiv2;
struct apiv2_writer;
struct lambda;
struct model;
struct node;

struct apiv2_route {
    const char *id;
    const struct node *key;
    const char *route_key;       /* as AWS has it: "GET /items/{id}", "$default" */
    const struct node *settings; /* a map; NULL if the settings only name a lambda */
    const struct lambda *lambda; /* or NULL: an address, see `uri` of the settings */
    struct apiv2_access access;
};

/* Reads the routes of an API, whose authorizers have been read; false after errors. */
bool apiv2_routes_read(const struct model *model, struct apiv2 *api);
void apiv2_routes_write(const struct apiv2_writer *w);

#endif
