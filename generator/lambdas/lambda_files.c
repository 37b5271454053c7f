#include "lambdas/lambda_files.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "resources/arn.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Lambda API Reference, "FileSystemConfig". */
enum { FILE_SYSTEMS_MAX = 1, PATH_MAX_LENGTH = 160 };

static const struct field fields[] = {{"file-systems", FIELD_MAP}};

static bool check_path(const struct node *key)
{
    const char *name = str_starts(key->text, "/mnt/") ? key->text + strlen("/mnt/") : "";
    if (*name && str_is_made_of(name, STR_ALNUM "-_.") && strlen(key->text) <= PATH_MAX_LENGTH)
        return true;
    return diag_error(EXIT_VALUE, key->pos,
                      "a file system is mounted at /mnt/ and a name of letters, digits and . _ -, "
                      "of at most %d characters, not at '%s'",
                      PATH_MAX_LENGTH, key->text);
}

static bool check_access_point(const struct model *model, const struct node *value)
{
    static const char *const types[] = {"AWS::EFS::AccessPoint", NULL};
    const char *text = node_text(value);
    if (node_dynamic(value))
        return reference_check(model, value, types, "an access point");
    const char *resource = text ? arn_resource(text, "elasticfilesystem") : NULL;
    return (resource && str_starts(resource, "access-point/")) ||
           diag_error(EXIT_VALUE, value->pos,
                      "a file system is the ARN of an access point of EFS, or a ref to one, not %s",
                      text ? text : node_kind_words(value));
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *systems = node_get(lambda->settings, "file-systems");
    bool ok = true;
    if (!node_set(node_get(lambda->settings, "vpc")))
        ok = diag_error(EXIT_RESOURCE, systems->pos,
                        "a lambda reaches file systems in a VPC only; give it a 'vpc'");
    if (!schema_check_map(systems, "file-systems"))
        return false;
    if (systems->count > FILE_SYSTEMS_MAX)
        ok = diag_error(EXIT_VALUE, systems->pos, "Lambda takes %d file system, not %zu",
                        FILE_SYSTEMS_MAX, systems->count);
    for (size_t i = 0; i < systems->count; i++) {
        ok = check_path(systems->entries[i].key) && ok;
        ok = check_access_point(model, systems->entries[i].value) && ok;
    }
    return ok;
}

/* clang-format off */

/* IAM knows file systems only, so the access point is a condition (EFS User Guide, "Using IAM to
 * control access to file systems"). */
static json_t *document(json_t *access_points)
{
    return json_pack("{s:s, s:[{s:s, s:[s, s], s:o, s:{s:{s:o}}}]}",
        "Version", "2012-10-17",
        "Statement",
            "Effect", "Allow",
            "Action", "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite",
            "Resource", cfn_sub("arn:${AWS::Partition}:elasticfilesystem:${AWS::Region}"
                                ":${AWS::AccountId}:file-system/*"),
            "Condition", "StringEquals", "elasticfilesystem:AccessPointArn", access_points);
}
/* clang-format on */

static void write(struct lambda_parts *parts)
{
    const struct node *systems = node_get(parts->lambda->settings, "file-systems");
    json_t *configs = json_array(), *arns = json_array();
    for (size_t i = 0; i < systems->count; i++) {
        json_t *arn = reference_value(parts->model, systems->entries[i].value, WANT_ARN);
        json_array_append(arns, arn);
        json_array_append_new(configs, json_pack("{s:o, s:s}", "Arn", arn, "LocalMountPath",
                                                 systems->entries[i].key->text));
    }
    lambda_policy(parts, "Files", document(arns));
    lambda_property(parts->function, "FileSystemConfigs", configs);
}

const struct lambda_subject lambda_files = {fields, countof(fields), .check = check,
                                            .write = write};
