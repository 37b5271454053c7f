#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_kms.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"kms-key", FIELD_TEXT}};

static const char *const types[] = {"AWS::KMS::Key", "AWS::KMS::ReplicaKey", NULL};

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *key = node_get(lambda->settings, "kms-key");
    if (node_dynamic(key))
        return reference_check(model, key, types, "a KMS key");
    if (key->kind == NODE_STRING && str_starts(key->text, "arn:") && strstr(key->text, ":kms:") &&
        strstr(key->text, ":key/"))
        return true;
    return diag_error(EXIT_VALUE, key->pos,
                      "kms-key is the ARN of a key, arn:aws:kms:<region>:<account>:key/<id>, or a "
                      "ref, not '%s'",
                      key->text);
}

/* Lambda encrypts the variables, and what SnapStart keeps, by this key. The function's role may
 * decrypt them, only through Lambda (KMS Developer Guide, "kms:ViaService"). */
/* clang-format off */
static json_t *policy(json_t *key)
{
    return json_pack("{s:s, s:[{s:s, s:s, s:o, s:{s:{s:o}}}]}",
        "Version", "2012-10-17",
        "Statement",
            "Effect", "Allow",
            "Action", "kms:Decrypt",
            "Resource", key,
            "Condition", "StringEquals",
                "kms:ViaService", cfn_sub("lambda.${AWS::Region}.${AWS::URLSuffix}"));
}
/* clang-format on */

static void write(struct lambda_parts *parts)
{
    const struct node *node = node_get(parts->lambda->settings, "kms-key");
    json_t *key = reference_value(parts->model, lambda_optional(node), WANT_ARN);
    lambda_property(parts->function, "KmsKeyArn", reference_value(parts->model, node, WANT_ARN));
    lambda_policy_for(parts, "Key", policy(key), node);
}

const struct lambda_subject lambda_kms = {fields, countof(fields), .check = check, .write = write};
