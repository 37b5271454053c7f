/* http.h - a small HTTP server on the loopback device, by libmicrohttpd, in a loop. */
#ifndef LOCAL_HTTP_H
#define LOCAL_HTTP_H
#include <stdbool.h>
#include <stddef.h>

struct http_server;
struct loop;

/* A request. It lives until it is answered, or until `gone` was called for it. */
struct http_request {
    void *data; /* of the server */
    const char *method;
    const char *target; /* path and query, as they were sent */
    const char *path;   /* without the query, as it was sent */
    const char *query;  /* behind the '?', or "" */
    const char *body;   /* NUL-terminated */
    size_t len;
    bool cut;  /* the body has more bytes than `most` */
    void *own; /* for the handler */
};

struct http_header {
    const char *name, *value;
};

/* What serves requests. `data` is for the functions. */
struct http_handler {
    void *data;
    size_t most;    /* bytes of a body; one that has more is answered with 413 */
    bool takes_cut; /* `serve` gets such a request, too */
    /* Called when the head is there, before the body; or NULL. True: `piece` takes the body. */
    bool (*begin)(struct http_request *request);
    void (*piece)(struct http_request *request, const char *data, size_t len);
    /* Called when all of it is there. Answers now or later. */
    void (*serve)(struct http_request *request);
    /* The connection ended before the answer; or NULL. While a request waits for its answer, this
     * is noticed only when it is answered. */
    void (*gone)(struct http_request *request);
};

/* Serves on 127.0.0.1 at `port`, or at a free one for 0. A request whose Host is another one, or
 * which a web page sent (Origin), is refused with 403: a name that leads here, or a page of
 * elsewhere, must not reach it. Returns NULL with a message in `*why`. `handler` must live as long
 * as the server. */
struct http_server *http_start(struct loop *loop, const struct http_handler *handler, unsigned port,
                               const char **why);
/* Ends it with all its connections. Requests that wait are answered with 503. */
void http_stop(struct http_server *server);
unsigned http_port(const struct http_server *server);

/* The value of a header, or NULL; its name without regard to case. */
const char *http_header(const struct http_request *request, const char *name);
/* The value of a trailer behind the body, or NULL. */
const char *http_trailer(const struct http_request *request, const char *name);

/* Answers with these headers and bytes, which are copied. */
void http_answer(struct http_request *request, unsigned status, const struct http_header *headers,
                 size_t n, const void *body, size_t len);
/* Answers with JSON. */
void http_answer_json(struct http_request *request, unsigned status, const char *json);

#endif
