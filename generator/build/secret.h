/* secret.h - which parameters are secret: those that a file in parameters/ takes from where secrets
 * are kept (protocol_secret), for whatever stage. CloudFormation shows such a parameter to nobody
 * (NoEcho); apply and its errors do not either.
 *
 * A build knows it without resolving anything. In a text without Jinja the protocol is what it
 * begins with. Of a template only apply knows what comes out: there "ssm://" may stand anywhere in
 * it, and where it is put together of pieces, apply refuses what turns out to be secret. */
#ifndef BUILD_SECRET_H
#define BUILD_SECRET_H
#include <jansson.h>
#include <stdbool.h>

#include "base/util.h"       /* for struct table */
#include "build/collect.h"   /* for struct collection */
#include "resources/steps.h" /* for struct step_file */

struct arena;
struct built;
struct node;
struct project;

struct secrets {
    struct table parameters;  /* names to the struct node of the first value that is secret */
    struct collection inputs; /* the files that were read, with their stamps */
    const char *folder;       /* parameters/, absolute; it may not be there */
    struct file_stamp stamp;  /* its own, from before it was read */
};

/* Reads the files of all stages; false after an error in one of them. */
bool secrets_load(struct arena *arena, const struct project *project, struct secrets *secrets);
/* Adds what one file says. */
void secrets_add(struct arena *arena, struct secrets *secrets, const struct node *file);
/* What is to be looked at for a file that appears or vanishes: the folder, or where it would be. */
const char *secrets_listing(struct arena *arena, const struct secrets *secrets);

/* Sets NoEcho in the templates, and warns of outputs that show a secret all the same. */
void secrets_hide(const struct secrets *secrets, const struct project *project,
                  struct step_file files[STEP_COUNT]);
/* Whether the templates of a build hide all `parameters`, as in struct secrets; reports it if not.
 */
bool secrets_check(const struct table *parameters, const struct built *built);
/* From now on no message shows what the templates hide; `values`: names to strings. */
void secrets_mask(const json_t *values, const struct built *built);

#endif
