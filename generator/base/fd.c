#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/interrupt.h"

ssize_t fd_read(int fd, void *data, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = read(fd, (char *)data + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

bool fd_write(int fd, const void *data, size_t len)
{
    for (const char *rest = data; len;) {
        ssize_t n = write(fd, rest, len);
        if (n < 0 && errno != EINTR)
            return false;
        rest += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

bool fd_close(int fd, bool ok)
{
    int error = errno;
    if (close(fd) != 0 && ok)
        return false;
    errno = error;
    return ok;
}

void fd_drop(int fd)
{
    if (fd >= 0)
        fd_close(fd, false);
}

bool fd_each_block(int fd, void (*take)(void *data, const void *block, size_t len), void *data)
{
    char block[16 * 1024];
    struct stat st;
    if (fstat(fd, &st) != 0)
        return false;
    off_t left = S_ISREG(st.st_mode) ? st.st_size : 0;
    for (ssize_t n; (n = fd_read(fd, block, sizeof block)) != 0; left -= n) {
        if (n < 0 || interrupt_came())
            return false;
        take(data, block, (size_t)n);
    }
    if (left > 0)
        errno = EIO;
    return left <= 0;
}
