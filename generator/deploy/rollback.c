#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "deploy/bucket_error.h"
#include "deploy/rollback.h"
#include "deploy/staging.h"
#include "template/cfn.h"

static const char folder[] = "rollbacks/";

const char *rollback_key(struct arena *arena, const struct rollback *mark)
{
    return arena_printf(arena, "%s%s/%s/%ld-%ld", folder, mark->id, mark->function, mark->version,
                        mark->newest);
}

/* Returns the text before the next '/', and moves `text` behind it; NULL if there is none. */
static const char *next_part(char **text)
{
    char *slash = strchr(*text, '/'), *part = *text;
    if (!slash)
        return NULL;
    *slash = '\0';
    *text = slash + 1;
    return part;
}

/* Reads an object of the bucket as a mark; false if it is none. */
static bool read_mark(struct arena *arena, const json_t *entry, struct rollback *mark)
{
    const char *key = cfn_text(entry, "Key");
    if (!str_starts(key, folder) || !json_is_true(json_object_get(entry, "IsLatest")))
        return false;
    char *rest = arena_strdup(arena, key + strlen(folder)), *end;
    *mark = (struct rollback){.key = arena_strdup(arena, key)};
    mark->id = next_part(&rest);
    mark->function = next_part(&rest);
    mark->version = strtol(rest, &end, 10);
    mark->newest = *end == '-' ? strtol(end + 1, &end, 10) : 0;
    mark->since = arena_strdup(arena, cfn_text(entry, "LastModified"));
    mark->object = arena_strdup(arena, cfn_text(entry, "VersionId"));
    return mark->id && mark->function && mark->version > 0 && mark->newest > 0 && !*end;
}

/* Compares times as text, because all times of a listing have the same format. */
static int latest_first(const void *a, const void *b)
{
    const struct rollback *x = a, *y = b;
    return strcmp(y->since, x->since);
}

void rollback_read(struct arena *arena, const json_t *listing, struct rollback **marks, size_t *n)
{
    size_t i;
    json_t *entry;
    struct rollback mark;
    *marks = NULL;
    *n = 0;
    json_array_foreach(json_object_get(listing, "Versions"), i, entry)
        if (read_mark(arena, entry, &mark))
            array_push(arena, *marks, *n, mark);
    if (*n)
        qsort(*marks, *n, sizeof **marks, latest_first);
}

const struct rollback *rollback_of(const struct rollback *marks, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(marks[i].id, id) == 0)
            return &marks[i];
    return NULL;
}

static bool fail(const struct aws *aws, const char *bucket)
{
    return bucket_error((struct pos){0}, bucket, aws->error);
}

bool rollback_write(struct aws *aws, const char *bucket, const struct rollback *marks, size_t n)
{
    if (!n) {
        staging_sweep(aws->arena);
        return true;
    }
    const char *staging = staging_make(aws->arena);
    bool ok = staging;
    for (size_t i = 0; ok && i < n; i++) {
        const char *path = path_join(aws->arena, staging, rollback_key(aws->arena, &marks[i]));
        if (!file_write(path, "", 0, 0600))
            ok = diag_error(EXIT_OTHER, (struct pos){.file = path}, "%s", strerror(errno));
    }
    if (ok && !aws_upload(aws, staging, bucket))
        ok = fail(aws, bucket);
    staging_remove(staging);
    return ok;
}

bool rollback_forget(struct aws *aws, const char *bucket, const struct rollback *marks, size_t n)
{
    json_t *objects = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            objects, json_pack("{s:s, s:s}", "Key", marks[i].key, "VersionId", marks[i].object));
    if (n)
        return aws_delete_objects(aws, bucket, objects) || fail(aws, bucket);
    json_decref(objects);
    return true;
}
