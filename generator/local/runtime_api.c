#include "local/runtime_api.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/diag.h"
#include "base/util.h"
#include "local/http.h"
#include "local/loop.h"

#define RUNTIME    "/2018-06-01/runtime/"
#define EXTENSION  "/2020-01-01/extension/"
#define IDENTIFIER "Lambda-Extension-Identifier"

enum { EXTENSIONS_MOST = 16, STATUS_ACCEPTED = 202, STATUS_TOO_LARGE = 413 };

struct extension {
    char id[40];
    bool wants_invoke, wants_shutdown;
    struct http_request *waits; /* for its next event, or NULL */
    bool due_invoke;            /* an event that it has not asked for yet */
};

struct runtime_api {
    const struct runtime_owner *owner;
    struct http_handler handler;
    struct http_server *server;
    const char *function, *function_handler;
    struct http_request *waits; /* of the runtime, for the next event; or NULL */
    struct invocation current;  /* its id is NULL without one */
    bool handed;                /* the runtime has got the current event */
    bool told_ready;
    struct extension extensions[EXTENSIONS_MOST];
    size_t n, expected;
    size_t streamed; /* bytes of the answer so far */
};

/* --- answers -------------------------------------------------------------------------------- */

static void accept_it(struct http_request *request)
{
    http_answer_json(request, STATUS_ACCEPTED, "{\"status\":\"OK\"}");
}

static void refuse(struct http_request *request, unsigned status, const char *type,
                   const char *message)
{
    json_t *json = json_pack("{s:s, s:s}", "errorMessage", message, "errorType", type);
    char *text = json_dumps(json, JSON_COMPACT);
    http_answer_json(request, status, text);
    free(text);
    json_decref(json);
}

/* --- waiting for events --------------------------------------------------------------------- */

static void send_event(struct runtime_api *api)
{
    const struct invocation *event = &api->current;
    struct http_request *request = api->waits;
    char deadline[32];
    snprintf(deadline, sizeof deadline, "%lld", event->deadline);
    struct http_header headers[] = {
        {"Content-Type", "application/json"},
        {"Lambda-Runtime-Aws-Request-Id", event->id},
        {"Lambda-Runtime-Deadline-Ms", deadline},
        {"Lambda-Runtime-Invoked-Function-Arn", event->arn},
        {"Lambda-Runtime-Trace-Id", event->trace},
        {"Lambda-Runtime-Client-Context", event->client_context},
    };
    api->waits = NULL;
    api->handed = true;
    api->streamed = 0;
    http_answer(request, 200, headers, countof(headers) - (event->client_context ? 0 : 1),
                event->event, event->len);
}

static void send_to_extension(struct extension *extension, json_t *event)
{
    char *text = json_dumps(event, JSON_COMPACT);
    struct http_request *request = extension->waits;
    const struct http_header headers[] = {{"Content-Type", "application/json"},
                                          {IDENTIFIER, extension->id}};
    extension->waits = NULL;
    extension->due_invoke = false;
    http_answer(request, 200, headers, countof(headers), text, strlen(text));
    free(text);
}

static void send_invoke(struct runtime_api *api, struct extension *extension)
{
    const struct invocation *event = &api->current;
    json_t *json =
        json_pack("{s:s, s:I, s:s, s:s, s:{s:s, s:s}}", "eventType", "INVOKE", "deadlineMs",
                  (json_int_t)event->deadline, "requestId", event->id, "invokedFunctionArn",
                  event->arn, "tracing", "type", "X-Amzn-Trace-Id", "value", event->trace);
    send_to_extension(extension, json);
    json_decref(json);
}

/* Whether the runtime and all extensions wait. */
static bool all_wait(const struct runtime_api *api)
{
    bool all = api->waits && api->n >= api->expected;
    for (size_t i = 0; i < api->n; i++)
        all = all && api->extensions[i].waits;
    return all;
}

