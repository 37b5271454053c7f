#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "check.h"

static char many[200 * 1024], back[sizeof many];

/* A pipe gives and takes as much as it holds, so that reads and writes of more are partial. */
static void test_pipe(void)
{
    int fds[2];
    CHECK(pipe(fds) == 0);
    memset(many, 'x', sizeof many);
    pid_t pid = fork();
    if (pid == 0) {
        close(fds[0]);
        _exit(fd_write(fds[1], many, sizeof many) ? 0 : 1);
    }
    close(fds[1]);
    CHECK(fd_read(fds[0], back, sizeof many - 7) == (ssize_t)sizeof many - 7);
    CHECK(fd_read(fds[0], back + sizeof many - 7, 100) == 7);
    CHECK(memcmp(many, back, sizeof many) == 0);
    CHECK(fd_read(fds[0], back, 100) == 0);
    close(fds[0]);
}

static void test_errors(void)
{
    char byte = 0;
    errno = 0;
    CHECK(fd_read(-1, &byte, 1) == -1 && errno == EBADF);
    CHECK(!fd_write(-1, &byte, 1) && errno == EBADF);
    CHECK(!fd_close(-1, true) && errno == EBADF);
    errno = ENOSPC;
    CHECK(!fd_close(-1, false) && errno == ENOSPC);
    fd_drop(-1);
    CHECK(errno == ENOSPC);
}

struct taken {
    size_t len;
    int fd; /* truncated after the first block; -1: not */
};

static void take(void *data, const void *block, size_t len)
{
    struct taken *taken = data;
    CHECK(len && *(const char *)block == 'x');
    taken->len += len;
    if (taken->fd >= 0)
        CHECK(ftruncate(taken->fd, 1) == 0);
}

static void test_blocks(void)
{
    int fd = open("blocks", O_RDWR | O_CREAT | O_TRUNC, 0600);
    struct taken whole = {.fd = -1}, part = {.fd = fd};
    CHECK(fd_write(fd, many, sizeof many) && lseek(fd, 0, SEEK_SET) == 0);
    CHECK(fd_each_block(fd, take, &whole) && whole.len == sizeof many);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    errno = 0;
    CHECK(!fd_each_block(fd, take, &part) && errno == EIO);
    CHECK(fd_close(fd, true) && unlink("blocks") == 0);
    CHECK(!fd_each_block(fd, take, &part) && errno == EBADF);
}

int main(void)
{
    test_pipe();
    test_errors();
    test_blocks();
    return check_result();
}
