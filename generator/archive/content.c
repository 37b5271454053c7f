#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "archive/content.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/stamp.h"
#include "base/util.h"

static void add_block(void *data, const void *block, size_t len)
{
    uLong *crc = data;
    *crc = crc32_z(*crc, block, len);
}

long long content_of_bytes(unsigned long crc, bool executable)
{
    return 2LL * (long long)crc + executable;
}

static long long content_of_folder(const char *path)
{
    struct arena *arena = arena_new();
    size_t n;
    uLong crc = 0;
    char **names = file_list(arena, path, &n);
    for (size_t i = 0; names && i < n; i++)
        add_block(&crc, names[i], strlen(names[i]) + 1);
    arena_free(arena);
    return names ? 2LL * (long long)crc : CONTENT_UNKNOWN;
}

static long long content_of_file(int fd, mode_t mode)
{
    uLong crc = 0;
    return fd_each_block(fd, add_block, &crc) ? content_of_bytes(crc, (mode & S_IXUSR) != 0)
                                              : CONTENT_UNKNOWN;
}

long long content_of(const char *path, const struct file_stamp *stamp)
{
    long long content = CONTENT_UNKNOWN;
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* does not wait for a FIFO's writer */
    if (fd >= 0 && fstat(fd, &st) == 0)
        content = S_ISREG(st.st_mode)   ? content_of_file(fd, st.st_mode)
                  : S_ISDIR(st.st_mode) ? content_of_folder(path)
                                        : CONTENT_UNKNOWN;
    fd_drop(fd);
    if (content == CONTENT_UNKNOWN || !stamp)
        return content;
    struct file_stamp now = file_stamp_now(path);
    return file_same_stamp(stamp, &now) ? content : CONTENT_UNKNOWN;
}
