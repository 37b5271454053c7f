#include <stdlib.h>

#include "base/diag.h"
#include "base/interrupt.h"
#include "base/status_line.h"
#include "build/artifact_zip.h"
#include "commands/deploy.h"
#include "kinds/kinds.h"
#include "settings/names.h"
#include "settings/project.h"
#include "stacks/report.h"

/* Returns the region of --region or AWS_DEFAULT_REGION, or NULL. */
static const char *asked_region(const struct deploy_options *options)
{
    const char *environment = getenv("AWS_DEFAULT_REGION");
    if (options->region)
        return options->region;
    return environment && *environment ? environment : NULL;
}

void deploy_check(const struct command *command, const struct deploy_options *options)
{
    const char *region = asked_region(options);
    if (options->stage && !name_is_stage(options->stage))
        opt_usage(command, "%s, not '%s'", name_stage_rule, options->stage);
    if (region && !name_is_region(region))
        opt_usage(command, "'%s' %s", region, name_region_rule);
}

void deploy_place(struct deployment *d, const struct command *command,
                  const struct deploy_options *options, const struct project *project)
{
    const char *region = asked_region(options);
    region = region ? region : project->default_region; /* checked when it was read */
    deploy_check(command, options);
    *d = (struct deployment){
        .arena = project->arena,
        .project = project,
        .stage = options->stage ? options->stage : DEPLOY_STAGE,
        .region = region,
        .build_dir = opt_build_dir(project->arena),
        .files = project->dir,
        .timeout = options->timeout * 60,
        .wait = options->wait,
    };
}

void deploy_init(struct deployment *d, const struct command *command,
                 const struct deploy_options *options, const struct project *project)
{
    deploy_place(d, command, options, project);
    aws_init(&d->aws, project->arena, d->region, common.debug);
    if (common.quiet)
        status_line_quiet(true);
    interrupt_catch();
}

struct model *deploy_model(struct arena *arena)
{
    bool quiet = diag_quiet(true);
    struct project *project = project_load(arena, common.project);
    struct model *model = project ? kinds_load(project, artifact_zip_look) : NULL;
    diag_quiet(quiet);
    return diag_errors() ? NULL : model;
}

int deploy_status(bool ok)
{
    return interrupt_signal() ? 128 + interrupt_signal() : ok ? 0 : 1;
}

void deploy_end(bool ok)
{
    enum exit_code code = diag_flush();
    report_end(code && !interrupt_signal() ? (int)code : deploy_status(ok));
}
