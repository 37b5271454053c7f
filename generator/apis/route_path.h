/* route_path.h - paths of APIs, "/items/{id}": their form, and which of them mean the same. */
#ifndef APIS_ROUTE_PATH_H
#define APIS_ROUTE_PATH_H
#include <stdbool.h>

#include "base/diag.h" /* for struct pos */

struct arena;

/* Reports a path that API Gateway does not take: one that does not begin with '/', an empty part, a
 * variable that is not a whole part or has a name already, or {name+} before the end (API Gateway
 * Developer Guide, "Routes for HTTP APIs" and "OpenAPI"). */
bool route_path_check(struct arena *arena, struct pos pos, const char *path);
/* Returns the path without the names of its variables, "/items/{}" and "/{+}": paths that match the
 * same requests are equal then. */
const char *route_path_meaning(struct arena *arena, const char *path);

#endif
