/* secret.h - which parameters are secret: those whose value for any stage, in the files of
 * parameters/, has a secret protocol (protocol_secret). CloudFormation does not show them (NoEcho),
 * and neither do apply and its errors.
 *
 * A build decides this without resolving values. A text without Jinja is secret if it begins with
 * such a protocol, for example "ssm://". A Jinja template is secret if such a protocol is anywhere
 * in it, because only apply knows its result. If a template assembles the protocol from pieces,
 * apply refuses the value that turns out to be secret. */
#ifndef BUILD_SECRET_H
#define BUILD_SECRET_H
#include <jansson.h>
#include <stdbool.h>

#include "base/util.h"       /* for struct table */
#include "resources/steps.h" /* for struct step_file */
#include "sources/collect.h" /* for struct collection */

struct arena;
struct built;
struct node;
struct project;

struct secrets {
    struct table parameters;  /* name to the struct node of the first secret value */
    struct collection inputs; /* the files that were read, with their stamps */
    const char *folder;       /* parameters/, absolute; may be missing */
    bool exists;              /* whether the folder does */
    struct file_stamp stamp;  /* of the folder, from before it was read */
};

/* Reads the parameter files of all stages. Returns false after a reported error in one of them. */
bool secrets_load(struct arena *arena, const struct project *project, struct secrets *secrets);
/* Adds the secret parameters of one file. */
void secrets_add(struct arena *arena, struct secrets *secrets, const struct node *file);
/* The folder whose stamp changes when a file appears or vanishes: parameters/, or the folder around
 * it if it is missing. */
const char *secrets_listing(struct arena *arena, const struct secrets *secrets);

/* Sets NoEcho in the templates, and warns about outputs that show a secret nevertheless. */
void secrets_hide(const struct secrets *secrets, struct step_file files[STEP_COUNT]);
/* Whether the templates of a build hide all secret `parameters`, as in struct secrets. Reports an
 * error for each that they show. */
bool secrets_check(const struct table *parameters, const struct built *built);
/* Makes all later messages hide the values that the templates hide. `values`: names to strings. */
void secrets_mask(const json_t *values, const struct built *built);

#endif
