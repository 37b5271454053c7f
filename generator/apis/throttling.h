/* throttling.h - `throttling: {rate, burst}`: how many requests an API, a part of it, or a caller
 * takes (API Gateway Developer Guide, "Throttle requests to your APIs"). */
#ifndef APIS_THROTTLING_H
#define APIS_THROTTLING_H
#include <jansson.h>
#include <stdbool.h>

struct node;

/* Checks a map that schema_check has accepted, or nothing; false after errors. */
bool throttling_check(const struct node *throttling);
/* Sets "<prefix>RateLimit" and "<prefix>BurstLimit" in `object`; nothing of what is not set. */
void throttling_write(json_t *object, const char *prefix, const struct node *throttling);

#endif
