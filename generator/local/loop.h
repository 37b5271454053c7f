/* loop.h - waits for many things at once, and calls who wants to know of them. All of it runs in
 * one thread: no callback is interrupted by another one.
 *
 * What is registered is owned by the caller, who must take it out before its memory goes. A
 * callback may take out anything, itself too. */
#ifndef LOCAL_LOOP_H
#define LOCAL_LOOP_H
#include <stdbool.h>
#include <stddef.h>

struct loop;

/* Calls `ready` while the descriptor can be read, or is at its end. */
struct loop_watch {
    int fd;
    void (*ready)(struct loop_watch *watch);
    void *data; /* for the caller */
    bool on;    /* whether it is in the loop */
};

/* Calls `due` once, when moment_steady() reaches `at`; 0: never. It may be set again at any time.
 */
struct loop_timer {
    double at;
    void (*due)(struct loop_timer *timer);
    void *data; /* for the caller */
    bool on;    /* whether it is in the loop */
};

/* Is asked before each wait for how many seconds nothing of its own is due: negative for no limit.
 * `work` is called after each wait. */
struct loop_pump {
    double (*patience)(struct loop_pump *pump);
    void (*work)(struct loop_pump *pump);
    void *data; /* for the caller */
    bool on;    /* whether it is in the loop */
};

struct loop *loop_new(void);
void loop_free(struct loop *loop);
void loop_add_watch(struct loop *loop, struct loop_watch *watch);
void loop_add_timer(struct loop *loop, struct loop_timer *timer);
void loop_add_pump(struct loop *loop, struct loop_pump *pump);
/* These do nothing if it is not in the loop. */
void loop_remove_watch(struct loop *loop, struct loop_watch *watch);
void loop_remove_timer(struct loop *loop, struct loop_timer *timer);
void loop_remove_pump(struct loop *loop, struct loop_pump *pump);
/* Waits and calls, once, for at most a tenth of a second. Returns early after a signal
 * (interrupt.h), which the caller asks for. */
void loop_turn(struct loop *loop);

#endif
