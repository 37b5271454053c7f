#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "build/seen.h"
#include "build/state.h"
#include "sources/notes.h"
#include "sources/work.h"

static const struct root own = {NULL, EXIT_OTHER};

static bool is_as_it_was(const struct state *state)
{
    for (size_t i = 0; i < state->nlist; i++)
        for (size_t k = 0; k < state->list[i]->nfiles; k++)
            if (!state_same_file(state->list[i], k))
                return false;
    return state->nlist > 0;
}

static bool touch(struct arena *arena, const char *folder)
{
    struct state state;
    bool there;
    const char *changed = path_join(arena, folder, "changed");
    if (!work_check_folder(folder) ||
        !state_load(&state, arena, path_join(arena, folder, "plan.json.d" NOTES_RECORD)) ||
        !root_has(&own, changed, &there))
        return false;
    return (there && is_as_it_was(&state)) || file_touch(changed) ||
           diag_error(EXIT_OTHER, (struct pos){.file = changed}, "cannot be written: %s",
                      strerror(errno));
}

bool seen_touch(struct arena *arena, const char *work)
{
    size_t n;
    char **names;
    const char *lambdas = path_join(arena, work, "lambdas");
    bool ok = work_check_folder(work) && work_check_folder(lambdas) &&
              root_list(arena, &own, lambdas, &names, &n);
    for (size_t i = 0; ok && i < n; i++)
        ok = touch(arena, path_join(arena, lambdas, names[i]));
    return ok;
}
