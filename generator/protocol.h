/* protocol.h - values of parameters that stand elsewhere: in the environment, in files, in AWS, in
 * Vault. The values may be secret: no error shows one, and none is an argument of a program. */
#ifndef PROTOCOL_H
#define PROTOCOL_H
#include <stdbool.h>

struct aws;
struct node;

/* Whether there is a protocol of this name, without "://". */
bool protocol_known(const char *name);
/* Whether it gives what is kept secret, so that nobody is to be shown it in the stack either. What
 * the environment gives is the configuration of a stage, such as the name of its bucket, too: it is
 * kept out of messages, and that is all. */
bool protocol_secret(const char *name);
/* The value that `name`://`rest` stands for, in aws->arena; NULL after an error, which was reported
 * at `node`. Relative paths of files start at `dir`. */
const char *protocol_value(struct aws *aws, const char *dir, const char *name, const char *rest,
                           const struct node *node);

#endif
