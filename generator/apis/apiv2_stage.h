/* apiv2_stage.h - the stage of an HTTP API or a WebSocket API: throttling, access logs, variables,
 * metrics. */
#ifndef APIS_APIV2_STAGE_H
#define APIS_APIV2_STAGE_H
#include <stdbool.h>

#include "apis/apiv2_limit.h" /* for APIV2_LIMIT_FIELDS */

struct apiv2;
struct apiv2_writer;
struct model;

/* Rows of the table of fields of an API. */
#define APIV2_STAGE_FIELDS                                                                         \
    APIV2_LIMIT_FIELDS, {"access_logs", FIELD_ANY},                                                \
    {                                                                                              \
        "stage_variables", FIELD_MAP                                                               \
    }

/* Checks the values of these settings; false after errors. */
bool apiv2_stage_check(const struct model *model, const struct apiv2 *api);
void apiv2_stage_write(const struct apiv2_writer *w);

#endif
