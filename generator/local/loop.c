#include "local/loop.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/moment.h"
#include "base/util.h"

#define MOST_SECONDS 0.1 /* of a wait: what has no descriptor is looked at so often */

/* Pointers, which may be NULL after one was taken out, until the next turn. */
struct list {
    void **items;
    size_t n, cap;
};

struct loop {
    struct list watches, timers, pumps;
    struct pollfd *fds;
    size_t cap;
};

static void *grown(void *old, size_t used, size_t size)
{
    void *more = memory_new(size);
    if (used)
        memcpy(more, old, used);
    free(old);
    return more;
}

static void add(struct list *list, void *item, bool *on)
{
    if (*on)
        return;
    if (list->n == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 16;
        list->items =
            grown(list->items, list->n * sizeof *list->items, list->cap * sizeof *list->items);
    }
    list->items[list->n++] = item;
    *on = true;
}

static void take_out(struct list *list, const void *item, bool *on)
{
    for (size_t i = 0; *on && i < list->n; i++)
        if (list->items[i] == item)
            list->items[i] = NULL;
    *on = false;
}

static void close_gaps(struct list *list)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i])
            list->items[n++] = list->items[i];
    list->n = n;
}

struct loop *loop_new(void)
{
    struct loop *loop = memory_new(sizeof *loop);
    *loop = (struct loop){.cap = 0};
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    free(loop->watches.items);
    free(loop->timers.items);
    free(loop->pumps.items);
    free(loop->fds);
    free(loop);
}

void loop_add_watch(struct loop *loop, struct loop_watch *watch)
{
    add(&loop->watches, watch, &watch->on);
}

void loop_add_timer(struct loop *loop, struct loop_timer *timer)
{
    add(&loop->timers, timer, &timer->on);
}

void loop_add_pump(struct loop *loop, struct loop_pump *pump)
{
    add(&loop->pumps, pump, &pump->on);
}

void loop_remove_watch(struct loop *loop, struct loop_watch *watch)
{
    take_out(&loop->watches, watch, &watch->on);
}

void loop_remove_timer(struct loop *loop, struct loop_timer *timer)
{
    take_out(&loop->timers, timer, &timer->on);
}

void loop_remove_pump(struct loop *loop, struct loop_pump *pump)
{
    take_out(&loop->pumps, pump, &pump->on);
}

/* For how many seconds nothing is due. */
static double patience(const struct loop *loop)
{
    double seconds = MOST_SECONDS, now = moment_steady();
    for (size_t i = 0; i < loop->timers.n; i++) {
        const struct loop_timer *timer = loop->timers.items[i];
        if (timer && timer->at > 0 && timer->at - now < seconds)
            seconds = timer->at - now;
    }
    for (size_t i = 0; i < loop->pumps.n; i++) {
        struct loop_pump *pump = loop->pumps.items[i];
        double own = pump ? pump->patience(pump) : -1;
        if (own >= 0 && own < seconds)
            seconds = own;
    }
    return seconds > 0 ? seconds : 0;
}

static void wait_for(struct loop *loop)
{
    size_t n = loop->watches.n;
    if (n > loop->cap) {
        loop->cap = loop->watches.cap;
        loop->fds = grown(loop->fds, 0, loop->cap * sizeof *loop->fds);
    }
    for (size_t i = 0; i < n; i++) {
        const struct loop_watch *watch = loop->watches.items[i];
        loop->fds[i] = (struct pollfd){.fd = watch->fd, .events = POLLIN};
    }
    double seconds = patience(loop);
    if (interrupt_poll(loop->fds, (nfds_t)n, (long)(seconds * 1000 + 0.999)) < 0)
        for (size_t i = 0; i < n; i++)
            loop->fds[i].revents = 0;
}

void loop_turn(struct loop *loop)
{
    close_gaps(&loop->watches), close_gaps(&loop->timers), close_gaps(&loop->pumps);
    size_t n = loop->watches.n;
    wait_for(loop);
    for (size_t i = 0; i < n; i++) {
        struct loop_watch *watch = loop->watches.items[i];
        if (watch && loop->fds[i].revents)
            watch->ready(watch);
    }
    for (size_t i = 0; i < loop->pumps.n; i++) {
        struct loop_pump *pump = loop->pumps.items[i];
        if (pump)
            pump->work(pump);
    }
    double now = moment_steady();
    for (size_t i = 0; i < loop->timers.n; i++) {
        struct loop_timer *timer = loop->timers.items[i];
        if (timer && timer->at > 0 && timer->at <= now) {
            timer->at = 0;
            timer->due(timer);
        }
    }
}