static void look_ready(struct runtime_api *api)
{
    if (api->told_ready || api->current.id || !all_wait(api))
        return;
    api->told_ready = true;
    api->owner->ready(api->owner->data);
}

static void next_event(struct http_request *request)
{
    struct runtime_api *api = request->data;
    if (api->waits) {
        refuse(request, 403, "InvalidStateTransition", "another request waits for the next event");
        return;
    }
    api->waits = request;
    if (api->handed && api->current.id) { /* it asks for more before it has answered */
        api->handed = false;
        static const char unanswered[] =
            "{\"errorMessage\":\"the runtime asked for the next event before it answered this "
            "one\",\"errorType\":\"Runtime.NoResponse\"}";
        api->current.id = NULL;
        api->owner->answered(api->owner->data, true, unanswered, strlen(unanswered));
    }
    if (api->current.id && !api->handed)
        send_event(api);
    else
        look_ready(api);
}

/* --- the runtime's answers ------------------------------------------------------------------ */

/* The request's id in ".../invocation/<id>/<what>", if it is the current one. */
static bool is_current(const struct runtime_api *api, const char *path, const char *what)
{
    const char *id = path + strlen(RUNTIME "invocation/");
    size_t len = strcspn(id, "/");
    return str_starts(path, RUNTIME "invocation/") && api->current.id && api->handed &&
           strlen(api->current.id) == len && strncmp(api->current.id, id, len) == 0 &&
           id[len] == '/' && strcmp(id + len + 1, what) == 0;
}

static void answered(struct runtime_api *api, bool failed, const char *answer, size_t len)
{
    api->current.id = NULL;
    api->handed = api->told_ready = false;
    api->owner->answered(api->owner->data, failed, answer, len);
}

