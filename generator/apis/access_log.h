/* access_log.h - `access_logs` of an API: a line for each request, in a log group that the stack
 * makes, or in one of elsewhere (API Gateway Developer Guide, "Set up CloudWatch logging for REST
 * APIs"). */
#ifndef APIS_ACCESS_LOG_H
#define APIS_ACCESS_LOG_H
#include <jansson.h>
#include <stdbool.h>

#include "base/diag.h" /* for struct pos */

struct cfn;
struct model;
struct node;

/* Which variables a line may have: the kinds of API have different ones. */
enum access_log { ACCESS_LOG_REST, ACCESS_LOG_HTTP, ACCESS_LOG_WEBSOCKET };

/* Checks `access_logs`: true, false, or a map; false after errors. */
bool access_log_check(const struct model *model, const struct node *logs);
/* Returns the setting of a stage, {DestinationArn, Format}; NULL without access logs. Adds the log
 * group `<api>AccessLog` unless the settings name another destination. `api` is a logical id. */
json_t *access_log_write(const struct model *model, struct cfn *cfn, struct pos pos,
                         const char *api, const struct node *logs, enum access_log kind);

#endif
