#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "deploy/staging.h"

static const char prefix[] = "gordon-apply-";

/* Locks a folder until the descriptor is closed; -1 if it is locked. A locked folder is in use even
 * if its process cannot be seen, as in a container. */
static int lock(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    fd_drop(fd);
    return -1;
}

void staging_sweep(struct arena *arena)
{
    const char *tmp = file_temporary();
    size_t n;
    char **names = file_list(arena, tmp, &n);
    for (size_t i = 0; names && i < n; i++) {
        const char *path = path_join(arena, tmp, names[i]);
        struct stat st;
        if (!str_starts(names[i], prefix) || lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) ||
            st.st_uid != geteuid())
            continue;
        long pid = strtol(names[i] + strlen(prefix), NULL, 10);
        int fd = pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH ? lock(path) : -1;
        if (fd >= 0)
            remove_path(path);
        fd_drop(fd);
    }
}

const char *staging_make(struct arena *arena)
{
    staging_sweep(arena);
    char *dir = arena_printf(arena, "%s/%s%ld-XXXXXX", file_temporary(), prefix, (long)getpid());
    bool made = mkdtemp(dir);
    if (made && lock(dir) >= 0)
        return dir; /* locked until the program ends */
    diag_error(EXIT_OTHER, (struct pos){.file = dir}, "%s", strerror(errno));
    if (made)
        rmdir(dir);
    return NULL;
}

void staging_remove(const char *dir)
{
    if (dir && !remove_path(dir))
        diag_warning((struct pos){.file = dir},
                     "this temporary folder cannot be removed: %s; remove it, because it may hold "
                     "secrets",
                     strerror(errno));
}
