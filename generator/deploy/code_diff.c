#include <jansson.h>
#include <string.h>

#include "archive/zip_diff.h"
#include "aws/aws.h"
#include "base/diag.h"
#include "base/file.h"
#include "build/built.h"
#include "deploy/code_diff.h"
#include "deploy/deployed.h"
#include "deploy/transfer.h"
#include "deploy/upload.h"
#include "stacks/report.h"
#include "template/cfn.h"

enum { FILES_SHOWN = 20 }; /* of each zip */

struct code {
    struct transfer *transfer;
    const struct built_step *step;
    const struct deployed *stage;
    struct upload *uploads;
    size_t n;
    const char *downloads; /* a folder with the deployed zips, named by their keys; or NULL */
};

/* One zip that changes. */
struct changed {
    struct arena *arena;
    const char *context; /* the name of its entry */
    json_t *files;       /* of --json: a list of objects */
    size_t shown;
    const char **lines; /* shown below it */
    size_t nlines;
};

/* Returns the object version of the zip that the stack's function has, or NULL. */
static const char *version_in_stack(const struct code *code, const struct upload *upload)
{
    const char *name;
    json_t *output;
    json_object_foreach(json_object_get(code->step->json, "outputs"), name, output) {
        const json_t *value = json_object_get(output, "value");
        if (strcmp(cfn_text(value, "attr"), "s3version") == 0 &&
            strcmp(cfn_text(value, "action"), upload->action) == 0)
            return deployed_parameter(code->stage, name);
    }
    return NULL;
}

static bool is_changed(const struct code *code, const struct upload *upload)
{
    const char *held = version_in_stack(code, upload);
    return !upload->version || !held || strcmp(held, upload->version) != 0;
}

/* --- the files in a zip ------------------------------------------------------------------- */

static void add_file(enum zip_difference difference, const char *name, void *data)
{
    static const char *const signs[] = {
        [ZIP_ADDED] = "+", [ZIP_CHANGED] = "~", [ZIP_REMOVED] = "-"};
    static const char *const words[] = {
        [ZIP_ADDED] = "add", [ZIP_CHANGED] = "modify", [ZIP_REMOVED] = "remove"};
    struct changed *c = data;
    if (strcmp(name, c->context) == 0)
        return; /* compare_contexts compares its keys */
    json_array_append_new(c->files,
                          json_pack("{s:s, s:s}", "action", words[difference], "file", name));
    if (c->shown++ < FILES_SHOWN)
        array_push(c->arena, c->lines, c->nlines,
                   arena_printf(c->arena, "%s %s", signs[difference], name));
}

static void add_key(struct changed *c, const char *key, const json_t *was, const json_t *is)
{
    if (was && is && json_equal(was, is))
        return;
    const char *sign = !was ? "+" : !is ? "-" : "~";
    json_array_append_new(c->files, json_pack("{s:s, s:s}", "action",
                                              !was  ? "add"
                                              : !is ? "remove"
                                                    : "modify",
                                              "context", key));
    array_push(c->arena, c->lines, c->nlines, arena_printf(c->arena, "%s context: %s", sign, key));
}

/* Returns NULL after reporting an error. */
static json_t *context_of(const struct changed *c, const char *zip)
{
    const char *text = zip_stored(c->arena, zip, c->context);
    json_t *json = text ? json_loads(text, 0, NULL) : NULL;
    return json || !text ? json : json_object();
}

static bool compare_contexts(struct changed *c, const char *before, const char *after)
{
    json_t *was = context_of(c, before), *is = context_of(c, after), *value;
    const char *key;
    json_object_foreach(was, key, value)
        add_key(c, key, value, json_object_get(is, key));
    json_object_foreach(is, key, value)
        if (!json_object_get(was, key))
            add_key(c, key, NULL, value);
    bool ok = was && is;
    json_decref(was);
    json_decref(is);
    return ok;
}

static bool compare_files(const struct code *code, const struct upload *upload, struct changed *c)
{
    const char *before = code->downloads ? path_join(c->arena, code->downloads, upload->key) : NULL;
    if (!before || file_look(before) == FILE_MISSING)
        return true;
    if (!zip_diff(c->arena, before, upload->staged, add_file, c))
        return false;
    if (c->shown > FILES_SHOWN)
        array_push(c->arena, c->lines, c->nlines,
                   arena_printf(c->arena, "and %zu more files", c->shown - FILES_SHOWN));
    return compare_contexts(c, before, upload->staged);
}

static bool report_changed(const struct code *code, const struct upload *upload,
                           const json_t *action)
{
    struct changed c = {.arena = code->transfer->arena,
                        .context = cfn_text(action, "context_destinaton"),
                        .files = json_array()};
    bool is_new = !version_in_stack(code, upload);
    bool ok = compare_files(code, upload, &c);
    if (ok)
        report_line("code",
                    json_pack("{s:s, s:s, s:s, s:O}", "action", is_new ? "add" : "modify", "file",
                              upload->label, "sha256", upload->sha256, "files", c.files),
                    "%s %s%s", is_new ? "+" : "~", upload->label,
                    upload->version ? "  uploaded already" : "");
    for (size_t i = 0; ok && i < c.nlines; i++)
        report_below("%s", c.lines[i]);
    json_decref(c.files);
    return ok;
}

/* --- what the bucket has ------------------------------------------------------------------ */

/* Whether the function has the latest object of this key: only that one can be downloaded. */
static bool is_latest(const struct code *code, const struct upload *upload)
{
    size_t i;
    const json_t *entry;
    const char *held = version_in_stack(code, upload);
    json_array_foreach(json_object_get(code->transfer->listing, "Versions"), i, entry)
        if (held && json_is_true(json_object_get(entry, "IsLatest")) &&
            strcmp(cfn_text(entry, "Key"), upload->key) == 0)
            return strcmp(cfn_text(entry, "VersionId"), held) == 0;
    return false;
}

/* Downloads the deployed zips of all changed functions by one call. */
static void download(struct code *code)
{
    struct transfer *t = code->transfer;
    const char **keys = NULL;
    size_t n = 0;
    const char *folder = path_join(t->arena, t->staging, "was");
    for (size_t i = 0; i < code->n; i++)
        if (is_changed(code, &code->uploads[i]) && is_latest(code, &code->uploads[i]))
            array_push(t->arena, keys, n, code->uploads[i].key);
    if (n && aws_download(t->aws, cfn_text(t->values, "CodeBucket"), folder, keys, n))
        code->downloads = folder;
    else if (n)
        diag_warning((struct pos){0}, "the changes in the zips are not known: bucket %s: %s",
                     cfn_text(t->values, "CodeBucket"), t->aws->error);
}

bool code_diff(struct transfer *transfer, const struct built_step *step,
               const struct deployed *stage, size_t *n)
{
    struct code code = {.transfer = transfer, .step = step, .stage = stage};
    if (!transfer_compare(transfer, step, &code.uploads, &code.n))
        return false;
    download(&code);
    const json_t *actions = json_object_get(step->json, "actions");
    for (size_t i = 0; i < code.n; i++) {
        if (!is_changed(&code, &code.uploads[i]))
            continue;
        ++*n;
        if (!report_changed(&code, &code.uploads[i], json_array_get(actions, i)))
            return false;
    }
    return true;
}
