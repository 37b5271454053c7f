#include "local/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "local/loop.h"
#include "local/microhttpd.h"

enum { CONNECTIONS = 8192, IDLE_SECONDS = 0 /* a lambda may wait for its next event for long */ };

struct http_server {
    const struct http_handler *handler;
    struct loop *loop;
    struct MHD_Daemon *daemon;
    struct loop_watch watch;
    struct loop_pump pump;
    unsigned port;
    bool due; /* something was answered since it ran last */
    struct exchange *exchanges;
};

/* A request with what only this file knows. */
struct exchange {
    struct http_request request;
    struct http_server *server;
    struct exchange *next, **before; /* in the server's list; `before` is what points here */
    struct MHD_Connection *connection;
    struct buf body;
    char *target, *path;
    struct MHD_Response *response;
    unsigned status;
    enum { HEAD, BODY, SERVED, WAITS, DONE } state;
    bool in_pieces;
};

static const struct microhttpd *mhd; /* loaded when the first server starts */

/* --- the answer ----------------------------------------------------------------------------- */

void http_answer(struct http_request *request, unsigned status, const struct http_header *headers,
                 size_t n, const void *body, size_t len)
{
    struct exchange *x = (struct exchange *)request;
    if (x->response)
        return;
    x->response =
        mhd->create_response_from_buffer(len, (void *)(len ? body : ""), MHD_RESPMEM_MUST_COPY);
    if (!x->response)
        fatal_memory();
    for (size_t i = 0; i < n; i++)
        mhd->add_response_header(x->response, headers[i].name, headers[i].value);
    x->status = status;
    x->server->due = true;
    if (x->state == WAITS) {
        x->state = SERVED;
        mhd->resume_connection(x->connection);
    }
}

void http_answer_json(struct http_request *request, unsigned status, const char *json)
{
    const struct http_header type = {"Content-Type", "application/json"};
    http_answer(request, status, &type, 1, json, strlen(json));
}

/* --- who may ask ---------------------------------------------------------------------------- */

static bool is_own_host(const struct http_server *server, const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};
    char own[64];
    for (size_t i = 0; host && i < countof(names); i++) {
        snprintf(own, sizeof own, "%s:%u", names[i], server->port);
        if (strcasecmp(host, own) == 0)
            return true;
    }
    return false;
}

static bool is_welcome(const struct exchange *x)
{
    return is_own_host(x->server, http_header(&x->request, "Host")) &&
           !http_header(&x->request, "Origin");
}

