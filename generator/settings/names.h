/* names.h - makes the names of things in CloudFormation, in S3 and on disk, and checks names of
 * stages and regions. */
#ifndef SETTINGS_NAMES_H
#define SETTINGS_NAMES_H
#include <stdbool.h>

struct arena;

/* Returns the logical id made of pieces, a NULL-terminated list. Each piece is title-cased as by
 * Python's str.title(), then loses all characters but [A-Za-z0-9]; the pieces are joined ("pyday",
 * "my_2nd" -> "PydayMy2Nd"). The id may be empty. */
char *name_id(struct arena *arena, ...) __attribute__((sentinel));
/* Returns "<app>_<name>.zip", the S3 key of a lambda's code. Each character that is not a letter, a
 * digit, '_' or '-' becomes '-'. */
char *name_zip_key(struct arena *arena, const char *app, const char *name);
/* Returns "<stage>-<project>-<step>", the name of a stack. */
char *name_stack(struct arena *arena, const char *stage, const char *project, const char *step);

/* Whether `text` is a valid stage: [a-z][a-z0-9-]{1,15}. The names of stacks begin with it. */
bool name_is_stage(const char *text);
/* Whether `text` looks like a region of AWS, such as us-east-1 or us-gov-west-1. */
bool name_is_region(const char *text);
/* For errors: "<name_stage_rule>, not 'X'", and "'X' <name_region_rule>". */
extern const char name_stage_rule[], name_region_rule[];

#endif
