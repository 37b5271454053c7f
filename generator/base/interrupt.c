#include <errno.h>
#include <signal.h>
#include <time.h>

#include "base/interrupt.h"
#include "base/util.h"

/* The signals that interrupt_catch catches. */
static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static volatile sig_atomic_t caught; /* the last signal, or 0 */
static volatile sig_atomic_t count;  /* how many came */

/* Caught signals are blocked except while we wait: else one could arrive between the check and the
 * wait, and be noticed too late. */
static bool catching;
static sigset_t while_waiting;
static struct sigaction before[countof(numbers)]; /* interrupt_catch */

static void catch_signal(int number)
{
    caught = number;
    count++;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = catch_signal};
    sigset_t blocked;
    if (catching) /* `while_waiting` must not be overwritten */
        return;
    sigemptyset(&blocked);
    for (size_t i = 0; i < countof(numbers); i++) {
        sigaction(numbers[i], NULL, &before[i]);
        if (before[i].sa_handler == SIG_IGN) /* nohup */
            continue;
        sigaction(numbers[i], &action, NULL);
        sigaddset(&blocked, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, &while_waiting);
    catching = true;
}

void interrupt_release(void)
{
    if (!catching)
        return;
    catching = false;
    for (size_t i = 0; i < countof(numbers); i++)
        sigaction(numbers[i], &before[i], NULL);
    sigprocmask(SIG_SETMASK, &while_waiting, NULL);
    if (caught)
        raise(caught);
}

bool interrupt_is_caught(void)
{
    return catching;
}

int interrupt_signal(void)
{
    return caught;
}

int interrupt_count(void)
{
    return count;
}

int interrupt_poll(struct pollfd *fds, nfds_t n, long milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    return ppoll(fds, n, &time, catching ? &while_waiting : NULL);
}

bool interrupt_came(void)
{
    if (catching && !caught)
        interrupt_poll(NULL, 0, 0);
    if (caught)
        errno = EINTR;
    return caught;
}

/* Handlers come first, so that a pending signal ends this process when it is unblocked. */
void interrupt_set_defaults(void)
{
    for (size_t i = 0; i < countof(numbers); i++)
        if (before[i].sa_handler != SIG_IGN)
            signal(numbers[i], SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    sigprocmask(SIG_SETMASK, &while_waiting, NULL);
}
