#include <string.h>

#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_async.h"
#include "lambdas/lambda_check.h"
#include "lambdas/lambda_concurrency.h"
#include "lambdas/lambda_deploy.h"
#include "lambdas/lambda_environment.h"
#include "lambdas/lambda_files.h"
#include "lambdas/lambda_grant.h"
#include "lambdas/lambda_image.h"
#include "lambdas/lambda_kms.h"
#include "lambdas/lambda_layers.h"
#include "lambdas/lambda_logs.h"
#include "lambdas/lambda_loop.h"
#include "lambdas/lambda_managed.h"
#include "lambdas/lambda_name.h"
#include "lambdas/lambda_part.h"
#include "lambdas/lambda_permissions.h"
#include "lambdas/lambda_role.h"
#include "lambdas/lambda_snap.h"
#include "lambdas/lambda_storage.h"
#include "lambdas/lambda_tags.h"
#include "lambdas/lambda_tracing.h"
#include "lambdas/lambda_url.h"
#include "lambdas/lambda_uses.h"
#include "lambdas/lambda_verbatim.h"
#include "lambdas/lambda_vpc.h"
#include "lambdas/lambda_word.h"
#include "settings/node.h"
#include "settings/schema.h"

/* The subjects in the order in which they are checked and written. The role comes last: its own
 * policies stand behind those of the other subjects. `properties` are the last word about all. */
/* clang-format off */
static const struct lambda_subject *const subjects[] = {
    &lambda_basics,
    &lambda_name,
    &lambda_environment,
    &lambda_logs,
    &lambda_vpc,
    &lambda_tracing,
    &lambda_kms,
    &lambda_storage,
    &lambda_snap,
    &lambda_loop,
    &lambda_image,
    &lambda_layers,
    &lambda_files,
    &lambda_async,
    &lambda_concurrency,
    &lambda_deploy,
    &lambda_permissions,
    &lambda_url,
    &lambda_uses,
    &lambda_grants,
    &lambda_tags,
    &lambda_managed,
    &lambda_role,
    &lambda_verbatim,
};
/* clang-format on */

enum { FIELDS_MAX = 96 };

/* The fields of all subjects in one array, and the subject of each. */
static struct field fields[FIELDS_MAX];
static size_t owners[FIELDS_MAX];
static size_t nfields;

static void add_fields(size_t subject)
{
    for (size_t i = 0; i < subjects[subject]->nfields; i++) {
        if (nfields == FIELDS_MAX)
            fatal("the settings of a lambda are more than %d", FIELDS_MAX);
        owners[nfields] = subject;
        fields[nfields++] = subjects[subject]->fields[i];
    }
}

const struct field *lambda_fields(size_t *n)
{
    if (!nfields)
        for (size_t s = 0; s < countof(subjects); s++)
            add_fields(s);
    *n = nfields;
    return fields;
}

/* Sets used[s] for each subject of which the lambda has a setting. */
static void find_used(const struct lambda *lambda, bool used[countof(subjects)])
{
    const struct node *settings = lambda->settings;
    for (size_t s = 0; s < countof(subjects); s++)
        used[s] = subjects[s]->always;
    for (size_t i = 0; i < settings->count; i++) {
        const struct field *field = schema_find(fields, nfields, settings->entries[i].key->text);
        if (field && node_set(settings->entries[i].value))
            used[owners[field - fields]] = true;
    }
}

bool lambda_words_check(const struct model *model, const struct lambda *lambda)
{
    bool used[countof(subjects)], ok = true;
    find_used(lambda, used);
    for (size_t s = 0; s < countof(subjects); s++)
        if (used[s] && subjects[s]->check)
            ok = subjects[s]->check(model, lambda) && ok;
    return ok;
}

static bool link_subject(const struct model *model, const struct lambda_subject *subject)
{
    bool ok = true;
    for (size_t i = 0; i < model->count; i++) {
        const struct lambda *lambda = lambda_of(model->resources[i]);
        bool used = false;
        for (size_t f = 0; lambda && lambda->settings && f < subject->nfields; f++)
            used = used || node_set(node_get(lambda->settings, subject->fields[f].key));
        ok = (!used || subject->link(model, lambda)) && ok;
    }
    return ok;
}

bool lambda_words_link(const struct model *model)
{
    bool ok = true;
    for (size_t s = 0; s < countof(subjects); s++)
        if (subjects[s]->link)
            ok = link_subject(model, subjects[s]) && ok;
    return ok;
}

void lambda_words_write(struct lambda_parts *parts)
{
    bool used[countof(subjects)];
    find_used(parts->lambda, used);
    for (size_t s = 0; s < countof(subjects); s++)
        if (used[s] && subjects[s]->write)
            subjects[s]->write(parts);
}
