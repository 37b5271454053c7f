/* processes.h - the processes of this machine that belong to a sandbox, by /proc. */
#ifndef BASE_PROCESSES_H
#define BASE_PROCESSES_H
#include <stddef.h>
#include <sys/types.h> /* for pid_t */

/* The memory of all processes of a session, in MB. Pages that they share are counted once. */
long processes_memory(pid_t session);
/* Kills each process whose environment has this variable, "NAME=value", until there is none. Those
 * that are our children are waited for, except the `n` in `kept`, for which the caller waits. */
void processes_kill(const char *variable, const pid_t *kept, size_t n);

#endif
