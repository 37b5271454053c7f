#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_verbatim.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"

static const struct field fields[] = {VERBATIM_FIELDS};

/* Gordon builds and uploads the code, and apply finds the digest of a lambda by its key. */
static bool check_code(const struct node *code)
{
    static const char *const own[] = {"S3Bucket", "S3Key", "S3ObjectVersion", "ZipFile",
                                      "ImageUri"};
    bool ok = true;
    if (code && (code->kind != NODE_MAP || function_is(code)))
        return diag_error(EXIT_RESOURCE, code->pos,
                          "Gordon writes the Code of a function, by the setting 'code'");
    for (size_t i = 0; code && i < code->count; i++)
        for (size_t j = 0; j < countof(own); j++)
            if (strcmp(code->entries[i].key->text, own[j]) == 0)
                ok = diag_error(EXIT_RESOURCE, code->entries[i].key->pos,
                                "Gordon writes %s, by the settings 'code' and 'image'", own[j]);
    return ok;
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *properties = node_get(lambda->settings, "properties");
    bool ok = verbatim_check(lambda->settings);
    (void)model;
    return check_code(node_get(properties, "Code")) && ok;
}

static void write(struct lambda_parts *parts)
{
    verbatim_merge(parts->function, parts->lambda->settings);
}

const struct lambda_subject lambda_verbatim = {fields, countof(fields), .check = check,
                                               .write = write};
