#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "base/unfinished.h"
#include "base/util.h"

/* If one of them were closed, the next opened file would get its descriptor and receive our output.
 */
static void open_standard_files(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd < 3);
    if (fd >= 0)
        close(fd);
}

/* Makes a relative folder absolute; "" is the current folder. Leaves it as it is if the current
 * folder is gone. */
static const char *absolute(struct arena *arena, const char *folder)
{
    char *current = *folder == '/' ? NULL : getcwd(NULL, 0);
    if (current)
        folder = arena_printf(arena, "%s%s%s", current, *folder ? "/" : "", folder);
    free(current);
    return folder;
}

/* POSIX, 8.3: an empty folder in PATH is the current one. */
static void make_path_absolute(struct arena *arena, const char *path)
{
    struct buf out = {0};
    char *rest = arena_strdup(arena, path);
    for (char *folder; (folder = strsep(&rest, ":"));)
        buf_printf(&out, "%s%s", out.len ? ":" : "", absolute(arena, folder));
    setenv("PATH", out.data ? out.data : "", 1);
    buf_free(&out);
}

static bool has_relative_folder(const char *list)
{
    while (list && *list == '/') {
        list = strchr(list, ':');
        list = list ? list + 1 : NULL;
    }
    return list != NULL;
}

static void make_folders_absolute(void)
{
    const char *path = getenv("PATH"), *tmp = getenv("TMPDIR");
    struct arena *arena = arena_new();
    if (path && has_relative_folder(path))
        make_path_absolute(arena, path);
    if (tmp && *tmp)
        setenv("TMPDIR", absolute(arena, tmp), 1);
    arena_free(arena);
}

static void set_signals(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < countof(ends); i++)
        unfinished_end_by(ends[i]);
}

void process_begin(void)
{
    open_standard_files();
    setenv("TZ", "UTC0", 1);
    make_folders_absolute();
    set_signals();
}

static bool nobody_reads(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP));
}

void process_check_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return;
    if (nobody_reads()) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    fatal("standard output could not be written completely");
}
