#include <stdlib.h>
#include <string.h>

#include "resources/lambda.h"
#include "resources/lambda_check.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* What CloudFormation takes today (AWS::Lambda::Function). */
enum { MEMORY_MIN = 128, MEMORY_MAX = 32768, TIMEOUT_MAX = 900 };
/* Characters (Lambda quotas). */
enum { DESCRIPTION_MAX = 256, HANDLER_MAX = 128 };

/* The settings of the code and of how it runs. */
static const struct field fields[] = {
    {"code", FIELD_NAME, .required = true},
    {"handler", FIELD_TEXT},
    {"runtime", FIELD_NAME},
    {"memory", FIELD_INT, .min = MEMORY_MIN, .max = MEMORY_MAX, .unit = "MB"},
    {"timeout", FIELD_INT, .min = 1, .max = TIMEOUT_MAX, .unit = "seconds"},
    {"description", FIELD_TEXT},
    {"build", FIELD_TEXTS},
    {"context", FIELD_NAME},
    {"context-destination", FIELD_NAME},
    {"context-destinaton", FIELD_NAME},
    {"architecture", FIELD_NAME},
    {"logical-name", FIELD_NAME},
    {"build-in-source", FIELD_FLAG},
    {"strip", FIELD_FLAG},
    {"libc", FIELD_FLAG},
    {"pip-path", FIELD_NAME},
    {"npm-path", FIELD_NAME},
    {"gradle-path", FIELD_NAME},
    {"pip-install-extra", FIELD_NAME},
    {"npm-install-extra", FIELD_NAME},
    {"gradle-build-extra", FIELD_NAME},
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

static bool check_architecture(const struct node *architecture)
{
    if (!node_set(architecture) || strcmp(architecture->text, "x86_64") == 0 ||
        strcmp(architecture->text, "arm64") == 0)
        return true;
    return diag_error(EXIT_VALUE, architecture->pos,
                      "architecture must be x86_64 or arm64, not '%s'", architecture->text);
}

static bool check_description(const struct node *description)
{
    const char *text = node_text(description);
    return !text || str_characters(text) <= DESCRIPTION_MAX ||
           diag_error(EXIT_VALUE, description->pos, "a description has at most %d characters",
                      DESCRIPTION_MAX);
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

static bool check_build(const struct node *build)
{
    if (!build || !node_set(build))
        return true;
    bool list = build->kind == NODE_LIST, ok = true;
    for (size_t i = 0; i < (list ? build->count : 1); i++) {
        const struct node *command = list ? build->items[i] : build;
        if (node_dynamic(command))
            ok = diag_error(EXIT_VALUE, command->pos,
                            "a build command is needed when building and cannot be a ref");
    }
    return ok;
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *settings = lambda->settings;
    bool ok = check_handler_name(node_get(settings, "handler"));
    (void)model;
    ok = check_build(node_get(settings, "build")) && ok;
    ok = check_architecture(node_get(settings, "architecture")) && ok;
    ok = check_description(node_get(settings, "description")) && ok;
    return ok;
}

const struct lambda_subject lambda_basics = {fields, countof(fields), .always = true,
                                             .check = check};
