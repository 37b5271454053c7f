#include "local/invoke_server.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/interrupt.h"
#include "base/util.h"
#include "local/function.h"
#include "local/http.h"
#include "local/loop.h"
#include "local/runtime_api.h"
#include "local/sandbox.h"
#include "local/worker_pool.h"

#define FUNCTIONS   "/2015-03-31/functions/"
#define INVOCATIONS "/invocations"

/* A request on its way to a worker. */
struct invocation_call {
    struct pool_call call;
    struct http_request *request; /* NULL: who sent it has gone, or it was answered at once */
    struct buf streamed;
};

struct serving {
    const struct invoke_server *options;
    struct worker_pool *pool;
};

static void refuse(struct http_request *request, unsigned status, const char *type,
                   const char *message)
{
    json_t *json = json_pack("{s:s, s:s}", "Type", "User", "Message", message);
    char *text = json_dumps(json, JSON_COMPACT);
    const struct http_header headers[] = {{"Content-Type", "application/json"},
                                          {"X-Amzn-ErrorType", type}};
    http_answer(request, status, headers, countof(headers), text, strlen(text));
    free(text);
    json_decref(json);
}

static void piece(struct pool_call *call, const char *part, size_t len)
{
    struct invocation_call *c = call->data;
    buf_add(&c->streamed, part, len);
}

static void answer(struct invocation_call *c, const struct result *result)
{
    const struct http_header headers[] = {
        {"Content-Type", result->streamed ? "application/octet-stream" : "application/json"},
        {"X-Amz-Executed-Version", "$LATEST"},
        {"X-Amz-Function-Error", "Unhandled"},
    };
    size_t n = countof(headers) - (result->outcome == OUTCOME_ANSWERED);
    if (result->outcome == OUTCOME_ANSWERED && result->streamed)
        http_answer(c->request, 200, headers, n, c->streamed.data, c->streamed.len);
    else
        http_answer(c->request, 200, headers, n, result->text, result->len);
}

static void done(struct pool_call *call, const struct result *result)
{
    struct invocation_call *c = call->data;
    if (c->request)
        c->request->own = NULL;
    if (c->request && result)
        answer(c, result);
    else if (c->request)
        refuse(c->request, 502, "ServiceException", "the lambda's process cannot be started");
    buf_free(&c->streamed);
    free((char *)call->event.text);
    free(c);
}

static void gone(struct http_request *request)
{
    struct invocation_call *c = request->own;
    if (c)
        c->request = NULL;
}

static bool is_function(const struct function *function, const char *path)
{
    const char *name = path + strlen(FUNCTIONS);
    size_t len = strcspn(name, "/");
    const char *const names[] = {"function", function->name, function->reference};
    for (size_t i = 0; i < countof(names); i++)
        if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0)
            return strcmp(name + len, INVOCATIONS) == 0;
    return false;
}

static bool is_json(const struct http_request *request)
{
    json_t *json = json_loadb(request->body, request->len,
                              JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, NULL);
    json_decref(json);
    return json || !request->len;
}

static void call_lambda(struct serving *s, struct http_request *request)
{
    struct invocation_call *c = memory_new(sizeof *c);
    const char *type = http_header(request, "X-Amz-Invocation-Type");
    const char *text = request->len ? request->body : "{}";
    *c = (struct invocation_call){.request = request};
    c->call = (struct pool_call){.piece = piece, .done = done, .data = c};
    c->call.event = (struct event_in){.text = memory_text(text, strlen(text)), .len = strlen(text)};
    request->own = c;
    if (type && strcmp(type, "Event") == 0) {
        c->request = NULL;
        request->own = NULL;
        http_answer(request, 202, NULL, 0, "", 0);
    }
    worker_pool_call(s->pool, &c->call);
}

static void serve(struct http_request *request)
{
    struct serving *s = request->data;
    if (!str_starts(request->path, FUNCTIONS) || !is_function(s->options->function, request->path))
        refuse(request, 404, "ResourceNotFoundException", "there is no such function here");
    else if (strcmp(request->method, "POST") != 0)
        refuse(request, 405, "MethodNotAllowedException", "an invocation is a POST");
    else if (request->cut)
        refuse(request, 413, "RequestTooLargeException", "an event has at most 6 MB");
    else if (!is_json(request))
        refuse(request, 400, "InvalidRequestContentException", "the event is not JSON");
    else
        call_lambda(s, request);
}

bool invoke_server_run(const struct invoke_server *options)
{
    struct loop *loop = loop_new();
    const char *why = NULL;
    struct serving s = {.options = options};
    const struct http_handler handler = {
        .data = &s, .most = PAYLOAD_MOST, .takes_cut = true, .serve = serve, .gone = gone};
    const struct worker_pool_options pool = {.loop = loop,
                                             .function = options->function,
                                             .interpreter = options->interpreter,
                                             .most = options->concurrency,
                                             .logged = options->logged};
    sandbox_adopt();
    struct http_server *server = http_start(loop, &handler, options->port, &why);
    if (server) {
        s.pool = worker_pool_new(&pool);
        options->listens(http_port(server));
        while (!interrupt_signal())
            loop_turn(loop);
        worker_pool_free(s.pool);
        http_stop(server);
    }
    loop_free(loop);
    return server || diag_error(EXIT_OTHER, (struct pos){0}, "port %u cannot be served: %s",
                                options->port, why);
}
