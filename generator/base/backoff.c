#include <time.h>

#include "base/backoff.h"
#include "base/run.h"

/* Seconds. A call to AWS takes one by itself, so that looking at once costs nobody anything. */
static const double first_pause = 0.05, longest_pause = 8, tick = 0.25, growth = 1.6;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct backoff backoff_for(long timeout)
{
    return (struct backoff){first_pause, now() + (double)timeout};
}

bool backoff_wait(struct backoff *backoff)
{
    double until = now() + backoff->pause;
    if (now() >= backoff->end)
        return false;
    for (double left; (left = until - now()) > 0;) {
        if (!run_sleep(left < tick ? left : tick))
            return false;
    }
    backoff->pause =
        backoff->pause * growth < longest_pause ? backoff->pause * growth : longest_pause;
    return !run_signal();
}
