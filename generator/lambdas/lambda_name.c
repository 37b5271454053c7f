#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_name.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"name", FIELD_TEXT}};

/* Characters of a function's name (Lambda API Reference, "CreateFunction"), and of a stage. */
enum { FUNCTION_MAX = 64, STAGE_MAX = 16, NAME_MAX_LENGTH = FUNCTION_MAX - STAGE_MAX - 1 };

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *name = node_get(lambda->settings, "name");
    (void)model;
    if (node_dynamic(name))
        return true;
    if (!str_is_made_of(name->text, STR_ALNUM "-_"))
        return diag_error(EXIT_VALUE, name->pos,
                          "a function's name has letters, digits, '-' and '_', not '%s'",
                          name->text);
    size_t len = strlen(name->text);
    return len <= NAME_MAX_LENGTH ||
           diag_error(EXIT_VALUE, name->pos,
                      "this name has %zu characters; it may have %d, because the function is "
                      "called <stage>-<name>, with %d characters at most",
                      len, NAME_MAX_LENGTH, FUNCTION_MAX);
}

/* Stages of one account must not share a function, so the stage is a part of its name. A value that
 * CloudFormation gives, such as sub://${Stage}-orders, is the whole name. */
static void write(struct lambda_parts *parts)
{
    const struct node *name = node_get(parts->lambda->settings, "name");
    json_t *value = node_dynamic(name)
                        ? cfn_value(name)
                        : cfn_sub(arena_printf(parts->model->arena, "${Stage}-%s", name->text));
    if (value && cfn_named(parts->cfn, name->pos, "functions", value))
        lambda_property(parts->function, "FunctionName", value);
    else
        json_decref(value);
}

const struct lambda_subject lambda_name = {fields, countof(fields), .check = check, .write = write};
