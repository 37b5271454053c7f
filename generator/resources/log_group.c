#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "resources/log_group.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* The numbers of days that CloudWatch takes (CloudWatch Logs API Reference,
 * "PutRetentionPolicy"). */
static const long retentions[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                  365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

json_t *log_group_name(const struct model *model, const char *folder, const char *id)
{
    char *project = arena_strdup(model->arena, model->project->name);
    for (char *c = project; *c; c++)
        if (!strchr(STR_ALNUM "._-", *c))
            *c = '-';
    return cfn_sub(arena_printf(model->arena, "%s/${Stage}-%s-r-%s", folder, project, id));
}

bool log_group_check_retention(const struct node *days)
{
    long number = schema_int(days, 0), next = 0;
    for (size_t i = 0; i < countof(retentions) && !next; i++)
        if (retentions[i] >= number)
            next = retentions[i];
    return !node_set(days) || node_dynamic(days) || number == next ||
           diag_error(EXIT_VALUE, days->pos,
                      "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, "
                      "400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days, not %ld; "
                      "take %ld",
                      number, next);
}
