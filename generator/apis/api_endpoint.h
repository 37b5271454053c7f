/* api_endpoint.h - how an API is reached, and who may reach it: its endpoint, its resource policy,
 * binary media types and compression. */
#ifndef APIS_API_ENDPOINT_H
#define APIS_API_ENDPOINT_H
#include <stdbool.h>

struct node;

extern const struct api_subject api_endpoint;

/* Whether the settings of an API give it an edge endpoint, which is the default. False if only
 * CloudFormation knows. */
bool api_is_edge(const struct node *settings);

#endif
