#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "sources/depfile.h"
#include "sources/notes.h"

static bool fail(const char *path)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be written: %s",
                      strerror(errno));
}

/* The name of an input, or of a link to it, in the depfile. It is relative to the folder in which
 * Ninja runs, because Ninja knows its outputs by no other name. Returns NULL with errno. */
static const char *name_in(struct arena *arena, const struct notes *notes, const char *folder,
                           const char *input)
{
    char digest[SHA256_HEX];
    const char *name = path_below(notes->ninja_root, input);
    if (depfile_can_name(name))
        return name;
    sha256_text(input, digest);
    const char *link = path_join(arena, folder, digest);
    bool ok = file_mkdirs(folder) && (symlink(input, link) == 0 || errno == EEXIST);
    return ok ? path_below(notes->ninja_root, link) : NULL;
}

void notes_of_plan(struct arena *arena, struct notes *notes, const char *plan, const char *suffix)
{
    if (plan && !notes->depfile)
        notes->depfile = arena_printf(arena, "%s%s", plan, suffix);
    if (notes->depfile)
        notes->record = arena_printf(arena, "%s" NOTES_RECORD, notes->depfile);
}

static bool write_depfile(struct arena *arena, const struct notes *notes, const char *output,
                          const char *const *inputs, size_t n)
{
    const char *target = notes->stamp ? notes->stamp : output;
    const char *links = path_absolute(arena, arena_printf(arena, "%s.links", notes->depfile));
    const char **names = arena_alloc(arena, n * sizeof *names);
    if (!remove_path(links))
        return fail(links);
    for (size_t i = 0; i < n; i++)
        if (!(names[i] = name_in(arena, notes, links, inputs[i])))
            return fail(links);
    return depfile_write(notes->depfile, path_below(notes->ninja_root, target), names, n) ||
           fail(notes->depfile);
}

bool notes_write(const struct notes *notes, const char *output, const char *const *inputs, size_t n)
{
    struct arena *arena = arena_new();
    bool ok = !notes->depfile || write_depfile(arena, notes, output, inputs, n);
    arena_free(arena);
    if (ok && notes->forget && unlink(notes->forget) != 0 && errno != ENOENT)
        return fail(notes->forget);
    if (ok && notes->stamp && !file_touch(notes->stamp))
        return fail(notes->stamp);
    return ok;
}
