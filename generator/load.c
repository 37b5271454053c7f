#include "load.h"
#include "cfn.h"
#include "diag.h"
#include "file.h"
#include "model.h"
#include "opt.h"
#include "project.h"

bool load(struct arena *arena, struct loaded *loaded)
{
    *loaded = (struct loaded){0};
    loaded->project = project_load(arena, common.project);
    loaded->model = loaded->project ? steps_load(loaded->project) : NULL;
    return loaded->model && steps_make(loaded->model, loaded->files);
}

bool load_quietly(struct arena *arena, struct loaded *loaded)
{
    bool quiet = diag_quiet(true);
    bool ok = load(arena, loaded);
    diag_quiet(quiet);
    return ok;
}

void load_release(struct loaded *loaded)
{
    steps_release(loaded->files);
}

bool load_secrets(struct loaded *loaded)
{
    const struct project *project = loaded->project;
    if (!secrets_load(project->arena, project, &loaded->secrets))
        return false;
    secrets_hide(&loaded->secrets, project, loaded->files);
    return true;
}

bool load_write_templates(struct loaded *loaded, const char *output)
{
    struct arena *arena = loaded->project->arena;
    bool ok = true;
    for (struct step_file *file = loaded->files; file < loaded->files + STEP_COUNT; file++)
        if (file->json)
            ok = cfn_write_text(path_join(arena, output, file->name), steps_text(file)) && ok;
    return ok;
}
