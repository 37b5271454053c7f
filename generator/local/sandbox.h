/* sandbox.h - a process and everything that it starts: with an environment of its own, a limit of
 * memory, and an end that nothing of it outlives. */
#ifndef LOCAL_SANDBOX_H
#define LOCAL_SANDBOX_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h> /* for pid_t */

struct loop;
struct sandbox;

/* What it tells. `data` is for the functions; none of them may end the sandbox. */
struct sandbox_owner {
    void *data;
    /* It has printed, on standard output or error. */
    void (*printed)(void *data, const char *text, size_t len);
    /* The first process has ended: `words` say how, as "exit status 1" or "signal: killed". */
    void (*ended)(void *data, const char *words);
};

struct sandbox_options {
    const char *const *argv; /* argv[0] is the path of the program */
    const char *const *env;  /* all of its environment */
    const char *folder;      /* where it starts; it cannot be written to */
    long memory;             /* MB of all its processes together */
};

/* From now on, processes that a dead process of a sandbox leaves are ours (PR_SET_CHILD_SUBREAPER),
 * so that sandbox_end finds them. */
void sandbox_adopt(void);
/* Starts it; NULL with errno. `owner` must live as long. */
struct sandbox *sandbox_start(struct loop *loop, const struct sandbox_options *options,
                              const struct sandbox_owner *owner);
/* Starts one more process in it, as extensions are; false with errno. */
bool sandbox_add(struct sandbox *sandbox, const struct sandbox_options *options);
/* Tells what it has printed up to now, or a part of it if that is much. */
void sandbox_drain(struct sandbox *sandbox);
/* Kills all that is left of it, and frees it. What it has printed before is told first. */
void sandbox_end(struct sandbox *sandbox);
/* The most memory that it had so far, in MB, of all its processes together. */
long sandbox_memory(struct sandbox *sandbox);
/* Keeps root from writing to a read-only folder: this process and what it starts. For other users
 * the modes are enough. */
void sandbox_make_read_only(const char *folder);
/* Whether it was ended because it took more memory than it may. */
bool sandbox_took_too_much(const struct sandbox *sandbox);

#endif
