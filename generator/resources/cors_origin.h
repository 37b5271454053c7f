/* cors_origin.h - an origin of CORS (WHATWG, "Fetch Standard"): of APIs, and of URLs of lambdas. */
#ifndef RESOURCES_CORS_ORIGIN_H
#define RESOURCES_CORS_ORIGIN_H
#include <stdbool.h>

struct node;

/* Reports a text that is neither "*" nor a scheme and a host. With `pattern`, the host may have a
 * '*'. */
bool cors_origin_check(const struct node *origin, bool pattern);

#endif
