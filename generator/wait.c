#include <time.h>

#include "run.h"
#include "wait.h"

/* Seconds. A call to AWS takes one by itself, so that looking at once costs nobody anything. */
static const double first_pause = 0.05, longest_pause = 8, tick = 0.25, growth = 1.6;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct wait wait_for(long timeout)
{
    return (struct wait){first_pause, now() + (double)timeout};
}

bool wait_again(struct wait *wait)
{
    double until = now() + wait->pause;
    if (now() >= wait->end)
        return false;
    for (double left; (left = until - now()) > 0;) {
        if (!run_sleep(left < tick ? left : tick))
            return false;
    }
    wait->pause = wait->pause * growth < longest_pause ? wait->pause * growth : longest_pause;
    return !run_signal();
}
