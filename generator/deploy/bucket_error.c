#include "deploy/bucket_error.h"
#include "aws/s3_error.h"
#include "settings/node.h"
#include "settings/project.h"

struct pos bucket_pos(const struct project *project)
{
    return project->code_bucket ? project->code_bucket->pos : (struct pos){0};
}

bool bucket_error(struct pos pos, const char *bucket, const char *error)
{
    const char *means = s3_error_means(error);
    diag_error(EXIT_OTHER, pos, "bucket %s: %s", bucket, error);
    if (means)
        diag_note((struct pos){0}, "%s", means);
    return false;
}
