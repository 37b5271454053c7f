#include <string.h>

#include "base/diag.h"
#include "base/interrupt.h"
#include "base/status_line.h"
#include "base/util.h"
#include "deploy/bucket_error.h"
#include "deploy/delete.h"
#include "deploy/deployed.h"
#include "deploy/deployment.h"
#include "deploy/kept.h"
#include "settings/project.h"
#include "stacks/description.h"
#include "stacks/report.h"
#include "stacks/stack.h"
#include "stacks/state.h"

enum { BATCH = 1000 }; /* objects that S3 deletes in one call */

/* The stacks of a deployment, last first. */
static const int stacks[] = {DEPLOYED_RESOURCES, DEPLOYED_PROJECT};

struct target {
    const char *stack; /* its name */
    json_t *found;     /* borrowed; NULL: it does not exist */
    const char *bucket;
};

/* Whether AWS deletes it already, because an earlier command that began it was interrupted. */
static bool is_going(const struct target *target)
{
    return strcmp(stack_status(target->found), "DELETE_IN_PROGRESS") == 0;
}

/* Reports what would stop the deletion, before anything is deleted. */
static bool check(struct deployment *d, struct target *targets, bool confirm)
{
    bool ok = true;
    for (size_t i = 0; confirm && i < countof(stacks); i++) {
        struct target *target = &targets[i];
        if (target->found && !is_going(target))
            ok = stack_check_protection(target->stack, target->found) && ok;
        if (stack_state(target->found) == STACK_MOVING && !is_going(target) && !d->wait &&
            !stack_began_here(&d->aws, target->found))
            ok = diag_error(EXIT_STACK_BUSY, (struct pos){0},
                            "stack %s is %s; delete it when that has finished, or with --wait",
                            target->stack, stack_status(target->found));
    }
    return ok;
}

/* Returns all versions and delete markers of a bucket (new), in the form that delete-objects takes;
 * NULL after an error. */
static json_t *all_objects(struct deployment *d, const char *bucket)
{
    static const char *const lists[] = {"Versions", "DeleteMarkers"};
    json_t *listing = aws_list_versions(&d->aws, bucket), *objects = json_array(), *entry;
    size_t i;
    for (size_t k = 0; k < countof(lists); k++)
        json_array_foreach(json_object_get(listing, lists[k]), i, entry)
            json_array_append_new(objects,
                                  json_pack("{s:O, s:O}", "Key", json_object_get(entry, "Key"),
                                            "VersionId", json_object_get(entry, "VersionId")));
    if (!listing) {
        bucket_error(bucket_pos(d->project), bucket, d->aws.error);
        json_decref(objects);
        objects = NULL;
    }
    json_decref(listing);
    return objects;
}

static bool delete_objects(struct deployment *d, const char *bucket, const json_t *objects)
{
    for (size_t from = 0; from < json_array_size(objects); from += BATCH) {
        json_t *batch = json_array();
        for (size_t i = from; i < from + BATCH && i < json_array_size(objects); i++)
            json_array_append(batch, json_array_get(objects, i));
        if (!aws_delete_objects(&d->aws, bucket, batch))
            return bucket_error(bucket_pos(d->project), bucket, d->aws.error);
    }
    return true;
}

/* CloudFormation deletes a bucket only if it has neither objects nor old versions. */
static bool empty_bucket(struct deployment *d, const char *bucket, bool confirm)
{
    json_t *objects = all_objects(d, bucket);
    if (!objects)
        return false;
    report_step(bucket, "bucket");
    bool ok = !confirm || delete_objects(d, bucket, objects);
    if (ok)
        report_line("bucket", json_pack("{s:I}", "objects", (json_int_t)json_array_size(objects)),
                    "%s%zu object versions", confirm ? "✓ " : "", json_array_size(objects));
    json_decref(objects);
    return ok;
}

static bool delete_stack(struct deployment *d, const struct target *target, bool confirm)
{
    report_step(target->stack, "cloudformation");
    if (!target->bucket && !is_going(target))
        kept_report(d, target->stack);
    if (!confirm) {
        report_status(stack_status(target->found));
        return true;
    }
    json_t *stack = is_going(target)
                        ? json_incref(target->found)
                        : stack_settle(&d->aws, target->stack, target->found, d->timeout, d->wait);
    bool ok = stack && stack_delete(&d->aws, target->stack, stack, d->timeout);
    json_decref(stack);
    if (ok)
        report_status("DELETE_COMPLETE");
    return ok;
}

static bool delete_all(struct deployment *d, const struct target *targets, bool confirm)
{
    report_title(arena_printf(d->arena,
                              confirm ? "Deleting the stage '%s', %s..."
                                      : "What delete would take from the stage '%s', %s:",
                              d->stage, d->region));
    for (size_t i = 0; i < countof(stacks); i++)
        if (targets[i].found &&
            !((!targets[i].bucket || empty_bucket(d, targets[i].bucket, confirm)) &&
              delete_stack(d, &targets[i], confirm)))
            return false;
    if (!confirm)
        report_sum_line(json_object(), "Nothing was deleted; add --confirm to do it.");
    return true;
}

static bool delete_deployed(struct deployment *d, const struct deployed *deployed, bool confirm)
{
    struct target targets[countof(stacks)];
    bool any = false;
    for (size_t i = 0; i < countof(stacks); i++) {
        const struct deployed_stack *stack = &deployed->stacks[stacks[i]];
        targets[i] =
            (struct target){stack->name, stack->json, stack_output(stack->json, "CodeBucket")};
        any = any || stack->json;
    }
    if (any)
        return check(d, targets, confirm) && delete_all(d, targets, confirm);
    report_sum_line(json_object(), "Nothing to delete: the stage '%s' of %s is not in %s.",
                    d->stage, d->project->name, d->region);
    return true;
}

bool delete_run(struct deployment *d, bool confirm)
{
    struct deployed deployed = {0};
    int lock = confirm ? deployment_lock(d) : -1;
    bool ok = (lock >= 0 || !confirm) && deployed_load_stacks(d, &deployed) &&
              delete_deployed(d, &deployed, confirm);
    if (!ok && interrupt_signal())
        diag_error(EXIT_OTHER, (struct pos){0},
                   "interrupted; the same command continues where this one ended");
    deployed_release(&deployed);
    deployment_unlock(lock);
    status_line_phase(NULL);
    return ok;
}
