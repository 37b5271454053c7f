#include <stdlib.h>

#include "deploy.h"
#include "names.h"
#include "project.h"
#include "run.h"

void deploy_init(struct deployment *d, const struct command *command,
                 const struct deploy_options *options, const struct project *project)
{
    const char *region = options->region;
    const char *environment = getenv("AWS_DEFAULT_REGION");
    if (!region)
        region = environment && *environment ? environment : project->default_region;
    if (!name_is_stage(options->stage))
        opt_usage(command, "a stage is 2 to 16 of a-z, 0-9 and '-', not '%s'", options->stage);
    if (!name_is_region(region))
        opt_usage(command, "'%s' is not a region; one is us-east-1", region);
    *d = (struct deployment){
        .arena = project->arena,
        .project = project,
        .stage = options->stage,
        .region = region,
        .build_dir = opt_build_dir(project->arena),
        .timeout = options->timeout * 60,
    };
    aws_init(&d->aws, project->arena, region, common.debug);
    run_catch_signals();
}

int deploy_status(bool ok)
{
    return run_signal() ? 128 + run_signal() : ok ? 0 : 1;
}
