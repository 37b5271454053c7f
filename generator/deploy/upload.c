#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/zip.h"
#include "aws/aws.h"
#include "aws/etag.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/status_line.h"
#include "base/util.h"
#include "deploy/bucket_error.h"
#include "deploy/upload.h"
#include "stacks/report.h"
#include "template/cfn.h"

static const struct pos nowhere = {0};

enum { SHOWN_DIGITS = 8 };

/* The comment that makes AWS take a zip for new code, see struct upload. */
static const char mark[] = "published again";

static bool add_context(const struct upload *upload, const char *zip, const json_t *context,
                        const char *destination)
{
    char *text = cfn_dump(context, JSON_COMPACT);
    bool ok = zip_add(zip, upload->staged, destination, text, strlen(text));
    free(text);
    return ok;
}

static bool cannot_stage(const struct upload *upload)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = upload->staged}, "%s", strerror(errno));
}

bool upload_stage(struct aws *aws, struct upload *upload, const char *zip, const char *staging,
                  const json_t *context, const char *destination)
{
    upload->staged = path_join(aws->arena, staging, upload->key);
    bool ok = context ? add_context(upload, zip, context, destination)
                      : file_copy(aws->arena, zip, upload->staged) || cannot_stage(upload);
    if (ok && !sha256_file(upload->staged, upload->sha256))
        ok = cannot_stage(upload);
    if (ok && upload->marked && !zip_set_comment(upload->staged, mark))
        ok = cannot_stage(upload);
    return ok;
}

bool upload_is_held(struct upload *upload, int64_t size, int64_t held_size, const char *tag)
{
    if (held_size == size)
        return etag_matches(upload->staged, tag);
    if (!*upload->action || upload->marked || held_size != size + (int64_t)strlen(mark))
        return false;
    if (!zip_set_comment(upload->staged, mark))
        fatal("%s cannot be written:", upload->staged);
    upload->marked = etag_matches(upload->staged, tag);
    if (!upload->marked)
        zip_set_comment(upload->staged, ""); /* if that fails, the marked file goes up: no harm */
    return upload->marked;
}

/* Sets `latest` to the latest versions in the bucket: keys to entries of the listing. */
static void index_latest(struct aws *aws, const json_t *listing, struct table *latest)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(listing, "Versions"), i, entry) {
        const char *key = json_string_value(json_object_get(entry, "Key"));
        if (key && json_is_true(json_object_get(entry, "IsLatest")))
            table_set(aws->arena, latest, key, entry);
    }
}

/* Returns how many versions of a key are newer than `before`, or all if that is NULL. A listing has
 * the newest first. */
static size_t count_newer(const json_t *listing, const char *key, const char *before)
{
    size_t i, n = 0;
    json_t *entry;
    json_array_foreach(json_object_get(listing, "Versions"), i, entry) {
        if (strcmp(cfn_text(entry, "Key"), key) != 0)
            continue;
        if (before && strcmp(cfn_text(entry, "VersionId"), before) == 0)
            break;
        n++;
    }
    return n;
}

/* Sets the version if the bucket has the staged file. Its tag tells that; after the upload, one new
 * version of the same size does too, because tags may be no digests. */
static void find_version(struct aws *aws, struct upload *upload, const json_t *listing,
                         const struct table *latest, bool uploaded)
{
    const json_t *entry = table_get(latest, upload->key);
    const char *tag = json_string_value(json_object_get(entry, "ETag"));
    const char *version = json_string_value(json_object_get(entry, "VersionId"));
    struct stat st;
    if (!tag || !version)
        return;
    if (stat(upload->staged, &st) != 0)
        fatal("%s cannot be read:", upload->staged);
    json_int_t size = json_integer_value(json_object_get(entry, "Size"));
    bool is_new =
        uploaded && size == st.st_size && count_newer(listing, upload->key, upload->before) == 1;
    version = arena_strdup(aws->arena, version);
    if (is_new || upload_is_held(upload, st.st_size, size, tag))
        upload->version = version;
    upload->before = version;
}

static void find_versions(struct aws *aws, const json_t *listing, struct upload *uploads, size_t n,
                          bool uploaded)
{
    struct table latest = {0};
    index_latest(aws, listing, &latest);
    for (size_t i = 0; i < n; i++)
        if (!uploads[i].version)
            find_version(aws, &uploads[i], listing, &latest, uploaded);
}

void upload_find(struct aws *aws, const json_t *listing, struct upload *uploads, size_t n)
{
    find_versions(aws, listing, uploads, n, false);
}

/* Returns a listing (new) and sets versions by it; NULL after an error. */
static json_t *list(struct aws *aws, const struct upload_to *to, struct upload *uploads, size_t n,
                    bool uploaded)
{
    json_t *listing = aws_list_versions(aws, to->bucket);
    if (!listing || json_is_null(listing)) {
        bucket_error(to->pos, to->bucket,
                     listing ? "it is not there; delete the stack that made it" : aws->error);
        json_decref(listing);
        return NULL;
    }
    find_versions(aws, listing, uploads, n, uploaded);
    return listing;
}

/* Removes the files that the bucket has already from the folder, of which everything is uploaded.
 * Sets `*left` if others are left. */
static bool drop_unchanged(struct upload *uploads, size_t n, bool *left)
{
    *left = false;
    for (size_t i = 0; i < n; i++) {
        if (!uploads[i].version)
            *left = true;
        else if (unlink(uploads[i].staged) != 0)
            return diag_error(EXIT_OTHER, (struct pos){.file = uploads[i].staged},
                              "cannot be removed: %s", strerror(errno));
    }
    return true;
}

static bool check_uploaded(const char *bucket, const struct upload *uploads, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        if (!uploads[i].version)
            ok = diag_error(EXIT_OTHER, nowhere,
                            "bucket %s: %s is not what was just uploaded; does somebody else apply "
                            "this stage? Run apply again",
                            bucket, uploads[i].key);
    return ok;
}

static void report_upload(const struct upload *upload, bool unchanged)
{
    report_line("upload",
                json_pack("{s:s, s:s, s:b}", "file", upload->label, "sha256", upload->sha256,
                          "unchanged", unchanged),
                "✓ %s (%.*s)%s", upload->label, SHOWN_DIGITS, upload->sha256,
                unchanged ? " unchanged" : "");
}

/* Uploads the files that are left in the folder, and sets their versions. */
static bool send(struct aws *aws, const struct upload_to *to, struct upload *uploads, size_t n)
{
    status_line_phase("uploading");
    if (!aws_upload(aws, to->staging, to->bucket))
        return bucket_error(to->pos, to->bucket, aws->error);
    json_t *listing = list(aws, to, uploads, n, true);
    bool ok = listing && check_uploaded(to->bucket, uploads, n);
    json_decref(listing);
    return ok;
}

bool upload_all(struct aws *aws, const struct upload_to *to, struct upload *uploads, size_t n,
                json_t **listing)
{
    json_t *before = list(aws, to, uploads, n, false);
    bool *unchanged = arena_alloc(aws->arena, (n + 1) * sizeof *unchanged);
    if (!before)
        return false;
    for (size_t i = 0; i < n; i++)
        unchanged[i] = uploads[i].version != NULL;
    bool left, ok = drop_unchanged(uploads, n, &left);
    ok = ok && (!left || send(aws, to, uploads, n));
    for (size_t i = 0; ok && i < n; i++)
        report_upload(&uploads[i], unchanged[i]);
    if (listing && !*listing)
        *listing = json_incref(before);
    json_decref(before);
    return ok;
}
