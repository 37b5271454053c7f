/* microhttpd.h - loads libmicrohttpd when something is first served. The program is not linked to
 * it, because it brings a dozen libraries.
 *
 * Only local/http.c uses it. */
#ifndef LOCAL_MICROHTTPD_H
#define LOCAL_MICROHTTPD_H
#include <microhttpd.h>

/* The functions that are used: microhttpd->run is MHD_run, and so on. */
#define MICROHTTPD_FUNCTIONS(X)                                                                    \
    X(start_daemon)                                                                                \
    X(stop_daemon)                                                                                 \
    X(run)                                                                                         \
    X(get_timeout)                                                                                 \
    X(get_daemon_info)                                                                             \
    X(suspend_connection)                                                                          \
    X(resume_connection)                                                                           \
    X(queue_response)                                                                              \
    X(create_response_from_buffer)                                                                 \
    X(create_response_from_callback)                                                               \
    X(add_response_header)                                                                         \
    X(destroy_response)                                                                            \
    X(get_connection_values)                                                                       \
    X(lookup_connection_value)

struct microhttpd {
#define MICROHTTPD_POINTER(name) __typeof__(MHD_##name) *name;
    MICROHTTPD_FUNCTIONS(MICROHTTPD_POINTER)
#undef MICROHTTPD_POINTER
};

/* Loads libmicrohttpd at the first call. Returns NULL if that fails; `*missing` is then a message
 * that names the package to install. */
const struct microhttpd *microhttpd_load(const char **missing);

#endif
