#include "lambdas/lambda_storage.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { STORAGE_MIN = 512, STORAGE_MAX = 10240 }; /* MB (Lambda quotas) */

static const struct field fields[] = {
    {"ephemeral-storage", FIELD_INT, .min = STORAGE_MIN, .max = STORAGE_MAX, .unit = "MB"}};

static void write(struct lambda_parts *parts)
{
    const struct node *size = node_get(parts->lambda->settings, "ephemeral-storage");
    lambda_property(parts->function, "EphemeralStorage", json_pack("{s:o}", "Size", cfn_int(size)));
}

const struct lambda_subject lambda_storage = {fields, countof(fields), .write = write};
