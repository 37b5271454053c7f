#include "lambdas/lambda_snap.h"
#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "resources/model.h"
#include "resources/runtime.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { STORAGE_MAX = 512 }; /* MB of ephemeral storage that a snapshot may have */

static const char *const choices[] = {"PublishedVersions", "None", NULL};

static const struct field fields[] = {{"snap-start", FIELD_ANY}};

/* Returns the choice; NULL if the value is neither a boolean nor a choice. */
static const char *choice(const struct node *snap)
{
    return snap->kind == NODE_BOOL ? choices[!snap->boolean] : schema_choice(snap, choices);
}

/* Reports a setting that functions with snapshots must not have (Lambda Developer Guide, "Improving
 * startup performance with Lambda SnapStart"). */
static bool check_without(const struct node *settings, const char *key)
{
    const struct node *value = node_get(settings, key);
    return !node_set(value) ||
           diag_error(EXIT_RESOURCE, value->pos,
                      "Lambda takes no snapshots (snap-start) of a function with %s; remove one "
                      "of the two",
                      key);
}

static bool check_others(const struct node *settings)
{
    const struct node *storage = node_get(settings, "ephemeral-storage");
    const struct node *concurrency = node_get(settings, "concurrency");
    const struct node *scaling = node_get(concurrency, "scaling");
    const struct node *provisioned =
        node_set(scaling) ? scaling : node_get(concurrency, "provisioned");
    bool ok = check_without(settings, "file-systems");
    if (schema_int(storage, 0) > STORAGE_MAX)
        ok = diag_error(EXIT_RESOURCE, storage->pos,
                        "Lambda takes no snapshots (snap-start) of a function with more than %d MB "
                        "of ephemeral-storage",
                        STORAGE_MAX);
    if (node_set(provisioned))
        ok = diag_error(EXIT_RESOURCE, provisioned->pos,
                        "Lambda takes no snapshots (snap-start) of a function with provisioned "
                        "concurrency; remove one of the two");
    return ok;
}

static bool check_value(const struct model *model, const struct node *snap)
{
    const struct node *const *branches = function_branches(snap);
    if (branches) {
        bool first = check_value(model, branches[0]);
        return check_value(model, branches[1]) && first;
    }
    return node_dynamic(snap) || choice(snap) ||
           diag_error(EXIT_VALUE, snap->pos,
                      "snap-start must be true, false, PublishedVersions or None, not %s",
                      node_words(model->arena, snap));
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *snap = node_get(lambda->settings, "snap-start");
    if (!check_value(model, snap))
        return false;
    if (node_dynamic(snap))
        return check_others(lambda->settings);
    if (choice(snap) != choices[0])
        return true;
    bool ok = check_others(lambda->settings);
    if (lambda->runtime && !runtime_has_snapshots(lambda->runtime))
        ok = diag_error(EXIT_RESOURCE, snap->pos,
                        "Lambda takes snapshots (snap-start) of java11, python3.12, dotnet8 and "
                        "later, not of %s",
                        lambda->runtime->identifier);
    return ok;
}

static json_t *apply_on(const struct node *snap, const void *data)
{
    const char *on = choice(snap);
    (void)data;
    return on ? json_string(on) : cfn_value(snap);
}

static void write(struct lambda_parts *parts)
{
    const struct node *snap = node_get(parts->lambda->settings, "snap-start");
    if (choice(snap) != choices[1])
        lambda_property(parts->function, "SnapStart",
                        json_pack("{s:o}", "ApplyOn", cfn_branches(snap, apply_on, NULL)));
}

const struct lambda_subject lambda_snap = {fields, countof(fields), .check = check, .write = write};
