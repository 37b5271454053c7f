/* diag_flushed.h - the output of diag_flush, for tests of messages. */
#ifndef DIAG_FLUSHED_H
#define DIAG_FLUSHED_H
#include <stdio.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"

/* Calls diag_flush with standard error in the file `path`. Returns the text, which `arena` owns. */
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
