#include "build/load.h"
#include "base/diag.h"
#include "base/file.h"
#include "build/artifact_files.h"
#include "build/artifact_zip.h"
#include "kinds/kinds.h"
#include "languages/unpinned.h"
#include "resources/model.h"
#include "resources/nested.h"
#include "settings/project.h"
#include "sources/collect.h"
#include "template/cfn.h"
#include "template/limit.h"

bool load(struct arena *arena, const char *project, struct loaded *loaded)
{
    *loaded = (struct loaded){0};
    loaded->project = project_load(arena, project);
    loaded->model = loaded->project ? kinds_load(loaded->project, artifact_zip_look) : NULL;
    return loaded->model && kinds_write(loaded->model, loaded->files);
}

bool load_quietly(struct arena *arena, const char *project, struct loaded *loaded)
{
    bool quiet = diag_quiet(true);
    bool ok = load(arena, project, loaded);
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
    secrets_hide(&loaded->secrets, loaded->files);
    return true;
}

bool load_write_templates(struct loaded *loaded, const char *output)
{
    struct arena *arena = loaded->project->arena;
    bool ok = true;
    for (struct step_file *file = loaded->files; file < loaded->files + STEP_COUNT; file++)
        if (file->json)
            ok = cfn_write_text(path_join(arena, output, file->name), steps_text(file)) && ok;
    return artifact_files_write(loaded->model, output) && ok;
}

/* Of nested templates. */
static void warn_limits_of(const struct loaded *loaded, const struct artifact *artifact)
{
    json_t *template = json_loadb(artifact->text, artifact->len, 0, NULL);
    limit_check(&(struct limit_check){
        .project = loaded->project,
        .file = artifact->name,
        .template = template,
        .body = artifact->text,
        .places = artifact->nested->places,
    });
    json_decref(template);
}

void load_warn_limits(struct loaded *loaded)
{
    for (enum step step = 0; step < STEP_COUNT; step++) {
        struct step_file *file = &loaded->files[step];
        if (file->json && !step_is_custom(step))
            limit_check(&(struct limit_check){
                .project = loaded->project,
                .file = file->name,
                .template = file->json,
                .body = steps_text(file),
                .places = &file->places,
            });
    }
    for (size_t i = 0; i < loaded->model->artifacts->n; i++)
        if (loaded->model->artifacts->list[i].nested)
            warn_limits_of(loaded, &loaded->model->artifacts->list[i]);
}

void load_warn(struct loaded *loaded)
{
    load_warn_limits(loaded);
    unpinned_warn(loaded->model);
}

void load_seen(struct arena *arena, const struct loaded *loaded, struct collection *seen)
{
    const struct project *project = loaded->project;
    *seen = (struct collection){.arena = arena, .stamped = true};
    for (size_t i = 0; i < project->nfiles; i++)
        collect_stamped(seen, path_absolute(arena, project->files[i]), project->stamps[i]);
    for (size_t i = 0; i < project->ninputs; i++)
        collect_stamped(seen, project->inputs[i], project->input_stamps[i]);
    for (size_t i = 0; i < project->napps; i++) /* where a settings file may appear */
        if (!project->apps[i].has_file)
            collect_input(seen, path_absolute(arena, project->apps[i].dir));
    collect_inputs_of(seen, &loaded->secrets.inputs);
    collect_stamped(seen, loaded->secrets.folder, loaded->secrets.stamp);
}
