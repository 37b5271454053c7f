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

bool load_write_templates(const struct loaded *loaded, const char *output)
{
    bool ok = true;
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (loaded->files[step].json)
            ok = cfn_write(path_join(loaded->project->arena, output, loaded->files[step].name),
                           loaded->files[step].json) &&
                 ok;
    return ok;
}
