/* etag.h - S3's entity tags, which tell whether a file was uploaded already. */
#ifndef AWS_ETAG_H
#define AWS_ETAG_H
#include <stdbool.h>

/* Whether `tag`, with or without its quotes, is the tag of an object with this file's content:
 * uploaded in one piece (the MD5), or in parts of a size that the AWS CLI uses (the MD5 of the
 * parts' MD5s, "-" and their number). Also false if the tag is not an MD5 (encrypted with KMS):
 * then the file is uploaded again, which is harmless; and after a signal (interrupt_came). The
 * program ends if the file, which is one of a staging folder, cannot be read. */
bool etag_matches(const char *path, const char *tag);

#endif
