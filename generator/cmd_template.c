#include "cmd.h"
#include "file.h"
#include "load.h"
#include "notes.h"
#include "opt.h"
#include "plan.h"
#include "steps.h"
#include "util.h"

/* For Make the templates are inputs too, see notes_write. */
static bool write_notes(struct arena *arena, const struct notes *notes, const struct loaded *loaded,
                        const char *output)
{
    const char **templates = NULL;
    size_t n = 0;
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (loaded->files[step].json)
            array_push(arena, templates, n,
                       path_absolute(arena, path_join(arena, output, loaded->files[step].name)));
    return notes_write(notes, n ? templates[0] : output, templates, n);
}

int cmd_template(const struct command *command, int argc, char *argv[])
{
    struct notes notes = {0};
    const struct opt opts[] = {NOTES_OPTS(notes)};
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    struct arena *arena = arena_new();
    struct loaded loaded;
    const char *output = opt_build_dir(arena);
    bool ok = load(arena, &loaded) && load_write_templates(&loaded, output) &&
              plan_clean_templates(arena, loaded.files, output) &&
              write_notes(arena, &notes, &loaded, output);
    load_release(&loaded);
    arena_free(arena);
    return ok ? 0 : 1;
}
