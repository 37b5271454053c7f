/* time_zone.h - the names of IANA's time zones. */
#ifndef CALLERS_TIME_ZONE_H
#define CALLERS_TIME_ZONE_H
#include <stdbool.h>

struct arena;

/* Whether IANA has a time zone of this name; capitals count. */
bool time_zone_is(const char *name);
/* Returns the name that is most similar, or ends in `name`, as Europe/Madrid in madrid; NULL if
 * none is similar enough. */
const char *time_zone_near(struct arena *arena, const char *name);

#endif
