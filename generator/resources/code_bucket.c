#include <string.h>

#include "base/diag.h"
#include "resources/code_bucket.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/cfn.h"

/* <code-bucket>-<region>-<stage> */
static json_t *bucket_name(const struct project *project)
{
    return cfn_join("-", json_pack("[o, o, o]", cfn_value(project->code_bucket),
                                   cfn_ref("AWS::Region"), cfn_ref("Stage")));
}

/* clang-format off */
static json_t *code_bucket(const struct project *project)
{
    return json_pack("{s:s, s:{s:o, s:{s:s}, s:{s:[{s:{s:s}}]}, s:{s:b, s:b, s:b, s:b}, s:{s:[{s:s}]}}}",
        "Type", "AWS::S3::Bucket",
        "Properties",
            "BucketName", bucket_name(project),
            "VersioningConfiguration",
                "Status", "Enabled",
            "BucketEncryption",
                "ServerSideEncryptionConfiguration",
                    "ServerSideEncryptionByDefault", "SSEAlgorithm", "AES256",
            "PublicAccessBlockConfiguration",
                "BlockPublicAcls", 1,
                "BlockPublicPolicy", 1,
                "IgnorePublicAcls", 1,
                "RestrictPublicBuckets", 1,
            "OwnershipControls",
                "Rules", "ObjectOwnership", "BucketOwnerEnforced");
}
/* clang-format on */

void code_bucket_write(const struct project *project, struct cfn *cfn)
{
    const struct node *bucket = project->code_bucket;
    const char *ref = node_ref(bucket);
    if (ref && !cfn_check_ref(bucket->pos, ref))
        return;
    if (ref && strcmp(ref, "CodeBucket") == 0) {
        diag_error(EXIT_RESOURCE, bucket->pos,
                   "'%s' is the logical id of the bucket itself; choose another name", ref);
        return;
    }
    cfn_output(
        cfn, bucket->pos, "CodeBucket",
        json_pack("{s:s, s:o}", "Description", "CodeBucket name", "Value", bucket_name(project)));
    cfn_add(cfn, bucket->pos, "CodeBucket", code_bucket(project));
}

/* Gordon 0.7 declared this parameter in every such template, also without lambdas. The metadata
 * refer to it, so that linters do not call it unused. */
void code_bucket_declare(json_t *template)
{
    json_t *parameters = json_object_get(template, "Parameters");
    if (!parameters)
        json_object_set_new(template, "Parameters", parameters = json_object());
    json_object_set_new(parameters, "CodeBucket", cfn_known_parameter("CodeBucket"));
    cfn_put_metadata(template, "CodeBucket", cfn_ref("CodeBucket"));
}
