#include <string.h>

#include "lambdas/lambda_cfn.h"
#include "stacks/change.h"
#include "stacks/description.h"
#include "stacks/version_change.h"
#include "template/cfn.h"

struct dropper {
    const struct changes *changes; /* all of them */
    const json_t *template;
    const char *was, *is; /* digests */
};

static const json_t *properties(const struct dropper *d, const char *id)
{
    return json_object_get(json_object_get(json_object_get(d->template, "Resources"), id),
                           "Properties");
}

static bool changes_too(const struct dropper *d, const char *id)
{
    for (size_t i = 0; i < d->changes->n; i++)
        if (strcmp(d->changes->items[i].id, id) == 0)
            return true;
    return false;
}

/* Whether the i-th new digest is one of the old ones. Its position there does not matter, because
 * digests move up if a lambda is removed. */
static bool was_there(const struct dropper *d, json_int_t i)
{
    char digest[LAMBDA_DIGEST_DIGITS + 1];
    size_t at = (size_t)i * (LAMBDA_DIGEST_DIGITS + 1), len = strlen(d->is);
    if (i < 0 || at + LAMBDA_DIGEST_DIGITS > len)
        return false;
    memcpy(digest, d->is + at, LAMBDA_DIGEST_DIGITS);
    digest[LAMBDA_DIGEST_DIGITS] = '\0';
    return strstr(d->was, digest) != NULL;
}

/* Whether a version, native or custom, stays: if its digest and its function do. */
static bool version_stays(const struct dropper *d, const char *id)
{
    const json_t *version = properties(d, id), *digest = json_object_get(version, "Digest");
    digest = digest ? digest : json_object_get(version, "Description");
    const json_t *select = json_object_get(digest, "Fn::Select");
    const char *function = cfn_text(json_object_get(version, "FunctionName"), "Ref");
    return json_is_array(select) && *function && !changes_too(d, function) &&
           was_there(d, json_integer_value(json_array_get(select, 0)));
}

static bool stays(const struct dropper *d, const struct change *change)
{
    const json_t *version = json_object_get(properties(d, change->id), "FunctionVersion");
    if (change->kind != CHANGE_MODIFY || !change->calmly)
        return false;
    if (version) /* of an alias */
        return version_stays(
            d, json_string_value(json_array_get(json_object_get(version, "Fn::GetAtt"), 0)));
    return version_stays(d, change->id);
}

void version_changes_drop(struct changes *changes, const json_t *template, const json_t *described,
                          const char *digests)
{
    const struct changes all = *changes;
    const struct dropper d = {&all, template, stack_parameter(described, LAMBDA_DIGESTS), digests};
    size_t n = 0;
    if (!d.was || !d.is)
        return;
    for (size_t i = 0; i < all.n; i++)
        if (!stays(&d, &all.items[i]))
            changes->items[n++] = all.items[i];
    changes->n = n;
}
