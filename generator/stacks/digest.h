/* digest.h - a digest of what a stack was last changed to, kept in the stack itself, as a parameter
 * that nothing refers to. If it is the same, nothing changes, and no change set is needed.
 *
 * A tag would do as well, but CloudFormation copies a stack's tags to its resources, so that each
 * apply would change all of them. The first half is the digest of the template and of the
 * parameters that are not secret; the second half that of the secret ones (NoEcho), which is slow
 * to compute, so that nobody finds a short secret by trying. */
#ifndef STACKS_DIGEST_H
#define STACKS_DIGEST_H
#include <jansson.h>
#include <stdbool.h>

struct arena;

#define STACK_DIGEST "GordonDigest"

/* Returns a template as it is sent to AWS, with the parameter for the digest if there is room for
 * it. The caller frees it. */
char *stack_digest_body(const json_t *template);
/* Returns the digest of a template with these parameters (names to strings) for a stack of this
 * name, in `arena`; NULL if there is no room for the parameter. */
const char *stack_digest(struct arena *arena, const char *stack, const json_t *template,
                         const json_t *parameters);
/* Whether a stack, as AWS describes it, has this digest and these parameters, and its last change
 * succeeded. */
bool stack_digest_holds(const json_t *described, const char *digest, const json_t *parameters);
/* Whether its secret parameters differ from those of this digest; false if it has no digest. */
bool stack_digest_other_secrets(const json_t *described, const char *digest);

/* Returns what stands for a secret in a digest that everybody may see, in `arena`: it is slow to
 * compute, and so the secret is slow to guess. `place` is a salt. */
const char *stack_digest_secret(struct arena *arena, const char *place, const char *name,
                                const json_t *value);

#endif
