/* backoff.h - looking again and again at what AWS works on: soon at first, then less and less
 * often.
 */
#ifndef BASE_BACKOFF_H
#define BASE_BACKOFF_H
#include <stdbool.h>

struct backoff {
    double pause, end; /* seconds; end: of a clock that only goes forward */
};

/* For at most `timeout` seconds. */
struct backoff backoff_for(long timeout);
/* Waits until the next look; false when the time is over or a signal came. */
bool backoff_wait(struct backoff *backoff);

#endif
