/* apiv2_authorizer.h - who may call a route: authorizers by JWT or lambda, IAM, or anybody. */
#ifndef APIS_APIV2_AUTHORIZER_H
#define APIS_APIV2_AUTHORIZER_H
#include <stdbool.h>

struct apiv2;
struct apiv2_writer;
struct model;
struct node;

struct apiv2_authorizer {
    const char *id;
    const struct node *key, *settings;
    const struct lambda *lambda; /* or NULL: by JWT */
};

/* What a route wants of its callers. */
struct apiv2_access {
    enum { APIV2_OPEN, APIV2_IAM, APIV2_AUTHORIZER } kind;
    const struct apiv2_authorizer *authorizer;
    const struct node *scopes; /* or NULL */
};

/* Reads the authorizers of an API; false after errors. */
bool apiv2_authorizers_read(const struct model *model, struct apiv2 *api);
/* Reads `authorizer` of a route, or in its absence that of the API, and `scopes` of the route,
 * whose settings may be NULL; false after an error. */
bool apiv2_access_read(const struct model *model, const struct apiv2 *api,
                       const struct node *settings, struct apiv2_access *access);
/* Returns the AuthorizationType of routes. */
const char *apiv2_access_type(const struct apiv2_access *access);
void apiv2_authorizers_write(const struct apiv2_writer *w);

#endif