/* An error of which the runtime tells only the type, in a header or a trailer. */
static char *error_text(const char *type, const char *message)
{
    json_t *json = json_pack("{s:s, s:s}", "errorMessage", message, "errorType", type);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

static void answer_error(struct runtime_api *api, const char *type, const char *message)
{
    char *text = error_text(type, message);
    answered(api, true, text, strlen(text));
    free(text);
}

/* The end of a streamed answer: an error in the middle comes in trailers. */
static void streamed_to_end(struct http_request *request)
{
    struct runtime_api *api = request->data;
    const char *type = http_trailer(request, "Lambda-Runtime-Function-Error-Type");
    if (type)
        answer_error(api, type, "the streamed answer ended with an error");
    else if (api->streamed > STREAMED_ANSWER_MOST)
        answer_error(api, "Function.ResponseSizeTooLarge",
                     "the streamed answer has more than 200 MB");
    else
        answered(api, false, "", 0);
    accept_it(request);
}

static void take_piece(struct http_request *request, const char *data, size_t len)
{
    struct runtime_api *api = request->data;
    api->streamed += len;
    if (api->streamed <= STREAMED_ANSWER_MOST)
        api->owner->piece(api->owner->data, data, len);
}

/* Whether the body of this request is a streamed answer, which is passed on as it comes. */
static bool begin(struct http_request *request)
{
    struct runtime_api *api = request->data;
    const char *mode = http_header(request, "Lambda-Runtime-Function-Response-Mode");
    bool streams =
        mode && strcasecmp(mode, "streaming") == 0 && is_current(api, request->path, "response");
    if (streams)
        api->owner->piece(api->owner->data, NULL, 0);
    request->own = streams ? request : NULL;
    return streams;
}

static void response(struct http_request *request)
{
    struct runtime_api *api = request->data;
    if (request->own) {
        streamed_to_end(request);
    } else if (request->cut) {
        refuse(request, STATUS_TOO_LARGE, "RequestEntityTooLarge",
               "Exceeded maximum allowed payload size (6291556 bytes).");
        answer_error(api, "Function.ResponseSizeTooLarge",
                     "Response payload size exceeded maximum allowed payload size (6291556 "
                     "bytes).");
    } else {
        accept_it(request);
        answered(api, false, request->body, request->len);
    }
}

/* The body of an error, or one made of the header if it is no JSON. */
static char *error_of(const struct http_request *request)
{
    const char *type = http_header(request, "Lambda-Runtime-Function-Error-Type");
    json_t *json = json_loadb(request->body, request->len, JSON_DECODE_ANY, NULL);
    bool whole = json_is_object(json);
    json_decref(json);
    return whole ? memory_text(request->body, request->len)
                 : error_text(type ? type : "Unhandled", request->body);
}

static void function_error(struct http_request *request)
{
    struct runtime_api *api = request->data;
    char *text = error_of(request);
    accept_it(request);
    answered(api, true, text, strlen(text));
    free(text);
}

static void init_error(struct http_request *request)
{
    struct runtime_api *api = request->data;
    char *text = error_of(request);
    accept_it(request);
    api->owner->cannot_start(api->owner->data, text, strlen(text));
    free(text);
}

/* --- extensions ----------------------------------------------------------------------------- */

static bool wants(const json_t *events, const char *name)
{
    size_t i;
    json_t *event;
    json_array_foreach((json_t *)events, i, event)
        if (json_is_string(event) && strcmp(json_string_value(event), name) == 0)
            return true;
    return false;
}

static void register_extension(struct http_request *request)
{
    struct runtime_api *api = request->data;
    const char *name = http_header(request, "Lambda-Extension-Name");
    if (!name || !*name || api->n == EXTENSIONS_MOST) {
        refuse(request, 403, "Extension.RegistrationError",
               name ? "there are too many extensions"
                    : "the header Lambda-Extension-Name is "
                      "missing");
        return;
    }
    struct extension *extension = &api->extensions[api->n++];
    json_t *body = json_loadb(request->body, request->len, 0, NULL);
    const json_t *events = json_object_get(body, "events");
    *extension = (struct extension){.wants_invoke = wants(events, "INVOKE"),
                                    .wants_shutdown = wants(events, "SHUTDOWN")};
    json_decref(body);
    snprintf(extension->id, sizeof extension->id, "00000000-0000-0000-0000-%012zx", api->n);
    json_t *told = json_pack("{s:s, s:s, s:s}", "functionName", api->function, "functionVersion",
                             "$LATEST", "handler", api->function_handler);
    char *text = json_dumps(told, JSON_COMPACT);
    const struct http_header headers[] = {{"Content-Type", "application/json"},
                                          {IDENTIFIER, extension->id}};
    http_answer(request, 200, headers, countof(headers), text, strlen(text));
    free(text);
    json_decref(told);
}

static struct extension *extension_of(const struct http_request *request)
{
    struct runtime_api *api = request->data;
    const char *id = http_header(request, IDENTIFIER);
    for (size_t i = 0; id && i < api->n; i++)
        if (strcmp(api->extensions[i].id, id) == 0)
            return &api->extensions[i];
    return NULL;
}

static void next_extension_event(struct http_request *request)
{
    struct runtime_api *api = request->data;
    struct extension *extension = extension_of(request);
    if (!extension || extension->waits) {
        refuse(request, 403, "Extension.UnknownExtensionIdentifier",
               "the header " IDENTIFIER " names no extension that can wait");
        return;
    }
    extension->waits = request;
    if (extension->due_invoke && api->current.id)
        send_invoke(api, extension);
    else
        look_ready(api);
}

static void extension_failed(struct http_request *request)
{
    struct runtime_api *api = request->data;
    const char *type = http_header(request, "Lambda-Extension-Function-Error-Type");
    char *text = error_text(type ? type : "Extension.InitError", "an extension failed");
    accept_it(request);
    api->owner->cannot_start(api->owner->data, text, strlen(text));
    free(text);
}

/* Logs and telemetry are on standard error here. AWS's own emulator answers the same. */
static void no_telemetry(struct http_request *request)
{
    refuse(request, STATUS_ACCEPTED, "Telemetry.NotSupported", "Telemetry API is not supported");
}

/* --- all requests --------------------------------------------------------------------------- */

static const struct route {
    const char *method, *path;
    void (*serve)(struct http_request *request);
} routes[] = {
    {"GET", RUNTIME "invocation/next", next_event},
    {"POST", RUNTIME "init/error", init_error},
    {"POST", EXTENSION "register", register_extension},
    {"GET", EXTENSION "event/next", next_extension_event},
    {"POST", EXTENSION "init/error", extension_failed},
    {"POST", EXTENSION "exit/error", extension_failed},
    {"PUT", "/2022-07-01/telemetry", no_telemetry},
    {"PUT", "/2020-08-15/logs", no_telemetry},
};

static void serve(struct http_request *request)
{
    const struct runtime_api *api = request->data;
    bool posts = strcmp(request->method, "POST") == 0;
    for (size_t i = 0; i < countof(routes); i++)
        if (strcmp(request->method, routes[i].method) == 0 &&
            strcmp(request->path, routes[i].path) == 0) {
            routes[i].serve(request);
            return;
        }
    if (posts && is_current(api, request->path, "response"))
        response(request);
    else if (posts && is_current(api, request->path, "error"))
        function_error(request);
    else if (posts && str_starts(request->path, RUNTIME "invocation/"))
        refuse(request, 400, "InvalidRequestID", "Invalid request ID");
    else
        refuse(request, 404, "NotFound", "the Runtime API has no such path");
}

static void gone(struct http_request *request)
{
    struct runtime_api *api = request->data;
    if (api->waits == request)
        api->waits = NULL;
    for (size_t i = 0; i < api->n; i++)
        if (api->extensions[i].waits == request)
            api->extensions[i].waits = NULL;
}

struct runtime_api *runtime_api_start(struct loop *loop, const struct runtime_owner *owner)
{
    const char *why = NULL;
    struct runtime_api *api = memory_new(sizeof *api);
    *api = (struct runtime_api){.owner = owner, .function = "", .function_handler = ""};
    api->handler = (struct http_handler){.data = api,
                                         .most = ANSWER_MOST,
                                         .takes_cut = true,
                                         .begin = begin,
                                         .piece = take_piece,
                                         .serve = serve,
                                         .gone = gone};
    api->server = http_start(loop, &api->handler, 0, &why);
    if (api->server)
        return api;
    free(api);
    diag_error(EXIT_OTHER, (struct pos){0}, "the Runtime API cannot be served: %s", why);
    return NULL;
}

void runtime_api_stop(struct runtime_api *api)
{
    if (!api)
        return;
    http_stop(api->server);
    free(api);
}

unsigned runtime_api_port(const struct runtime_api *api)
{
    return http_port(api->server);
}

void runtime_api_name(struct runtime_api *api, const char *function, const char *handler)
{
    api->function = function;
    api->function_handler = handler;
}

void runtime_api_expect(struct runtime_api *api, size_t extensions)
{
    api->expected = extensions;
}

void runtime_api_invoke(struct runtime_api *api, const struct invocation *invocation)
{
    api->current = *invocation;
    api->handed = api->told_ready = false;
    for (size_t i = 0; i < api->n; i++) {
        struct extension *extension = &api->extensions[i];
        extension->due_invoke = extension->wants_invoke;
        if (extension->due_invoke && extension->waits)
            send_invoke(api, extension);
    }
    if (api->waits)
        send_event(api);
}

bool runtime_api_shut_down(struct runtime_api *api, const char *reason)
{
    bool any = false;
    for (size_t i = 0; i < api->n; i++) {
        struct extension *extension = &api->extensions[i];
        if (!extension->wants_shutdown || !extension->waits)
            continue;
        json_t *event = json_pack("{s:s, s:s}", "eventType", "SHUTDOWN", "shutdownReason", reason);
        send_to_extension(extension, event);
        json_decref(event);
        any = true;
    }
    return any;
}
