/* apiv2_key.h - the keys of routes: "GET /items/{id}", "$connect". */
#ifndef APIS_APIV2_KEY_H
#define APIS_APIV2_KEY_H
#include <stdbool.h>

struct arena;
struct node;

/* Returns the key of a route as AWS has it, with its method in capitals; NULL after an error. */
const char *apiv2_key_read(struct arena *arena, const struct node *key, bool websocket);
/* Returns what the key means: of two that are equal, API Gateway takes one. */
const char *apiv2_key_meaning(struct arena *arena, const char *route_key);
/* Returns the part of a logical id for a key: another one for each key of an API. */
const char *apiv2_key_id(struct arena *arena, const char *route_key);

#endif
