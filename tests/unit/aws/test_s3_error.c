#include <string.h>

#include "aws/s3_error.h"
#include "check.h"

/* The error as the AWS CLI prints it. */
#define CLI(code, call, text)                                                                      \
    "upload failed: ./a.zip to s3://b/a.zip An error occurred (" code ") when calling the " call   \
    " operation: " text

static void check(const char *error, const char *word)
{
    const char *means = s3_error_means(error);
    CHECK(word ? means && strstr(means, word) : !means);
    if (word && !(means && strstr(means, word)))
        fprintf(stderr, "%s: %s\n", error, means ? means : "NULL");
}

int main(void)
{
    check(CLI("AccessDenied", "PutObject", "Access Denied"), "x-amz-server-side-encryption");
    check(CLI("AccessDenied", "PutObject", "with an explicit deny in a resource-based policy"),
          "x-amz-server-side-encryption");
    check(CLI("AccessDenied", "CreateMultipartUpload", "Access Denied"), "docs/iam.md");
    check(CLI("AccessDenied", "PutObject", "with an explicit deny in a service control policy"),
          "organization");
    check(CLI("AccessDenied", "PutObject",
              "User: u is not authorized to perform: kms:GenerateDataKey on resource: k"),
          "kms:GenerateDataKey");
    check(CLI("AccessDenied", "ListObjectVersions", "Access Denied"), "account of the stack");
    check(CLI("KMS.DisabledException", "PutObject", "k is disabled."), "enable it");
    check(CLI("KMS.NotFoundException", "PutObject", "Key does not exist"), "KMS key");
    check(CLI("PermanentRedirect", "ListObjectVersions", "must be addressed using"), "--region");
    check(CLI("AuthorizationHeaderMalformed", "PutObject", "expecting 'eu-west-1'"), "--region");
    check(CLI("NoSuchBucket", "PutObject", "The specified bucket does not exist"), "not there");
    check(CLI("InvalidRequest", "PutObject",
              "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with "
              "Object Lock parameters"),
          "checksum");
    check("a.zip: Access Denied because object protected by object lock.", "retention");
    check(CLI("AccessDenied", "PutBucketNotificationConfiguration", "Access Denied"),
          "gordon.contrib.s3");
    check(CLI("NoSuchBucket", "GetBucketNotificationConfiguration", "does not exist"), "'bucket'");
    check(CLI("InvalidArgument", "PutBucketNotificationConfiguration",
              "The notification destination service region is not valid for the bucket location "
              "constraint"),
          "bucket's region");
    check(CLI("InvalidArgument", "PutBucketNotificationConfiguration",
              "Unable to validate the following destination configurations"),
          "s3.amazonaws.com");
    check(CLI("SlowDown", "PutObject", "Please reduce your request rate."), NULL);
    check("AccessDenied", NULL);
    check("", NULL);
    return check_result();
}
