/* The templates of a build, as they are read back: one part for each step. */
#include <jansson.h>

#include "base/diag.h"
#include "base/util.h"
#include "build/built.h"
#include "build/secret.h"
#include "fuzz.h"
#include "resources/steps.h"
#include "settings/project.h"
#include "template/limit.h"

static struct pos place(const char *name, void *data)
{
    (void)name, (void)data;
    return (struct pos){0};
}

static void check(const struct built *built, const struct project *project)
{
    json_t *values = json_pack("{s:s, s:s}", "Stage", "dev", "Region", "us-east-1");
    struct table secret = {0};
    const struct limit_check limits = {.project = project, .values = values};
    table_set(fuzz_arena, &secret, "Stage", (void *)project->settings);
    for (enum step step = 0; step < STEP_COUNT; step++)
        built_step_json(built, step);
    built_wants(built, "Stage");
    built_check_values(built, values, "dev", place, NULL, NULL);
    built_check_limits(built, &limits);
    secrets_check(&secret, built);
    secrets_mask(values, built);
    json_decref(values);
}

void fuzz_target(const char *data, size_t len)
{
    static const char settings[] = "project: p\ncode-bucket: b\n";
    struct built built;
    size_t size;
    for (enum step step = 0; step < STEP_COUNT; step++) {
        const char *part = fuzz_part(&data, &len, &size);
        const char *name =
            arena_printf(fuzz_arena, "_build/%04d_%s.json", (int)step + 1, step_suffix(step));
        if (size)
            fuzz_write(name, part, size);
    }
    fuzz_write("_build/code/a_l.zip", "", 0);
    fuzz_write("settings.yml", settings, sizeof settings - 1);
    const struct project *project = project_load(fuzz_arena, ".");
    fuzz_expect(project != NULL, "the project is right");
    if (built_load(fuzz_arena, "_build", &built))
        check(&built, project);
    else
        fuzz_expect(diag_errors() > 0, "a refusal is reported");
    built_release(&built);
}
