#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/mask.h"
#include "base/status_line.h"
#include "deploy/bucket_error.h"
#include "deploy/code_diff.h"
#include "deploy/deployed.h"
#include "deploy/deployment.h"
#include "deploy/diff.h"
#include "deploy/moved_back.h"
#include "deploy/prepared.h"
#include "deploy/stage_import.h"
#include "deploy/staging.h"
#include "deploy/transfer.h"
#include "lambdas/lambda_cfn.h"
#include "stacks/change_set.h"
#include "stacks/description.h"
#include "stacks/digest.h"
#include "stacks/report.h"
#include "stacks/stack.h"
#include "stacks/state.h"
#include "stacks/version_change.h"
#include "template/cfn.h"

struct differ {
    struct deployment *d;
    struct arena *arena;
    struct diff *diff;
    struct prepared prepared;
    struct deployed stage;
    struct transfer transfer;
    struct moved_back moved_back;
};

/* --- parameters --------------------------------------------------------------------------- */

enum { VALUE_SHOWN = 60 }; /* bytes of a value */

/* Returns a masked value as part of a line: its first line, shortened to VALUE_SHOWN. */
static const char *shown_value(struct arena *arena, const char *value)
{
    size_t len = strcspn(value, "\n");
    bool whole = !value[len] && len <= VALUE_SHOWN;
    len = len < VALUE_SHOWN ? len : VALUE_SHOWN;
    while (!whole && len && (value[len] & 0xC0) == 0x80) /* do not cut a UTF-8 character */
        len--;
    return whole ? value : arena_printf(arena, "%.*s...", (int)len, value);
}

/* Reports the changed parameters, without those that steps set and without secrets that the stack
 * has already. Returns their number. */
static size_t report_parameters(struct differ *f, const json_t *template, const json_t *stack)
{
    const char *name;
    json_t *declared;
    size_t n = 0;
    json_object_foreach(json_object_get(template, "Parameters"), name, declared) {
        const char *to = json_string_value(json_object_get(f->prepared.given, name));
        const char *from = stack_parameter(stack, name);
        bool hidden = cfn_hides(template, name);
        if (!to || (from && (hidden || strcmp(from, to) == 0)))
            continue;
        to = hidden ? "****" : mask_text(to, MASK_MESSAGES);
        from = from ? mask_text(from, MASK_MESSAGES) : NULL;
        report_line(
            "parameter", json_pack("{s:s, s:s*, s:s}", "name", name, "from", from, "to", to),
            "%s parameter %s: %s%s%s", from ? "~" : "+", name,
            from ? shown_value(f->arena, from) : "", from ? " → " : "", shown_value(f->arena, to));
        n++;
    }
    return n;
}

static size_t count_hidden(const json_t *stack)
{
    size_t i, n = 0;
    json_t *parameter;
    json_array_foreach(json_object_get(stack, "Parameters"), i, parameter)
        n += strcmp(cfn_text(parameter, "ParameterValue"), "****") == 0;
    return n;
}

/* Reports that secrets have changed. The stack keeps one digest of all secrets, so it is not known
 * which of them; and if the stack has another number of secrets, it is not known whether any has.
 * Returns 1 if so, else 0. */
static size_t report_secrets(const struct differ *f, const json_t *template, const json_t *stack,
                             const char *digest)
{
    const char *name;
    struct buf names = {0};
    json_t *declared, *list = json_array();
    json_object_foreach(json_object_get(template, "Parameters"), name, declared) {
        if (!cfn_hides(template, name) || !json_object_get(f->prepared.given, name))
            continue;
        json_array_append_new(list, json_string(name));
        buf_add_item(&names, ", ", name);
    }
    size_t n = json_array_size(list);
    if (n != count_hidden(stack) || !stack_digest_other_secrets(stack, digest))
        n = 0;
    if (n)
        report_line("parameter",
                    json_pack("{s:O, s:s, s:s}", "secrets", list, "from", "****", "to", "****"),
                    "~ parameter%s%s: **** → ****", n > 1 ? ", one or more of " : " ", names.data);
    buf_free(&names);
    json_decref(list);
    return n > 0;
}

