#include "local/worker.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/moment.h"
#include "base/removal.h"
#include "base/run.h"
#include "base/util.h"
#include "local/environment.h"
#include "local/function.h"
#include "local/interpreter.h"
#include "local/loop.h"
#include "local/runtime_api.h"
#include "local/sandbox.h"

/* Lambda gives the start 10 seconds. After that it starts again, within the function's timeout
 * (Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle"). */
enum { INIT_SECONDS = 10, HEX_BYTES = 16, ID_SIZE = 37, EXTENSIONS_MOST = 10 };

enum state { STARTING, IDLE, BUSY, ANSWERED, ENDED };

struct worker {
    struct arena *arena;
    struct loop *loop;
    const struct function *function;
    const struct worker_owner *owner;
    struct runtime_owner runtime_owner;
    struct sandbox_owner sandbox_owner;
    struct runtime_api *api;
    struct sandbox *sandbox;
    const char *temporary;
    enum state state;
    bool has_event, streamed;
    char id[ID_SIZE], trace[80];
    char *event, *client_context;
    size_t len;
    double started, invoked, init; /* seconds; `init` is 0 once it was reported */
    double duration;
    char *init_error; /* JSON, or NULL */
    struct loop_timer late;
};

/* --- names ---------------------------------------------------------------------------------- */

