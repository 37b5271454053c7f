/* lookup.h - fetches the value that a parameter refers to, from the environment, a file, AWS or
 * Vault. Values may be secret: no error shows one, and none is an argument of a program. */
#ifndef PARAMETERS_LOOKUP_H
#define PARAMETERS_LOOKUP_H
#include "settings/protocol.h" /* for enum protocol */

struct aws;
struct node;

/* The value of `protocol`://`rest`, in aws->arena or in the environment; NULL after an error, which
 * was reported at `node`. Relative paths of files start at `dir`. A value that is or may be secret
 * is never shown in a message from now on (mask_add). */
const char *lookup_value(struct aws *aws, const char *dir, enum protocol protocol, const char *rest,
                         const struct node *node);

#endif
