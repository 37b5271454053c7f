#include "local/one_run.h"

#include <stdbool.h>

#include "base/interrupt.h"
#include "local/loop.h"
#include "local/sandbox.h"
#include "local/worker.h"

struct state {
    struct one_run *run;
    bool over;
};

static void logged(void *data, const char *text, size_t len)
{
    struct state *state = data;
    state->run->log(text, len);
}

static void piece(void *data, const char *part, size_t len)
{
    struct state *state = data;
    buf_add(&state->run->text, part, len);
    state->run->piece(part, len);
}

static void answered(void *data, const struct result *result)
{
    struct state *state = data;
    struct one_run *run = state->run;
    run->end = result->outcome == OUTCOME_LATE     ? RUN_LATE
               : result->outcome == OUTCOME_FAILED ? RUN_FAILED
               : result->streamed                  ? RUN_STREAMED
                                                   : RUN_ANSWERED;
    if (result->outcome != OUTCOME_ANSWERED)
        buf_free(&run->text), run->text = (struct buf){0};
    buf_add(&run->text, result->text, result->len);
}

static void idle(void *data, bool alive)
{
    struct state *state = data;
    state->over = !alive || state->run->end != RUN_BROKEN;
}

void one_run_do(struct one_run *run)
{
    struct state state = {.run = run};
    const struct worker_owner owner = {&state, logged, piece, answered, idle};
    struct loop *loop = loop_new();
    run->end = RUN_BROKEN;
    sandbox_adopt();
    struct worker *worker = worker_start(loop, run->function, run->interpreter, &owner);
    if (worker)
        worker_invoke(worker, &(struct event_in){.text = run->event, .len = run->len});
    while (worker && !state.over && !interrupt_signal())
        loop_turn(loop);
    worker_end(worker);
    loop_free(loop);
}
