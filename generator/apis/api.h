/* api.h - a REST API of the settings, read and checked. */
#ifndef APIS_API_H
#define APIS_API_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct api_authorizer;
struct lambda;
struct node;
struct openapi;
struct resource;

struct api_method {
    const struct node *place; /* where the method is named */
    const struct node *key;   /* where the path stands */
    const char *path;         /* "/a/{b}", "/" for the root */
    const char *verb;         /* in capitals */
    const struct node *settings;
    const struct node *integration;
    const char *type;            /* of the integration: AWS, AWS_PROXY, HTTP, HTTP_PROXY, MOCK */
    const struct lambda *lambda; /* NULL: none, or one of elsewhere */
    const struct api_authorizer *authorizer; /* or NULL */
    const struct node *cors;                 /* of it, or of the API, if that is on; else NULL */
    bool preflight; /* OPTIONS for CORS, which has no settings: only the type is set */
};

struct api {
    const struct resource *resource;
    const struct node *settings;
    const char *id;       /* "{App}{Api}", the RestApi */
    const char *name;     /* "{Api}", the beginning of all other ids */
    const char *role_id;  /* the role that calls lambdas */
    const char *stage_id; /* "{Api}Stage", the AWS::ApiGateway::Stage; NULL if the deployment makes
                           * the stage */
    struct api_method *methods;
    size_t nmethods;
    struct api_authorizer *authorizers;
    size_t nauthorizers;
    struct openapi *body; /* what is served, in OpenAPI's words; or NULL */
};

/* The API that a resource is; NULL if it is of another kind. */
const struct api *api_of(const struct resource *resource);
/* The value of a setting of a method, or the one of the API if the method has none; or NULL. */
const struct node *api_word(const struct api *api, const struct api_method *method,
                            const char *key);

#endif
