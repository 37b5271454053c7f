#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "build/build.h"
#include "build/edited.h"
#include "build/load.h"
#include "build/packing.h"
#include "build/plan.h"
#include "build/state.h"
#include "languages/build_look.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "settings/project.h"
#include "sources/collect.h"
#include "sources/notes.h"
#include "sources/package.h"

static const struct root own = {NULL, EXIT_OTHER};

struct edited {
    struct arena *arena;
    const struct loaded *loaded;
    struct package_dirs dirs; /* absolute */
    const char *parameters;   /* absolute */
    const char *tool;         /* the command that builds again */
};

/* --- the work folder of a CMake build ----------------------------------------------------- */

static bool same_folder(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* Reads the path in the one line of a file; NULL if there is no such file. */
static const char *read_path(struct arena *arena, const char *file)
{
    char *text;
    size_t len;
    if (!root_read(arena, &own, file, &text, &len) || !text)
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    return text;
}

const char *edited_work(struct arena *arena, const char *output)
{
    const char *work = read_path(arena, path_join(arena, output, PLAN_WORK));
    const char *back = work ? read_path(arena, path_join(arena, work, PLAN_OUTPUT)) : NULL;
    return back && same_folder(back, output) ? work : NULL;
}

/* --- what has changed --------------------------------------------------------------------- */

/* Whether a path says nothing about the project: it is in the outputs, in the work folder or in
 * parameters/. Folders that contain the outputs change with the build. */
static bool is_aside(const struct edited *e, const char *file)
{
    return path_within(e->dirs.output, file) || path_within(file, e->dirs.output) ||
           path_within(file, e->dirs.work) || path_within(file, e->parameters);
}

static const struct bundle *bundle_called(const struct model *model, const char *id)
{
    for (size_t i = 0; i < model->nbundles; i++)
        if (strcmp(package_folder(model->arena, model->bundles[i]), id) == 0)
            return model->bundles[i];
    return NULL;
}

/* Sets `now` to what a build of this part would read now, and `*exact` to whether it would read all
 * of that. Returns false if it would fail. */
static bool look_again(const struct edited *e, const struct state_part *part,
                       struct collection *now, bool *exact)
{
    const struct model *model = e->loaded->model;
    const struct bundle *bundle = bundle_called(model, part->name);
    struct build_look look;
    *now = (struct collection){.arena = e->arena, .stamped = true};
    for (size_t i = 0; !*part->name && i < e->loaded->project->nfiles; i++)
        collect_input(now, path_absolute(e->arena, e->loaded->project->files[i]));
    *exact = true;
    if (!bundle)
        return true;
    struct package *package = package_of(model, bundle, &e->dirs);
    now->left_out = package_left_out(e->arena, package);
    *exact = build_look_is_exact(package);
    return package_look(package) && packing_look(e->arena, package, now, &look);
}

/* Whether an input was added. Without an exact look, only files beside those that were read count.
 */
static bool is_added(const struct edited *e, const struct table *known, const char *input,
                     bool exact)
{
    return !table_get(known, input) && !is_aside(e, input) &&
           (exact ||
            (table_get(known, path_dir(e->arena, input)) && file_look(input) == FILE_REGULAR));
}

/* The first file that was added to a part in which a folder has changed, or NULL. Most changes of
 * folders add nothing: they are of files that are not packed, such as __pycache__. */
static const char *first_added(const struct edited *e, const struct state_part *part,
                               const char *folder)
{
    struct table known = {0};
    struct collection now;
    size_t errors = diag_errors();
    bool exact;
    for (size_t i = 0; i < part->nfiles; i++)
        table_set(e->arena, &known, part->files[i], (char *)part->files[i]);
    if (!look_again(e, part, &now, &exact)) {
        diag_demote(errors);
        return folder;
    }
    for (size_t i = 0; i < now.ninputs; i++)
        if (is_added(e, &known, now.inputs[i], exact))
            return now.inputs[i];
    return NULL;
}

/* The first file of a part that is another one now, or NULL. */
static const char *first_edited(const struct edited *e, const struct state_part *part)
{
    const char *folder = NULL;
    for (size_t i = 0; i < part->nfiles; i++) {
        const char *file = part->files[i];
        if (is_aside(e, file) || file_is_same(&part->stamps[i], file))
            continue;
        if (file_look(file) == FILE_FOLDER)
            folder = file;
        else if (!state_same_content(part, i))
            return file;
    }
    return folder ? first_added(e, part, folder) : NULL;
}

/* --- the records -------------------------------------------------------------------------- */

static bool warn_once(const struct edited *e, const struct state *state, bool *warned)
{
    for (size_t i = 0; i < state->nlist && !*warned; i++) {
        const char *file = first_edited(e, state->list[i]);
        if (!file)
            continue;
        diag_warning((struct pos){.file = path_below(path_absolute(e->arena, "."), file)},
                     "this has changed since the build; run %s to include it", e->tool);
        *warned = true;
    }
    return true;
}

static bool warn_by(const struct edited *e, const char *path, bool *warned)
{
    struct state state;
    return *warned || (state_load(&state, e->arena, path) && warn_once(e, &state, warned));
}

static bool warn_by_edges(const struct edited *e)
{
    const struct model *model = e->loaded->model;
    bool warned = false;
    bool ok = warn_by(e, path_join(e->arena, e->dirs.work, "templates.d" NOTES_RECORD), &warned);
    for (size_t i = 0; ok && i < model->nbundles; i++)
        ok = warn_by(e,
                     arena_printf(e->arena, "%s/lambdas/%s/plan.json.d" NOTES_RECORD, e->dirs.work,
                                  package_folder(e->arena, model->bundles[i])),
                     &warned);
    return ok;
}

bool edited_warn(struct arena *arena, const struct loaded *loaded, const char *output)
{
    struct edited e = {
        .arena = arena,
        .loaded = loaded,
        .dirs.output = path_absolute(arena, output),
        .parameters = path_join(arena, path_absolute(arena, loaded->project->dir), "parameters"),
        .tool = "gordon build",
    };
    bool warned = false;
    e.dirs.work = path_join(arena, e.dirs.output, ".gordon");
    const char *state = path_join(arena, e.dirs.output, PLAN_STATE);
    if (file_look(state) != FILE_MISSING)
        return warn_by(&e, state, &warned);
    if (!(e.dirs.work = edited_work(arena, e.dirs.output)))
        return true;
    e.dirs.binary = path_dir(arena, path_dir(arena, e.dirs.work)); /* <binary>/CMakeFiles/<work> */
    e.tool = "cmake --build";
    return warn_by_edges(&e);
}
