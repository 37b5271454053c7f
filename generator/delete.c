#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "delete.h"
#include "diag.h"
#include "names.h"
#include "project.h"
#include "stack.h"
#include "steps.h"
#include "util.h"

enum { BATCH = 1000 }; /* objects that S3 deletes in one call */

/* The stacks of a deployment, last first. */
static const enum step stacks[] = {STEP_RESOURCES, STEP_PROJECT};

struct target {
    const char *stack;  /* its name */
    const char *status; /* NULL when it is not there */
    const char *bucket; /* of the project's stack */
};

static bool look_up(struct deployment *d, enum step step, struct target *target)
{
    *target = (struct target){
        .stack = name_stack(d->arena, d->stage, d->project->name, step_suffix(step))};
    json_t *stack = aws_describe_stack(&d->aws, target->stack);
    if (!stack)
        return diag_error(EXIT_OTHER, (struct pos){0}, "stack %s: %s", target->stack, d->aws.error);
    const char *bucket = stack_output(stack, "CodeBucket");
    if (!json_is_null(stack))
        target->status = arena_strdup(d->arena, stack_status(stack));
    if (bucket)
        target->bucket = arena_strdup(d->arena, bucket);
    json_decref(stack);
    return true;
}

/* All versions and delete markers of a bucket, as delete-objects wants them; NULL after an error.
 */
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
        diag_error(EXIT_OTHER, (struct pos){0}, "bucket %s: %s", bucket, d->aws.error);
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
            return diag_error(EXIT_OTHER, (struct pos){0}, "bucket %s: %s", bucket, d->aws.error);
    }
    return true;
}

/* CloudFormation deletes only a bucket that is empty, old versions counted. */
static bool empty_bucket(struct deployment *d, const char *bucket, bool confirm)
{
    json_t *objects = all_objects(d, bucket);
    if (!objects)
        return false;
    printf("  %s (bucket)\n    %s%zu object versions\n", bucket, confirm ? "✓ " : "",
           json_array_size(objects));
    bool ok = !confirm || delete_objects(d, bucket, objects);
    json_decref(objects);
    return ok;
}

static bool delete_stack(struct deployment *d, const struct target *target, bool confirm)
{
    printf("  %s (cloudformation)\n", target->stack);
    if (!confirm) {
        printf("    %s\n", target->status);
        return true;
    }
    if (!stack_delete(&d->aws, target->stack, d->timeout))
        return false;
    printf("    DELETE_COMPLETE\n");
    return true;
}

bool delete_run(struct deployment *d, bool confirm)
{
    struct target targets[countof(stacks)];
    bool any = false, ok = true;
    for (size_t i = 0; ok && i < countof(stacks); i++) {
        ok = look_up(d, stacks[i], &targets[i]);
        any = any || (ok && targets[i].status);
    }
    if (!ok)
        return false;
    if (!any) {
        printf("Nothing to delete: the stage '%s' of %s is not in %s.\n", d->stage,
               d->project->name, d->region);
        return true;
    }
    printf(confirm ? "Deleting project...\n" : "Would delete:\n");
    for (size_t i = 0; ok && i < countof(stacks); i++) {
        if (!targets[i].status)
            continue;
        ok = (!targets[i].bucket || empty_bucket(d, targets[i].bucket, confirm)) &&
             delete_stack(d, &targets[i], confirm);
    }
    if (ok && !confirm)
        printf("Nothing was deleted; add --confirm to do it.\n");
    return ok;
}
