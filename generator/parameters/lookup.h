/* lookup.h - asks for the value of a parameter where it is kept: in the environment, in files, in
 * AWS, in Vault. Values may be secret: no error shows one, and none is an argument of a program. */
#ifndef PARAMETERS_LOOKUP_H
#define PARAMETERS_LOOKUP_H
#include "settings/protocol.h" /* for enum protocol */

struct aws;
struct node;

/* The value of `protocol`://`rest`, in aws->arena; NULL after an error, which was reported at
 * `node`. Relative paths of files start at `dir`. */
const char *lookup_value(struct aws *aws, const char *dir, enum protocol protocol, const char *rest,
                         const struct node *node);

#endif
