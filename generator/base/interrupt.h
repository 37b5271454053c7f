/* interrupt.h - signals that end Gordon, caught while there is something to clean up. */
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H
#include <poll.h> /* for struct pollfd */
#include <stdbool.h>

/* From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT end the running programs, and this process only
 * in interrupt_release. Those that are ignored, as under nohup, stay ignored. A second call has no
 * effect. */
void interrupt_catch(void);
/* Ends interrupt_catch. A signal that came meanwhile ends this process now. A process that was
 * forked meanwhile must call it, too. */
void interrupt_release(void);
/* Whether signals are caught. */
bool interrupt_is_caught(void);
/* The signal that was caught last, or 0. */
int interrupt_signal(void);
/* How many signals were caught. */
int interrupt_count(void);
/* Whether a signal was caught, also if nothing has waited since it came; then sets errno to EINTR.
 * Loops that take long ask this for each block, and end. */
bool interrupt_came(void);
/* Waits as poll does. Caught signals arrive only here and in interrupt_came. */
int interrupt_poll(struct pollfd *fds, nfds_t n, long milliseconds);
/* Sets what a program expects that this process is about to become: signals end it. */
void interrupt_set_defaults(void);

#endif
