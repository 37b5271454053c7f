/* The Lambda Runtime API: a loop of two HTTP requests to the address in AWS_LAMBDA_RUNTIME_API.
 *
 *     GET  /2018-06-01/runtime/invocation/next             waits for an event
 *     POST /2018-06-01/runtime/invocation/<id>/response    answers it
 *     POST /2018-06-01/runtime/invocation/<id>/error       or reports an error
 *
 * Each request has its own HTTP/1.0 connection: the response ends where the connection ends. */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime.h"

#define INVOCATION "/2018-06-01/runtime/invocation/"

/* Events and answers have at most 6 MB (Lambda quotas). */
enum { BODY_MAX = 6 * 1024 * 1024, HEAD_MAX = 64 * 1024 };

static char received[HEAD_MAX + BODY_MAX + 1], answer[BODY_MAX + 1];

/* Returns a socket that is connected to "host:port", or -1. */
static int connect_to(const char *address)
{
    char host[256];
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const char *colon = strrchr(address, ':');
    int fd = -1;
    if (!colon || (size_t)(colon - address) >= sizeof host)
        return -1;
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = '\0';
    if (getaddrinfo(host, colon + 1, &wanted, &found) != 0)
        return -1;
    for (struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

static bool send_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        data += n, len -= (size_t)n;
    }
    return true;
}

/* Sends a request, and reads the response into `received`. Returns true for the status 2xx. */
static bool request(const char *verb, const char *path, const char *headers, const char *body)
{
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
    char head[1024];
    int head_len =
        snprintf(head, sizeof head, "%s %s HTTP/1.0\r\nHost: %s\r\n%sContent-Length: %zu\r\n\r\n",
                 verb, path, api ? api : "", headers, strlen(body));
    int fd = api && head_len < (int)sizeof head ? connect_to(api) : -1;
    size_t len = 0;
    ssize_t n = -1;
    if (fd >= 0 && send_all(fd, head, (size_t)head_len) && send_all(fd, body, strlen(body)))
        while (len < sizeof received - 1 &&
               (n = recv(fd, received + len, sizeof received - 1 - len, 0)) > 0)
            len += (size_t)n;
    received[len] = '\0';
    if (fd >= 0)
        close(fd);
    return n == 0 && strncmp(received, "HTTP/1.", 7) == 0 && received[9] == '2';
}

/* Copies the value of a header in `received`; false if it is missing or does not fit. */
static bool header(const char *name, char *value, size_t size)
{
    for (const char *line = received; (line = strstr(line, "\r\n"));) {
        line += 2;
        if (strncasecmp(line, name, strlen(name)) != 0 || line[strlen(name)] != ':')
            continue;
        line += strlen(name) + 1;
        line += strspn(line, " ");
        return snprintf(value, size, "%.*s", (int)strcspn(line, "\r"), line) < (int)size;
    }
    return false;
}

static bool post(const char *id, const char *what, const char *headers, const char *body)
{
    char path[256];
    snprintf(path, sizeof path, INVOCATION "%s/%s", id, what);
    return request("POST", path, headers, body);
}

static bool answer_event(handler *handle)
{
    char id[128], error[1024];
    if (!request("GET", INVOCATION "next", "", ""))
        return false;
    const char *head_end = strstr(received, "\r\n\r\n");
    if (!head_end || !header("Lambda-Runtime-Aws-Request-Id", id, sizeof id))
        return false;
    if (handle(head_end + 4, answer, sizeof answer))
        return post(id, "response", "", answer);
    snprintf(error, sizeof error, "{\"errorMessage\": \"%.512s\", \"errorType\": \"Error\"}",
             answer);
    return post(id, "error", "Lambda-Runtime-Function-Error-Type: Error\r\n", error);
}

int runtime_run(handler *handle)
{
    while (answer_event(handle))
        ;
    fprintf(stderr, "the Lambda Runtime API cannot be reached\n");
    return 1;
}
