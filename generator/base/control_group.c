#include "base/control_group.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/util.h"

enum { MB = 1024 * 1024, TRIES = 50, PAUSE = 10000 /* microseconds */ };

static bool write_file(int group, const char *name, const char *text)
{
    int fd = openat(group, name, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && fd_close(fd, fd_write(fd, text, strlen(text)));
}

static bool read_file(int group, const char *name, char *text, size_t size)
{
    int fd = openat(group, name, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : fd_read(fd, text, size - 1);
    fd_drop(fd);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

/* Whether groups in this folder have limits of memory. */
static bool has_memory(const char *folder)
{
    char text[256];
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && read_file(fd, "cgroup.subtree_control", text, sizeof text) &&
              strstr(text, "memory");
    fd_drop(fd);
    return ok;
}

/* Makes the group in `folder`; -1 if it may not, or if there are no limits. */
static int make(const char *folder, long memory, char **path)
{
    static unsigned count;
    char number[32];
    if (!has_memory(folder))
        return -1;
    struct arena *arena = arena_new();
    const char *name = arena_printf(arena, "%s/gordon-%ld-%u", folder, (long)getpid(), count++);
    int group = mkdir(name, 0700) == 0 ? open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    snprintf(number, sizeof number, "%lld", (long long)memory * MB);
    if (group >= 0) {
        *path = memory_text(name, strlen(name));
        if (!write_file(group, "memory.max", number)) {
            control_group_remove(group, *path);
            group = -1;
        } else {
            write_file(group, "memory.swap.max", "0");
        }
    }
    arena_free(arena);
    return group;
}

/* Tries the folder of our own group, and those above it: a group that has processes has no groups
 * with limits in it. */
int control_group_new_at(const char *root, const char *self, long memory, char **path)
{
    const char *line = strstr(self, "0::/");
    *path = NULL;
    if (!line || (line != self && line[-1] != '\n'))
        return -1;
    struct arena *arena = arena_new();
    const char *own = line + strlen("0::");
    char *folder = arena_printf(arena, "%s%.*s", root, (int)strcspn(own, "\n"), own);
    int group = -1;
    for (size_t len = strlen(folder); group < 0 && len > strlen(root);) {
        group = make(folder, memory, path);
        while (len > strlen(root) && folder[len - 1] != '/')
            len--;
        folder[--len] = '\0';
    }
    arena_free(arena);
    return group;
}

int control_group_new(long memory, char **path)
{
    char self[4096];
    int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : fd_read(fd, self, sizeof self - 1);
    fd_drop(fd);
    self[n > 0 ? n : 0] = '\0';
    return control_group_new_at("/sys/fs/cgroup", self, memory, path);
}

void control_group_enter(int group)
{
    if (group >= 0)
        write_file(group, "cgroup.procs", "0");
}

void control_group_kill(int group)
{
    if (group >= 0)
        write_file(group, "cgroup.kill", "1");
}

long control_group_memory(int group)
{
    char text[64];
    if (group < 0 || !read_file(group, "memory.peak", text, sizeof text))
        return -1;
    return (long)(strtoll(text, NULL, 10) / MB);
}

bool control_group_was_full(int group)
{
    char text[512];
    const char *killed = NULL;
    if (group >= 0 && read_file(group, "memory.events", text, sizeof text))
        killed = strstr(text, "oom_kill ");
    return killed && strtol(killed + strlen("oom_kill "), NULL, 10) > 0;
}

/* A group can be removed a moment after its last process has ended. */
void control_group_remove(int group, char *path)
{
    if (group < 0)
        return;
    close(group);
    for (int i = 0; i < TRIES && rmdir(path) != 0 && errno == EBUSY; i++)
        usleep(PAUSE);
    free(path);
}
