/* An `aws` of the tests. A server (call_server.py) runs its calls: it has Python and the modules
 * loaded, which takes most of the time of a call. Its socket is <path of the link that was
 * started>.calls, or else GORDON_TEST_AWS. Without a server it runs <path of the link>.real, the
 * AWS CLI.
 *
 * If GORDON_TEST_AWS_LOG names a file, the arguments are appended to it, each with a NUL behind it,
 * and an empty line at the end of the call. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

extern char **environ;

struct text {
    char *data;
    size_t len;
};

static void fail(const char *what)
{
    perror(what);
    exit(255);
}

/* Adds a string with its NUL. */
static void add(struct text *text, const char *string)
{
    size_t len = strlen(string) + 1;
    text->data = realloc(text->data, text->len + len);
    if (!text->data)
        fail("realloc");
    memcpy(text->data + text->len, string, len);
    text->len += len;
}

static void add_number(struct text *text, long number)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%ld", number);
    add(text, digits);
}

static void log_call(char **arguments)
{
    const char *path = getenv("GORDON_TEST_AWS_LOG");
    if (!path || !*path)
        return;
    struct text call = {0};
    for (char **a = arguments; *a; a++)
        add(&call, *a);
    add(&call, "\n");
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0 || write(log, call.data, call.len) != (ssize_t)call.len || close(log) != 0)
        fail(path);
    free(call.data);
}

/* Returns a connection to the server at `path`, or -1. */
static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || strlen(path) >= sizeof address.sun_path)
        return -1;
    strcpy(address.sun_path, path);
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection >= 0 && connect(connection, (struct sockaddr *)&address, sizeof address) != 0) {
        close(connection);
        connection = -1;
    }
    return connection;
}

static int connect_to_server(const char *program)
{
    char own[PATH_MAX];
    int len = snprintf(own, sizeof own, "%s.calls", program);
    int connection = len < (int)sizeof own ? connect_to(own) : -1;
    return connection >= 0 ? connection : connect_to(getenv("GORDON_TEST_AWS"));
}

/* Never returns. */
static void run_real(const char *program, char **arguments)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s.real", program) < (int)sizeof path)
        execv(path, arguments);
    fail(path);
}

/* Sends the length of the rest with the standard files, and then the rest. */
static void send_request(int connection, const struct text *rest)
{
    char length[32];
    int files[3] = {0, 1, 2};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof files)];
    } control = {0};
    struct iovec part = {length, (size_t)snprintf(length, sizeof length, "%zu\n", rest->len)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = sizeof control.space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof files);
    memcpy(CMSG_DATA(header), files, sizeof files);
    if (sendmsg(connection, &message, MSG_NOSIGNAL) != (ssize_t)part.iov_len)
        fail("sendmsg");
    for (size_t done = 0; done < rest->len;) {
        ssize_t n = send(connection, rest->data + done, rest->len - done, MSG_NOSIGNAL);
        if (n < 0)
            fail("send");
        done += (size_t)n;
    }
}

int main(int argc, char **argv)
{
    log_call(argv + 1);
    const char *program = (const char *)getauxval(AT_EXECFN);
    int connection = connect_to_server(program);
    if (connection < 0)
        run_real(program, argv);
    char folder[PATH_MAX], status[16] = "";
    if (!getcwd(folder, sizeof folder))
        fail("getcwd");
    struct text request = {0};
    add_number(&request, getppid());
    add(&request, program);
    add(&request, folder);
    add_number(&request, argc - 1);
    for (int i = 1; i < argc; i++)
        add(&request, argv[i]);
    for (char **e = environ; *e; e++)
        add(&request, *e);
    send_request(connection, &request);
    free(request.data);
    ssize_t len = recv(connection, status, sizeof status - 1, MSG_WAITALL);
    int ended = len > 0 ? atoi(status) : 255;
    if (ended < 0) /* by this signal */
        raise(-ended);
    return ended;
}
