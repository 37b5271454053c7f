#include <errno.h>
#include <string.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/file.h"
#include "build/artifact_zip.h"
#include "settings/node.h"
#include "settings/project.h"
#include "sources/collect.h"
#include "sources/credential.h"

enum { BYTES_MAX = 1 << 30 }; /* of the files in a zip: four times what Lambda takes */

/* Adds each file to the digest, and its own digest to its entry, so that packing sees if it has
 * changed since. */
static bool digest_entries(struct arena *arena, struct collection *c, char digest[SHA256_HEX])
{
    struct digest all;
    sha256_init(&all);
    for (size_t i = 0; i < c->nentries; i++) {
        struct pack_entry *entry = &c->entries[i];
        char *content = arena_alloc(arena, SHA256_HEX);
        if (!sha256_file(entry->source, content))
            return diag_error(EXIT_BUILD, (struct pos){.file = entry->source}, "cannot be read: %s",
                              strerror(errno));
        entry->sha256 = content;
        sha256_add(&all, entry->name, strlen(entry->name) + 1);
        sha256_add(&all, entry->executable ? "x" : "-", 1);
        sha256_add(&all, content, strlen(content));
    }
    sha256_hex(&all, digest);
    return true;
}

/* The plan reads the files for their digest, so there must be an end of them. */
static bool check_size(const struct collection *c, const struct node *setting, const char *path)
{
    long long size = 0;
    for (size_t i = 0; i < c->ninputs && size <= BYTES_MAX; i++)
        if (c->stamps[i].size > BYTES_MAX - size)
            size = BYTES_MAX + 1LL;
        else if (c->stamps[i].size > 0)
            size += c->stamps[i].size;
    return size <= BYTES_MAX ||
           diag_error(EXIT_BUILD, setting->pos, "the files in %s have more than %d MB", path,
                      BYTES_MAX >> 20);
}

static bool collect(struct collection *c, const struct project *project, const char *path)
{
    const char *root = path_absolute(c->arena, project->dir);
    collect_links(c, path, root);
    return file_look(path) == FILE_FOLDER ? collect_dir(c, path, root)
                                          : collect_file(c, path, path_base(path));
}

bool artifact_zip_look(struct project *project, const struct node *setting, const char *id,
                       const char *path, struct artifact *artifact, char digest[SHA256_HEX])
{
    struct arena *arena = project->arena;
    struct credentials credentials = {0};
    const char *skip[] = {
        path_join(arena, path_absolute(arena, project->dir), "parameters"),
        NULL,
    };
    const struct left_out out = {skip, project->parameters, project->nparameters, false, false};
    struct collection c = {
        .arena = arena,
        .stamped = true,
        .left_out = &out,
        .credentials = &credentials,
    };
    bool ok = collect(&c, project, path_absolute(arena, path));
    for (size_t i = 0; i < c.ninputs; i++)
        project_input(project, c.inputs[i], c.stamps[i]);
    collect_sort(&c);
    credential_warn(arena, &credentials, id);
    if (ok && !check_size(&c, setting, path))
        return false;
    if (!ok || !digest_entries(arena, &c, digest)) {
        diag_note(setting->pos, "%s is named here", path);
        return false;
    }
    if (!c.nentries)
        return diag_error(EXIT_BUILD, setting->pos,
                          "the zip of %s would be empty: no file in %s is packed", id, path);
    artifact->entries = c.entries;
    artifact->nentries = c.nentries;
    return true;
}
