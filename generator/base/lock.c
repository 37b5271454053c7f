#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/lock.h"

/* Waits for the lock. Returns `fd`, or -1 with errno; then `fd` is closed. */
static int wait_for(int fd)
{
    while (fd >= 0 && flock(fd, LOCK_EX) != 0)
        if (errno != EINTR) {
            fd_drop(fd);
            return -1;
        }
    return fd;
}

int lock_file(const char *path)
{
    return wait_for(open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
}

int lock_try(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    int fd = file_mkdirs(folder) ? open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666) : -1;
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        fd_drop(fd);
        return -1;
    }
    return fd;
}

/* flock(2), "NFS details": NFS needs a descriptor that is open for writing. */
int lock_folder(struct arena *arena, const char *path)
{
    int fd = wait_for(open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return fd < 0 && errno == EBADF ? lock_file(path_join(arena, path, "lock")) : fd;
}
