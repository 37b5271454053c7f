#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mapping.h"

bool mapping_open(struct mapping *mapping, const char *path)
{
    static const unsigned char nothing[] = "";
    struct stat st;
    int fd = file_open(path);
    bool ok = fd >= 0 && fstat(fd, &st) == 0;
    *mapping = (struct mapping){nothing, 0};
    if (ok && st.st_size > 0) {
        void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        ok = data != MAP_FAILED;
        if (ok)
            *mapping = (struct mapping){data, (size_t)st.st_size};
    }
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return ok;
}

void mapping_close(struct mapping *mapping)
{
    if (mapping->len)
        munmap((void *)mapping->data, mapping->len);
    mapping->len = 0;
}
