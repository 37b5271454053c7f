#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "depfile.h"
#include "diag.h"
#include "file.h"
#include "notes.h"

static bool fail(const char *path)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be written: %s",
                      strerror(errno));
}

bool notes_write(const struct notes *notes, const char *output, const char *const *inputs, size_t n)
{
    const char *target = notes->stamp ? notes->stamp : output;
    if (notes->depfile && !depfile_write(notes->depfile, NULL, target, inputs, n))
        return fail(notes->depfile);
    if (notes->ninja_depfile &&
        !depfile_write(notes->ninja_depfile, notes->ninja_root, target, inputs, n))
        return fail(notes->ninja_depfile);
    if (notes->forget)
        unlink(notes->forget);
    if (notes->stamp && !file_touch(notes->stamp))
        return fail(notes->stamp);
    return true;
}
