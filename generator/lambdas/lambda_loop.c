#include "lambdas/lambda_loop.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const char *const choices[] = {"Allow", "Terminate", NULL};

static const struct field fields[] = {{"recursive-loop", FIELD_CHOICE, .choices = choices}};

static void write(struct lambda_parts *parts)
{
    const struct node *loop = node_get(parts->lambda->settings, "recursive-loop");
    lambda_property(parts->function, "RecursiveLoop", cfn_choice(loop, choices));
}

const struct lambda_subject lambda_loop = {fields, countof(fields), .write = write};
