/* api_permission.h - the right of an API to call a lambda, for its routes or its authorizers. */
#ifndef APIS_API_PERMISSION_H
#define APIS_API_PERMISSION_H
#include <stdbool.h>

#include "base/diag.h" /* for struct pos */

struct cfn;
struct lambda;

/* Adds the permission, unless it has been added. `api_id` is the id of the API, and `name` the
 * beginning of the permission's. */
void api_permission(struct cfn *cfn, struct pos pos, const char *api_id, const char *name,
                    const struct lambda *lambda, bool authorizer);

#endif
