/* names.h - what things are called in CloudFormation, in S3 and on disk. */
#ifndef SETTINGS_NAMES_H
#define SETTINGS_NAMES_H
#include <stdbool.h>

struct arena;

/* The logical id of pieces, a NULL-terminated list of them: each is title-cased as Python's
 * str.title() does, split at all that is not [A-Za-z0-9], and joined ("pyday", "my_2nd" ->
 * "PydayMy2Nd"). May be empty. */
char *name_id(struct arena *arena, ...) __attribute__((sentinel));
/* "<app>_<name>.zip", the S3 key of a lambda's code; what is no letter, digit, '_' or '-' becomes
 * '-'. */
char *name_zip_key(struct arena *arena, const char *app, const char *name);
/* "<stage>-<project>-<step>". */
char *name_stack(struct arena *arena, const char *stage, const char *project, const char *step);

/* A stage: [a-z0-9-]{2,16}. */
bool name_is_stage(const char *text);
/* A region as AWS writes it, such as us-east-1 or us-gov-west-1. */
bool name_is_region(const char *text);

#endif
