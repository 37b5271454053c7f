/* Releases: the first part is the manifest, to which the files are added with their digests. Then
 * come files: a name and a content in turns. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "archive/entry.h"
#include "archive/tar.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/util.h"
#include "deploy/release.h"
#include "fuzz.h"
#include "settings/project.h"

enum { FILES_MAX = 8 };

static json_t *describe(const struct pack_entry *entry)
{
    size_t len;
    char sha256[SHA256_HEX];
    fuzz_expect(file_read(fuzz_arena, entry->source, &len) && sha256_file(entry->source, sha256),
                "a file is read");
    return json_pack("{s:s, s:I, s:s}", "path", entry->name, "size", (json_int_t)len, "sha256",
                     sha256);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct pack_entry *)a)->name, ((const struct pack_entry *)b)->name);
}

/* Takes files from the input, sorted, without names that no tar may have. */
static size_t take_files(struct pack_entry *entries, const char *data, size_t len)
{
    size_t n = 0, kept = 0, size;
    for (; len && n < FILES_MAX; n++) {
        char *name = fuzz_part(&data, &len, NULL);
        const char *content = fuzz_part(&data, &len, &size);
        const char *source = arena_printf(fuzz_arena, "source%zu", n);
        name[strcspn(name, "\n")] = '\0';
        fuzz_write(source, content, size);
        entries[n] = (struct pack_entry){.name = name, .source = source};
    }
    qsort(entries, n, sizeof *entries, by_name);
    for (size_t i = 0; i < n; i++)
        if (!path_relative_fault(entries[i].name) && strlen(entries[i].name) < 100 &&
            strcmp(entries[i].name, "manifest.json") != 0 &&
            (!kept || strcmp(entries[kept - 1].name, entries[i].name) != 0))
            entries[kept++] = entries[i];
    return kept;
}

/* Adds the files to the manifest, unless it has a list of its own. */
static void write_manifest(json_t *manifest, const struct pack_entry *entries, size_t n)
{
    json_t *files = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(files, describe(&entries[i]));
    if (!json_object_get(manifest, "files"))
        json_object_set(manifest, "files", files);
    json_decref(files);
    char *text = json_dumps(manifest, 0);
    fuzz_write("manifest", text, strlen(text));
    free(text);
}

static void check(const struct release *release)
{
    fuzz_expect(release->project && release->project->name && release->stage, "it has its names");
    fuzz_expect(file_look(release->folder) == FILE_FOLDER, "it has its folder");
    project_text(release->project, "aws-account-id", NULL);
}

void fuzz_target(const char *data, size_t len)
{
    struct pack_entry entries[FILES_MAX + 1];
    struct release release;
    size_t size;
    fuzz_locks = true;
    const char *part = fuzz_part(&data, &len, &size);
    json_t *manifest = json_loadb(part, size, 0, NULL);
    size_t n = take_files(entries, data, len);
    if (json_is_object(manifest))
        write_manifest(manifest, entries, n);
    else
        fuzz_write("manifest", part, size);
    json_decref(manifest);
    entries[n++] = (struct pack_entry){.name = "manifest.json", .source = "manifest"};
    qsort(entries, n, sizeof *entries, by_name);
    if (tar_write("r.tar.gz", entries, n)) {
        if (release_open(fuzz_arena, "r.tar.gz", &release))
            check(&release);
        else
            fuzz_expect(diag_errors() > 0, "a refusal is reported");
        const char *folder = release.folder;
        fuzz_flush(); /* before the folder, whose name messages do not show, is gone */
        release_close(&release);
        fuzz_expect(!folder || file_look(folder) == FILE_MISSING, "the folder is removed");
    }
}