/* --- stacks ------------------------------------------------------------------------------- */

static bool place(const char *id, struct pos *pos, bool *alone, void *data)
{
    struct differ *f = data;
    *alone = prepared_alone(&f->prepared, id);
    return prepared_place(&f->prepared, id, pos);
}

/* Makes a change set and deletes it again. A large template is in the bucket only meanwhile. */
static bool make_set(struct differ *f, struct change_set *set, const char *file,
                     enum change_set_state *state)
{
    const char *bucket = cfn_text(f->prepared.values, "CodeBucket"), *version = NULL;
    if (!transfer_lend_template(&f->transfer, file, set->body, &version))
        return false;
    set->url = f->transfer.template_url;
    *state = change_set_make(set);
    bool ok = *state == CHANGE_SET_READY || *state == CHANGE_SET_EMPTY;
    if (*state == CHANGE_SET_BUSY)
        stack_refuse_busy(set->stack, f->d->aws.error);
    if (*state == CHANGE_SET_READY)
        ok = change_set_delete(set);
    return transfer_return_template(&f->transfer, bucket, version) && ok;
}

static void keep_changes(struct differ *f, const struct built_step *step, const json_t *stack,
                         struct changes changes, const char *digests)
{
    version_changes_drop(&changes, step->json, stack, digests);
    f->diff->stacks[step->step] = changes;
    if (changes.n)
        return;
    report_line("change", json_pack("{s:s}", "action", "outputs"), "~ no resource, but outputs");
    f->diff->n++;
}

/* Says which of the stages that the changes add are imported. */
static void note_imports(struct differ *f, const struct built_step *step, struct changes *changes)
{
    if (step->step == STEP_RESOURCES)
        json_decref(stage_import_template(&f->d->aws, deployment_stack(f->d, step->step),
                                          step->json, f->prepared.values, changes));
}

static bool ask_aws(struct differ *f, const struct built_step *step, const json_t *stack,
                    const json_t *parameters, const char *body)
{
    struct change_set set = {
        .aws = &f->d->aws,
        .stack = deployment_stack(f->d, step->step),
        .body = body,
        .parameters = parameters,
        .timeout = f->d->timeout,
    };
    enum change_set_state state = CHANGE_SET_FAILED;
    bool ok = make_set(f, &set, step->file, &state);
    if (ok && state == CHANGE_SET_READY)
        note_imports(f, step, &set.changes);
    if (ok && state == CHANGE_SET_READY)
        keep_changes(f, step, stack, set.changes,
                     json_string_value(json_object_get(parameters, LAMBDA_DIGESTS)));
    change_set_release(&set);
    return ok;
}

static bool diff_known(struct differ *f, const struct built_step *step, const json_t *stack)
{
    json_t *parameters = prepared_parameters(&f->prepared, step->json);
    const char *name = deployment_stack(f->d, step->step);
    const char *digest = stack_digest(f->arena, name, step->json, parameters);
    bool ok = true;
    if (digest)
        json_object_set_new(parameters, STACK_DIGEST, json_string(digest));
    if (!stack_digest_holds(stack, digest, parameters)) {
        char *body = stack_digest_body(step->json);
        f->diff->n += report_parameters(f, step->json, stack);
        f->diff->n += report_secrets(f, step->json, stack, digest);
        ok = ask_aws(f, step, stack, parameters, body);
        free(body);
    }
    json_decref(parameters);
    return ok;
}

static void diff_new(struct differ *f, const struct built_step *step, const json_t *stack)
{
    if (stack_state(stack) == STACK_NEVER_MADE)
        report_line("note", json_pack("{s:s}", "status", stack_status(stack)),
                    "%s: its creation failed; it will be deleted and created again",
                    stack_status(stack));
    f->diff->stacks[step->step] = changes_of_template(f->arena, step->json);
}

static void keep_outputs(struct differ *f, const json_t *stack)
{
    size_t i;
    json_t *output;
    json_array_foreach(json_object_get(stack, "Outputs"), i, output)
        json_object_set(f->prepared.values, cfn_text(output, "OutputKey"),
                        json_object_get(output, "OutputValue"));
}

