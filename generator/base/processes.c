#include "base/processes.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/util.h"

enum { ENVIRONMENT_MOST = 1024 * 1024, PASSES = 20 };

/* Calls `take` for each process of this machine. */
static void each_process(void (*take)(pid_t pid, void *data), void *data)
{
    DIR *dir = opendir("/proc");
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        if (isdigit((unsigned char)entry->d_name[0]))
            take((pid_t)strtol(entry->d_name, NULL, 10), data);
    if (dir)
        closedir(dir);
}

/* Reads a file of a process; returns its length, or 0. */
static size_t read_file(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : fd_read(fd, text, size - 1);
    fd_drop(fd);
    text[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

struct count {
    pid_t session;
    long pages;
};

/* proc(5), statm: size, resident and shared pages. */
static void add_memory(pid_t pid, void *data)
{
    struct count *count = data;
    char text[256];
    if (getsid(pid) != count->session || !read_file(pid, "statm", text, sizeof text))
        return;
    char *end;
    strtol(text, &end, 10);
    long resident = strtol(end, &end, 10), shared = strtol(end, NULL, 10);
    count->pages += pid == count->session ? resident : resident - shared;
}

long processes_memory(pid_t session)
{
    struct count count = {.session = session};
    each_process(add_memory, &count);
    return count.pages * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}

struct search {
    const char *variable;
    const pid_t *kept;
    size_t n;
    char *environment;
    bool any;
};

static bool is_kept(const struct search *search, pid_t pid)
{
    for (size_t i = 0; i < search->n; i++)
        if (search->kept[i] == pid)
            return true;
    return false;
}

static void kill_marked(pid_t pid, void *data)
{
    struct search *search = data;
    if (pid == getpid() || is_kept(search, pid))
        return;
    size_t len = read_file(pid, "environ", search->environment, ENVIRONMENT_MOST);
    for (const char *at = search->environment; at < search->environment + len; at += strlen(at) + 1)
        if (strcmp(at, search->variable) == 0) {
            search->any = kill(pid, SIGKILL) == 0 || search->any;
            waitpid(pid, NULL, 0);
            return;
        }
}

/* Several passes, because a process may fork while it is looked for. */
void processes_kill(const char *variable, const pid_t *kept, size_t n)
{
    struct search search = {variable, kept, n, memory_new(ENVIRONMENT_MOST), true};
    for (int pass = 0; search.any && pass < PASSES; pass++) {
        search.any = false;
        each_process(kill_marked, &search);
    }
    free(search.environment);
}
