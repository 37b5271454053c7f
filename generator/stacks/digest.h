/* digest.h - what a stack was last changed to, in a few letters, kept in the stack itself: a
 * parameter that nothing refers to. Where it is the same no change set is needed to know that
 * nothing changes.
 *
 * A tag would do as well, but CloudFormation hands a stack's tags on to its resources, so that each
 * apply would change all of them. The first half is of the template and of what everybody may see;
 * the second one of the secret parameters (NoEcho), which is slow to work out, so that nobody finds
 * a short secret by trying. */
#ifndef STACKS_DIGEST_H
#define STACKS_DIGEST_H
#include <jansson.h>
#include <stdbool.h>

struct arena;

#define STACK_DIGEST "GordonDigest"

/* A template as it is sent, with the parameter where there is room for one; the caller frees it. */
char *stack_digest_body(const json_t *template);
/* The digest of a template with these parameters (names to strings) for a stack of this name; NULL
 * when there is no room for the parameter. */
const char *stack_digest(struct arena *arena, const char *stack, const json_t *template,
                         const json_t *parameters);
/* Whether a stack, as AWS describes it, is what has this digest and these parameters, and came to
 * be without failing. */
bool stack_digest_holds(const json_t *described, const char *digest, const json_t *parameters);
/* Whether its secret parameters are others than those of this digest. */
bool stack_digest_other_secrets(const json_t *described, const char *digest);

/* What stands for a secret in a digest that everybody may see: slow to work out, and so to guess.
 * `place` makes it another one elsewhere. */
const char *stack_digest_secret(struct arena *arena, const char *place, const char *name,
                                const json_t *value);

#endif
