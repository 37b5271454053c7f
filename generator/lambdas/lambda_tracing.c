#include "lambdas/lambda_tracing.h"
#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"tracing", FIELD_ANY}};

static const char *const modes[] = {"Active", "PassThrough", NULL};

static bool check_value(const struct model *model, const struct node *tracing)
{
    const struct node *const *branches = function_branches(tracing);
    if (branches) {
        bool first = check_value(model, branches[0]);
        return check_value(model, branches[1]) && first;
    }
    if (tracing->kind == NODE_BOOL || node_dynamic(tracing) || schema_choice(tracing, modes))
        return true;
    return diag_error(EXIT_VALUE, tracing->pos,
                      "tracing must be true, false, Active or PassThrough, not %s",
                      node_words(model->arena, tracing));
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    return check_value(model, node_get(lambda->settings, "tracing"));
}

/* In an Fn::If, false is no value, as without tracing. */
static json_t *mode(const struct node *tracing, const void *data)
{
    (void)data;
    if (tracing->kind == NODE_BOOL)
        return tracing->boolean ? json_string(modes[0]) : cfn_ref("AWS::NoValue");
    const char *choice = schema_choice(tracing, modes);
    return choice ? json_string(choice) : cfn_value(tracing);
}

/* In both modes the function sends traces, in PassThrough those that its caller began. The actions
 * have no resources (Service Authorization Reference, "AWS X-Ray"). */
static void write(struct lambda_parts *parts)
{
    const struct node *tracing = node_get(parts->lambda->settings, "tracing");
    if (tracing->kind == NODE_BOOL && !tracing->boolean)
        return;
    lambda_property(parts->function, "TracingConfig",
                    json_pack("{s:o}", "Mode", cfn_branches(tracing, mode, NULL)));
    lambda_allow(parts, "Tracing",
                 json_pack("[s, s]", "xray:PutTraceSegments", "xray:PutTelemetryRecords"),
                 json_string("*"));
}

const struct lambda_subject lambda_tracing = {fields, countof(fields), .check = check,
                                              .write = write};
