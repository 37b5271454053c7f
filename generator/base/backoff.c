
#include "base/backoff.h"
#include "base/interrupt.h"
#include "base/moment.h"
#include "base/run.h"

/* Seconds. A call of the AWS CLI takes about one itself, so the first pause can be short. */
static const double first_pause = 0.05, longest_pause = 8, tick = 0.25, growth = 1.6;

struct backoff backoff_for(long timeout)
{
    return (struct backoff){first_pause, moment_steady() + (double)timeout};
}

bool backoff_wait(struct backoff *backoff)
{
    double until = moment_steady() + backoff->pause;
    if (moment_steady() >= backoff->end)
        return false;
    for (double left; (left = until - moment_steady()) > 0;) {
        if (!run_sleep(left < tick ? left : tick))
            return false;
    }
    backoff->pause =
        backoff->pause * growth < longest_pause ? backoff->pause * growth : longest_pause;
    return !interrupt_signal();
}
