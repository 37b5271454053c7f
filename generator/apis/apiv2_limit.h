/* apiv2_limit.h - `throttling` and `metrics` of an HTTP API or a WebSocket API, or of one of its
 * routes, and the logs of a WebSocket API. */
#ifndef APIS_APIV2_LIMIT_H
#define APIS_APIV2_LIMIT_H
#include <jansson.h>
#include <stdbool.h>

struct node;

/* Rows of the tables of fields: of an API, and of a route. */
#define APIV2_LIMIT_FIELDS                                                                         \
    {"throttling", FIELD_MAP},                                                                     \
    {                                                                                              \
        "metrics", FIELD_FLAG                                                                      \
    }
/* Of `logging`, in the order of their detail. */
extern const char *const apiv2_log_levels[];

/* Checks their values in the settings of an API or a route; false after errors. */
bool apiv2_limits_check(const struct node *settings);
/* Returns them as the settings of all routes or of one; NULL for none. */
json_t *apiv2_limits(const struct node *settings);

#endif
