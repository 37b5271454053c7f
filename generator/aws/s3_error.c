#include <stdbool.h>
#include <string.h>

#include "aws/s3_error.h"
#include "base/util.h"

#define ELSEWHERE "the bucket is in another region; "
#define OTHER_REGION                                                                               \
    ELSEWHERE "name its region with --region, AWS_DEFAULT_REGION or default-region, or use a "     \
              "bucket of this one"
#define NOTIFIES_ITS_REGION                                                                        \
    ELSEWHERE "S3 notifies only lambdas, queues and topics of the bucket's region: apply the "     \
              "project there, or use a bucket of this one"
#define LOCKED                                                                                     \
    "the bucket has Object Lock, so each upload needs a checksum: use the AWS CLI 1.37, 2.23 or "  \
    "newer, without request_checksum_calculation = when_required"
#define BY_KMS   "the bucket encrypts with a KMS key "
#define NO_RIGHT "these credentials need the permissions of docs/iam.md on the bucket"
#define UNENCRYPTED                                                                                \
    "; if they have them, a policy may deny uploads that name no encryption: S3 encrypts these "   \
    "by the bucket's default, so let the policy allow requests without "                           \
    "x-amz-server-side-encryption"

/* The first row of which both texts are in the error counts. */
static const struct {
    const char *says, *too, *means;
} table[] = {
    {"BucketNotification", "(NoSuchBucket)",
     "there is no such bucket; make it before, or correct 'bucket'"},
    {"BucketNotification", "(AccessDenied)",
     "the lambda of gordon.contrib.s3 may not read or change the notifications of the bucket: it "
     "must belong to this account, and its policy must not deny s3:GetBucketNotification and "
     "s3:PutBucketNotification"},
    {"BucketNotification", "region is not valid", NOTIFIES_ITS_REGION},
    {"BucketNotification", "(PermanentRedirect)", NOTIFIES_ITS_REGION},
    {"BucketNotification", "(AuthorizationHeaderMalformed)", NOTIFIES_ITS_REGION},
    {"BucketNotification", "(IllegalLocationConstraintException)", NOTIFIES_ITS_REGION},
    {"BucketNotification", "Unable to validate the following destination",
     "a queue or topic must exist in this region, its policy must allow s3.amazonaws.com to send "
     "to it, and so must the policy of its KMS key"},
    {"kms:", "not authorized",
     BY_KMS "that these credentials may not use: the key's policy and theirs must allow "
            "kms:GenerateDataKey and kms:Decrypt"},
    {"(KMS.", "",
     BY_KMS "that is disabled, deleted or not usable; enable it, or set another default encryption "
            "of the bucket"},
    {"(AccessDenied)", "deny in a service control policy",
     "a policy of the organization (SCP) denies this; its administrators can allow it"},
    {"(AccessDenied)", "deny in a resource control policy",
     "a policy of the organization (RCP) denies this; its administrators can allow it"},
    {"(AccessDenied)", "PutObject", NO_RIGHT UNENCRYPTED},
    {"(AccessDenied)", "Multipart", NO_RIGHT UNENCRYPTED},
    {"(AccessDenied)", "UploadPart", NO_RIGHT UNENCRYPTED},
    {"(AccessDenied)", "object lock",
     "Object Lock keeps the versions in the bucket until their retention ends; try again then"},
    {"Access Denied", "object lock",
     "Object Lock keeps the versions in the bucket until their retention ends; try again then"},
    {"(AccessDenied)", "", NO_RIGHT ", which must belong to the account of the stack"},
    {"(AllAccessDisabled)", "", "AWS has disabled the bucket; ask AWS support"},
    {"(PermanentRedirect)", "", OTHER_REGION},
    {"(AuthorizationHeaderMalformed)", "", OTHER_REGION},
    {"(IllegalLocationConstraintException)", "", OTHER_REGION},
    {"(301)", "", OTHER_REGION},
    {"(NoSuchBucket)", "",
     "the bucket is not there; delete the stack that made it, and apply again"},
    {"(InvalidRequest)", "Content-MD5", LOCKED},
    {"(InvalidRequest)", "x-amz-checksum", LOCKED},
    {"(InvalidRequest)", "Object Lock", LOCKED},
};

const char *s3_error_means(const char *error)
{
    for (size_t i = 0; i < countof(table); i++)
        if (strstr(error, table[i].says) && strstr(error, table[i].too))
            return table[i].means;
    return NULL;
}
