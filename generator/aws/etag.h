/* etag.h - S3's entity tags, by which an upload is known to be there already. */
#ifndef AWS_ETAG_H
#define AWS_ETAG_H
#include <stdbool.h>

/* Whether `tag`, with or without its quotes, is that of an object with this file's content, put in
 * one piece (the MD5) or in parts (the MD5 of the parts' MD5s, "-" and their number), of the sizes
 * that the AWS CLI makes. False also for a file that cannot be read and for objects whose tag is no
 * MD5 (encrypted with KMS): the file is uploaded again then, which does no harm. */
bool etag_matches(const char *path, const char *tag);

#endif