/* Writes 2 * HEX_BYTES digits. */
static void random_hex(char hex[2 * HEX_BYTES + 1])
{
    unsigned char bytes[HEX_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        fatal("no random number can be had:");
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static void new_id(char id[ID_SIZE])
{
    char hex[2 * HEX_BYTES + 1];
    random_hex(hex);
    hex[12] = '4';
    hex[16] = '8';
    snprintf(id, ID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* "2026/12/01/[$LATEST]0123..." */
static const char *new_log_stream(struct arena *arena)
{
    char hex[2 * HEX_BYTES + 1], moment[MOMENT_TEXT];
    random_hex(hex);
    moment_write(moment, moment_now());
    return arena_printf(arena, "%.4s/%.2s/%.2s/[$LATEST]%s", moment, moment + 5, moment + 8, hex);
}

/* An X-Ray header that says that the trace is not sampled. */
static void new_trace(char *trace, size_t size)
{
    char hex[2 * HEX_BYTES + 1];
    random_hex(hex);
    snprintf(trace, size, "Root=1-%08llx-%.24s;Parent=%.16s;Sampled=0",
             (unsigned long long)(moment_now() / 1000), hex, hex + 16);
}

/* --- the log -------------------------------------------------------------------------------- */

static void log_line(struct worker *w, const char *format, ...) printf_like(2, 3);
static void log_line(struct worker *w, const char *format, ...)
{
    struct arena *arena = arena_new();
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(arena, format, args);
    va_end(args);
    w->owner->logged(w->owner->data, text, strlen(text));
    arena_free(arena);
}

/* The line that ends each event's log, as Lambda has it: blanks are tabs. */
static void report(struct worker *w, const char *status)
{
    double milliseconds = w->duration * 1000;
    long billed = (long)(milliseconds + w->init * 1000) + 1;
    char init[64] = "";
    if (w->init > 0)
        snprintf(init, sizeof init, "\tInit Duration: %.2f ms", w->init * 1000);
    log_line(w, "END RequestId: %s\n", w->id);
    log_line(w,
             "REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %ld ms\t"
             "Memory Size: %ld MB\tMax Memory Used: %ld MB%s%s\n",
             w->id, milliseconds, billed, w->function->memory, sandbox_memory(w->sandbox), init,
             status);
    w->init = 0;
}

/* --- ends of events ------------------------------------------------------------------------- */

static void give(struct worker *w, enum outcome outcome, const char *text, size_t len)
{
    const struct result result = {outcome, text, len, w->streamed};
    w->duration = moment_steady() - w->invoked;
    w->has_event = false;
    w->owner->answered(w->owner->data, &result);
}

static void give_error(struct worker *w, enum outcome outcome, const char *type,
                       const char *message)
{
    json_t *json = json_pack("{s:s, s:s}", "errorType", type, "errorMessage", message);
    char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(json);
    give(w, outcome, text, strlen(text));
    free(text);
}

/* Its processes are of no more use. */
static void finish(struct worker *w)
{
    w->state = ENDED;
    w->late.at = 0;
    w->owner->idle(w->owner->data, false);
}

static void hand_over(struct worker *w)
{
    const struct invocation invocation = {
        .id = w->id,
        .event = w->event,
        .len = w->len,
        .deadline = moment_now() + w->function->timeout * 1000LL,
        .arn = w->function->arn,
        .trace = w->trace,
        .client_context = w->client_context,
    };
    w->state = BUSY;
    w->streamed = false;
    w->invoked = moment_steady();
    w->late.at = w->invoked + (double)w->function->timeout;
    log_line(w, "START RequestId: %s Version: $LATEST\n", w->id);
    runtime_api_invoke(w->api, &invocation);
}

static void ready(void *data)
{
    struct worker *w = data;
    sandbox_drain(w->sandbox);
    if (w->state == STARTING)
        w->init = moment_steady() - w->started;
    else if (w->state == ANSWERED)
        report(w, "");
    w->state = IDLE;
    w->late.at = 0;
    if (w->has_event)
        hand_over(w);
    else
        w->owner->idle(w->owner->data, true);
}

static void answered(void *data, bool failed, const char *answer, size_t len)
{
    struct worker *w = data;
    if (w->state != BUSY)
        return;
    sandbox_drain(w->sandbox); /* it was printed before the answer */
    w->state = ANSWERED;       /* extensions may go on until the function's timeout */
    give(w, failed ? OUTCOME_FAILED : OUTCOME_ANSWERED, answer, len);
}

static void piece(void *data, const char *part, size_t len)
{
    struct worker *w = data;
    w->streamed = true;
    if (part && w->state == BUSY)
        w->owner->piece(w->owner->data, part, len);
}

/* The process ends next, or is ended; the event gets this error then. */
static void cannot_start(void *data, const char *error, size_t len)
{
    struct worker *w = data;
    free(w->init_error);
    w->init_error = memory_text(error, len);
}

/* --- the process ---------------------------------------------------------------------------- */

static void printed(void *data, const char *text, size_t len)
{
    struct worker *w = data;
    w->owner->logged(w->owner->data, text, len);
}

static void ended(void *data, const char *words)
{
    struct worker *w = data;
    if (w->state == ENDED)
        return;
    if (w->state == STARTING) {
        w->invoked = w->started;
        log_line(w, "INIT_REPORT Init Duration: %.2f ms\tPhase: init\tStatus: error\n",
                 (moment_steady() - w->started) * 1000);
    }
    if (sandbox_took_too_much(w->sandbox))
        log_line(w, "%s took more than its memory, %ld MB: raise 'memory' in its settings\n",
                 w->function->reference, w->function->memory);
    if (w->init_error && w->has_event)
        give(w, OUTCOME_FAILED, w->init_error, strlen(w->init_error));
    else if (w->has_event)
        give_error(w, OUTCOME_FAILED,
                   sandbox_took_too_much(w->sandbox) ? "Runtime.OutOfMemory" : "Runtime.ExitError",
                   strcmp(words, "exit status 0") == 0
                       ? arena_printf(w->arena,
                                      "RequestId: %s Error: Runtime exited without providing a "
                                      "reason",
                                      w->id)
                       : arena_printf(w->arena,
                                      "RequestId: %s Error: Runtime exited with error: %s", w->id,
                                      words));
    if (w->state == BUSY || w->state == ANSWERED)
        report(w, w->state == BUSY ? "\tStatus: error" : "");
    finish(w);
}

/* The time of an event, or of the start, is over. */
static void too_late(struct loop_timer *timer)
{
    struct worker *w = timer->data;
    double seconds = (double)w->function->timeout;
    sandbox_drain(w->sandbox);
    if (w->state == STARTING) {
        w->invoked = moment_steady() - seconds;
        log_line(w, "INIT_REPORT Init Duration: %.2f ms\tPhase: init\tStatus: timeout\n",
                 (moment_steady() - w->started) * 1000);
    }
    if (w->has_event) {
        char moment[MOMENT_TEXT];
        log_line(w, "%s %s Task timed out after %.2f seconds\n\n",
                 moment_write(moment, moment_now()), w->id, seconds);
        give_error(w, OUTCOME_LATE, "Sandbox.Timedout",
                   arena_printf(w->arena, "RequestId: %s Error: Task timed out after %.2f seconds",
                                w->id, seconds));
        report(w, "\tStatus: timeout");
    } else if (w->state == ANSWERED) {
        report(w, "");
    }
    finish(w);
}

/* Starts the extensions of the layers: the programs in extensions/ (Lambda Developer Guide, "Using
 * Lambda layers for extensions"). */
static bool start_extensions(struct worker *w, const struct sandbox_options *options)
{
    size_t n = 0, started = 0;
    const char *folder =
        w->function->opt ? path_join(w->arena, w->function->opt, "extensions") : NULL;
    char **names =
        folder && file_look(folder) == FILE_FOLDER ? file_list(w->arena, folder, &n) : NULL;
    for (size_t i = 0; i < n; i++) {
        const char *path = path_join(w->arena, folder, names[i]);
        if (!run_found(path))
            continue;
        struct sandbox_options extension = *options;
        extension.argv = (const char *const[]){path, NULL};
        if (started == EXTENSIONS_MOST || !sandbox_add(w->sandbox, &extension))
            return diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be started: %s",
                              started == EXTENSIONS_MOST ? "a function has at most 10 extensions"
                                                         : strerror(errno));
        started++;
    }
    runtime_api_expect(w->api, started);
    return true;
}

static bool start(struct worker *w, const struct interpreter *interpreter)
{
    const char *place;
    w->temporary = file_make_temporary_folder(w->arena, "gordon-run-", &place);
    if (!w->temporary)
        return diag_error(EXIT_OTHER, (struct pos){.file = place}, "cannot be made: %s",
                          strerror(errno));
    w->api = runtime_api_start(w->loop, &w->runtime_owner);
    if (!w->api)
        return false;
    runtime_api_name(w->api, w->function->name, w->function->handler);
    const struct environment environment = {
        .function = w->function,
        .interpreter = interpreter,
        .log_stream = new_log_stream(w->arena),
        .temporary = w->temporary,
        .port = runtime_api_port(w->api),
    };
    const struct sandbox_options options = {
        .argv = interpreter->argv,
        .env = environment_of(w->arena, &environment),
        .folder = w->function->task,
        .memory = w->function->memory,
    };
    w->started = moment_steady();
    w->sandbox = sandbox_start(w->loop, &options, &w->sandbox_owner);
    if (!w->sandbox)
        return diag_error(EXIT_OTHER, (struct pos){.file = interpreter->argv[0]},
                          "cannot be started: %s", strerror(errno));
    return start_extensions(w, &options);
}

struct worker *worker_start(struct loop *loop, const struct function *function,
                            const struct interpreter *interpreter, const struct worker_owner *owner)
{
    struct worker *w = memory_new(sizeof *w);
    *w = (struct worker){.arena = arena_new(), .loop = loop, .function = function, .owner = owner};
    w->runtime_owner = (struct runtime_owner){w, ready, answered, piece, cannot_start};
    w->sandbox_owner = (struct sandbox_owner){w, printed, ended};
    w->late = (struct loop_timer){.due = too_late, .data = w};
    if (!start(w, interpreter)) {
        worker_end(w);
        return NULL;
    }
    w->late.at = w->started + INIT_SECONDS + (double)function->timeout;
    loop_add_timer(loop, &w->late);
    return w;
}

void worker_invoke(struct worker *w, const struct event_in *event)
{
    free(w->event), free(w->client_context);
    w->event = memory_text(event->text, event->len);
    w->len = event->len;
    w->client_context = event->client_context
                            ? memory_text(event->client_context, strlen(event->client_context))
                            : NULL;
    if (event->id)
        snprintf(w->id, sizeof w->id, "%s", event->id);
    else
        new_id(w->id);
    new_trace(w->trace, sizeof w->trace);
    w->has_event = true;
    if (w->state == IDLE)
        hand_over(w);
}

bool worker_is_idle(const struct worker *w)
{
    return w->state == IDLE && !w->has_event;
}

void worker_end(struct worker *w)
{
    if (!w)
        return;
    w->state = ENDED;
    loop_remove_timer(w->loop, &w->late);
    sandbox_end(w->sandbox);
    runtime_api_stop(w->api);
    if (w->temporary)
        remove_path(w->temporary);
    free(w->event), free(w->client_context), free(w->init_error);
    arena_free(w->arena);
    free(w);
}