static bool diff_stack(struct differ *f, const struct built_step *step)
{
    int which = step->step == STEP_PROJECT ? DEPLOYED_PROJECT : DEPLOYED_RESOURCES;
    struct changes *changes = &f->diff->stacks[step->step];
    json_t *stack = stack_settle(&f->d->aws, deployment_stack(f->d, step->step),
                                 f->stage.stacks[which].json, f->d->timeout, f->d->wait);
    if (!stack)
        return false;
    size_t before = f->diff->n;
    bool ok = true;
    if (stack_state(stack) == STACK_STUCK)
        ok = stack_refuse_stuck(deployment_stack(f->d, step->step), stack);
    else if (stack_state(stack) == STACK_STEADY)
        ok = diff_known(f, step, stack);
    else
        diff_new(f, step, stack);
    keep_outputs(f, stack);
    json_decref(stack);
    if (!ok)
        return false;
    changes_report(changes, place, f);
    f->diff->n += changes->n;
    moved_back_change(&f->moved_back, changes);
    if (f->diff->n == before)
        report_status("no changes");
    return true;
}

/* --- all steps ---------------------------------------------------------------------------- */

static bool diff_code(struct differ *f, const struct built_step *step)
{
    size_t n = 0;
    bool ok = code_diff(&f->transfer, step, &f->stage, &n);
    f->diff->n += n;
    if (ok && !n)
        report_status("no changes");
    if (ok && f->transfer.listing)
        moved_back_read(&f->moved_back, f->arena, f->transfer.listing);
    return ok;
}

static bool diff_steps(struct differ *f)
{
    const struct built *built = &f->prepared.built;
    report_title(arena_printf(
        f->arena, "What apply would change in the stage '%s', %s:", f->d->stage, f->d->region));
    for (size_t i = 0; i < built->count; i++) {
        const struct built_step *step = &built->steps[i];
        bool custom = step_is_custom(step->step);
        report_step(step->file, custom ? "custom" : "cloudformation");
        if (!(custom ? diff_code(f, step) : diff_stack(f, step)) || interrupt_signal())
            return false;
    }
    return true;
}

static void report_sum(const struct diff *diff)
{
    size_t counts[CHANGE_KINDS] = {0};
    for (int step = 0; step < STEP_COUNT; step++)
        changes_count(&diff->stacks[step], counts);
    if (diff->n)
        report_sum_line(json_pack("{s:I, s:I, s:I, s:I}", "add", (json_int_t)counts[CHANGE_ADD],
                                  "modify", (json_int_t)counts[CHANGE_MODIFY], "replace",
                                  (json_int_t)counts[CHANGE_REPLACE], "remove",
                                  (json_int_t)counts[CHANGE_REMOVE]),
                        "Resources: %zu to add, %zu to change, %zu to replace, %zu to remove.",
                        counts[CHANGE_ADD], counts[CHANGE_MODIFY], counts[CHANGE_REPLACE],
                        counts[CHANGE_REMOVE]);
    else
        report_sum_line(
            json_pack("{s:i, s:i, s:i, s:i}", "add", 0, "modify", 0, "replace", 0, "remove", 0),
            "No changes.");
}

bool diff_run(struct deployment *d, struct diff *diff)
{
    struct differ f = {.d = d, .arena = d->arena, .diff = diff};
    *diff = (struct diff){.n = 0};
    bool ok = prepared_load(&f.prepared, d) && deployed_load_stacks(d, &f.stage);
    if (ok) {
        f.transfer = (struct transfer){
            .arena = f.arena,
            .aws = &d->aws,
            .bucket_pos = bucket_pos(d->project),
            .built = &f.prepared.built,
            .values = f.prepared.values,
            .staging = staging_make(f.arena),
        };
        ok = f.transfer.staging && diff_steps(&f);
    }
    if (ok) {
        moved_back_report(&f.moved_back, false);
        report_sum(diff);
    }
    staging_remove(f.transfer.staging);
    json_decref(f.transfer.listing);
    deployed_release(&f.stage);
    prepared_release(&f.prepared);
    status_line_phase(NULL);
    return ok;
}
