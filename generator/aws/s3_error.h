/* s3_error.h - what errors of S3 mean for the user. */
#ifndef AWS_S3_ERROR_H
#define AWS_S3_ERROR_H

/* Returns the cause of an error and what to do, for the text of the AWS CLI or of boto3, which has
 * the code in parentheses and the name of the call; NULL if it is not known. Codes: Amazon S3 API
 * Reference, "Error responses". */
const char *s3_error_means(const char *error);

#endif
