/* stage_variable.h - a variable of a stage of an API (API Gateway Developer Guide, "Use stage
 * variables"). */
#ifndef APIS_STAGE_VARIABLE_H
#define APIS_STAGE_VARIABLE_H
#include <stdbool.h>

struct entry;

/* Reports a name or a value that API Gateway does not take. */
bool stage_variable_check(const struct entry *entry);

#endif
