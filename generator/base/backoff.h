/* backoff.h - the pauses between polls of an operation in AWS: short at first, then longer. */
#ifndef BASE_BACKOFF_H
#define BASE_BACKOFF_H
#include <stdbool.h>

struct backoff {
    double pause, end; /* seconds; `end` on the clock of moment_steady */
};

/* Begins to poll, for at most `timeout` seconds. */
struct backoff backoff_for(long timeout);
/* Waits until the next poll is due. Returns false if the timeout is over or a signal came. */
bool backoff_wait(struct backoff *backoff);

#endif
