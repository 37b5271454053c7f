/* diag_flushed.h - what diag_flush prints, for tests of messages. */
#ifndef DIAG_FLUSHED_H
#define DIAG_FLUSHED_H
#include <stdio.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"

/* Flushes by way of the file `path`; the text lives as long as `arena`. */
static inline const char *diag_flushed(struct arena *arena, const char *path)
{
    size_t len;
    int kept = dup(2);
    fflush(stderr);
    if (!freopen(path, "w", stderr))
        return "";
    diag_flush();
    fflush(stderr);
    dup2(kept, 2);
    close(kept);
    setvbuf(stderr, NULL, _IONBF, 0);
    return file_read(arena, path, &len);
}

#endif
