#include "build/repack.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "build/build.h"
#include "build/plan.h"
#include "build/state.h"
#include "sources/package.h"

const char *repack_text(struct arena *arena, const struct package *package)
{
    if (package_needs_cmake(package) || build_has_commands(package))
        return "";
    char *text = plan_whole_text(package);
    const char *kept = text ? arena_strdup(arena, text) : "";
    free(text);
    return kept;
}

/* Whether a manifest is among those of the last build, which have not changed. */
static bool is_known(const struct state_part *part, const char *manifest)
{
    for (size_t i = 0; i < part->ninstall; i++)
        if (strcmp(part->files[i], manifest) == 0)
            return true;
    return false;
}

/* Whether the dependencies are installed from the same files. Folders change with files that do
 * not count; those that count are named. */
static bool same_manifests(struct arena *arena, const struct state_part *part,
                           const struct package *package)
{
    for (size_t i = 0; i < part->ninstall; i++)
        if (file_look(part->files[i]) != FILE_FOLDER && !state_same_file(part, i))
            return false;
    for (size_t i = 0; i < package->nmanifests; i++)
        if (!is_known(part, path_join(arena, package->code, package->manifests[i])))
            return false;
    return true;
}

struct package *repack_package(struct arena *arena, const struct state_part *part)
{
    struct package *package = *part->text ? plan_of_text(arena, part->text) : NULL;
    size_t errors = diag_errors();
    bool quiet = diag_quiet(true); /* the whole build reports what is wrong */
    bool same = package && package_look(package) && same_manifests(arena, part, package);
    diag_demote(errors);
    diag_quiet(quiet);
    return same ? package : NULL;
}