const char *http_header(const struct http_request *request, const char *name)
{
    const struct exchange *x = (const struct exchange *)request;
    return mhd->lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

const char *http_trailer(const struct http_request *request, const char *name)
{
    const struct exchange *x = (const struct exchange *)request;
    return mhd->lookup_connection_value(x->connection, MHD_FOOTER_KIND, name);
}

/* --- the request ---------------------------------------------------------------------------- */

/* libmicrohttpd calls this first, with the target as it was sent. */
static void *begin_exchange(void *data, const char *target, struct MHD_Connection *connection)
{
    struct exchange *x = memory_new(sizeof *x);
    *x = (struct exchange){.server = data, .connection = connection};
    size_t len = strcspn(target, "?");
    x->target = memory_text(target, strlen(target));
    x->path = memory_text(target, len);
    x->request = (struct http_request){
        .data = x->server->handler->data,
        .target = x->target,
        .path = x->path,
        .query = target[len] ? x->target + len + 1 : "",
        .body = "",
    };
    x->next = x->server->exchanges;
    x->before = &x->server->exchanges;
    if (x->next)
        x->next->before = &x->next;
    x->server->exchanges = x;
    return x;
}

static void end_exchange(void *data, struct MHD_Connection *connection, void **cls,
                         enum MHD_RequestTerminationCode code)
{
    struct http_server *server = data;
    struct exchange *x = *cls;
    (void)connection, (void)code;
    *cls = NULL;
    if (!x)
        return;
    if (x->state != HEAD && x->state != DONE && server->handler->gone)
        server->handler->gone(&x->request);
    if (x->response)
        mhd->destroy_response(x->response);
    *x->before = x->next;
    if (x->next)
        x->next->before = x->before;
    buf_free(&x->body);
    free(x->target), free(x->path), free(x);
}

static void take_head(struct exchange *x)
{
    const struct http_handler *handler = x->server->handler;
    x->state = BODY;
    if (!is_welcome(x))
        http_answer_json(&x->request, MHD_HTTP_FORBIDDEN,
                         "{\"errorMessage\": \"this server answers programs of this machine "
                         "only\", \"errorType\": \"Forbidden\"}");
    else if (handler->begin)
        x->in_pieces = handler->begin(&x->request);
}

static void take_piece(struct exchange *x, const char *data, size_t len)
{
    if (x->response || x->request.cut)
        return;
    if (x->in_pieces) {
        x->server->handler->piece(&x->request, data, len);
    } else if (x->body.len + len > x->server->handler->most) {
        x->request.cut = true;
    } else {
        buf_add(&x->body, data, len);
        x->request.body = x->body.data, x->request.len = x->body.len;
    }
}

static enum MHD_Result send_answer(struct exchange *x)
{
    enum MHD_Result result = mhd->queue_response(x->connection, x->status, x->response);
    x->state = DONE;
    return result;
}

static enum MHD_Result access_handler(void *data, struct MHD_Connection *connection,
                                      const char *url, const char *method, const char *version,
                                      const char *upload, size_t *len, void **cls)
{
    struct exchange *x = *cls;
    (void)data, (void)connection, (void)url, (void)version;
    if (x->state == HEAD) {
        x->request.method = method;
        take_head(x);
        return MHD_YES;
    }
    if (*len) {
        take_piece(x, upload, *len);
        *len = 0;
        return MHD_YES;
    }
    if (x->state == BODY && !x->response) {
        x->state = SERVED;
        if (x->request.cut && !x->server->handler->takes_cut)
            http_answer_json(&x->request, MHD_HTTP_CONTENT_TOO_LARGE,
                             "{\"errorMessage\": \"the body has too many bytes\", "
                             "\"errorType\": \"RequestEntityTooLarge\"}");
        else
            x->server->handler->serve(&x->request);
    }
    if (x->response)
        return send_answer(x);
    x->state = WAITS;
    mhd->suspend_connection(connection);
    return MHD_YES;
}

/* --- the server ----------------------------------------------------------------------------- */

static void run(struct http_server *server)
{
    server->due = false;
    mhd->run(server->daemon);
}

static void ready(struct loop_watch *watch)
{
    run(watch->data);
}

static double patience(struct loop_pump *pump)
{
    struct http_server *server = pump->data;
    MHD_UNSIGNED_LONG_LONG milliseconds;
    if (server->due)
        return 0;
    return mhd->get_timeout(server->daemon, &milliseconds) == MHD_YES ? (double)milliseconds / 1000
                                                                      : -1;
}

static void work(struct loop_pump *pump)
{
    if (patience(pump) == 0)
        run(pump->data);
}

static bool start(struct http_server *server, unsigned port, const char **why)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    errno = 0;
    server->daemon = mhd->start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, access_handler, server,
        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, server,
        MHD_OPTION_NOTIFY_COMPLETED, end_exchange, server, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, MHD_OPTION_END);
    if (!server->daemon) {
        *why = errno ? strerror(errno) : "no server can be started";
        return false;
    }
    server->port = mhd->get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    server->watch.fd = mhd->get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return true;
}

struct http_server *http_start(struct loop *loop, const struct http_handler *handler, unsigned port,
                               const char **why)
{
    mhd = microhttpd_load(why);
    struct http_server *server = memory_new(sizeof *server);
    *server = (struct http_server){.handler = handler, .loop = loop};
    if (!mhd || !start(server, port, why)) {
        free(server);
        return NULL;
    }
    server->watch.ready = ready, server->watch.data = server;
    server->pump = (struct loop_pump){.patience = patience, .work = work, .data = server};
    loop_add_watch(loop, &server->watch);
    loop_add_pump(loop, &server->pump);
    return server;
}

/* libmicrohttpd cannot end connections that wait, so these are answered. */
void http_stop(struct http_server *server)
{
    if (!server)
        return;
    for (struct exchange *x = server->exchanges; x; x = x->next)
        if (x->state == WAITS)
            http_answer(&x->request, MHD_HTTP_SERVICE_UNAVAILABLE, NULL, 0, "", 0);
    run(server);
    loop_remove_watch(server->loop, &server->watch);
    loop_remove_pump(server->loop, &server->pump);
    mhd->stop_daemon(server->daemon);
    free(server);
}

unsigned http_port(const struct http_server *server)
{
    return server->port;
}
