/* wait.h - looking again and again at what AWS works on: soon at first, then less and less often.
 */
#ifndef WAIT_H
#define WAIT_H
#include <stdbool.h>

struct wait {
    double pause, end; /* seconds; end: of a clock that only goes forward */
};

/* For at most `timeout` seconds. */
struct wait wait_for(long timeout);
/* Waits until the next look; false when the time is over or a signal came. */
bool wait_again(struct wait *wait);

#endif
