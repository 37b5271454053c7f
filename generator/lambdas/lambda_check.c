#include <stdlib.h>
#include <string.h>

#include "lambdas/lambda.h"
#include "lambdas/lambda_check.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* What CloudFormation takes today (AWS::Lambda::Function). */
enum { MEMORY_MIN = 128, MEMORY_MAX = 32768, TIMEOUT_MAX = 900 };
/* Characters (Lambda quotas). */
enum { HANDLER_MAX = 128 };

/* The settings of the code and of how it runs. */
static const struct field fields[] = {
    {"code", FIELD_NAME},
    {"handler", FIELD_TEXT},
    {"runtime", FIELD_NAME},
    {"memory", FIELD_INT, .min = MEMORY_MIN, .max = MEMORY_MAX, .unit = "MB"},
    {"timeout", FIELD_INT, .min = 1, .max = TIMEOUT_MAX, .unit = "seconds"},
    {"description", FIELD_TEXT},
    BUNDLE_FIELDS,
    {"libc", FIELD_FLAG},
    {"context", FIELD_NAME},
    {"context-destination", FIELD_NAME},
    {"context-destinaton", FIELD_NAME},
    {"architecture", FIELD_NAME},
    {"logical-name", FIELD_NAME},
    {"cli-output", FIELD_FLAG},
    {"check-handler", FIELD_FLAG},
    {"run", FIELD_NAME},
};

bool lambda_check_named(const struct model *model, const struct node *name, const char *key)
{
    const struct node *map = node_get(model->project->settings, key);
    if (!node_set(name) || node_get(map, name->text))
        return true;
    return diag_error(EXIT_NOT_FOUND, name->pos, "there is no '%s' in the project's %s", name->text,
                      key);
}

static bool check_handler_name(const struct node *handler)
{
    const char *text = node_text(handler);
    if (!text || node_dynamic(handler) ||
        (*text && !strpbrk(text, " \t\r\n\f\v") && strlen(text) <= HANDLER_MAX))
        return true;
    return diag_error(EXIT_VALUE, handler->pos,
                      "a handler is 1 to %d characters without blanks, as in code.handler",
                      HANDLER_MAX);
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *settings = lambda->settings;
    bool ok = check_handler_name(node_get(settings, "handler"));
    (void)model;
    ok = bundle_check_architecture(node_get(settings, "architecture")) && ok;
    ok = bundle_check_description(node_get(settings, "description")) && ok;
    return ok;
}

const struct lambda_subject lambda_basics = {fields, countof(fields), .always = true,
                                             .check = check};
