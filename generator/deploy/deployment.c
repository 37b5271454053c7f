#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/lock.h"
#include "base/run.h"
#include "base/status_line.h"
#include "base/util.h"
#include "deploy/bucket_error.h"
#include "deploy/deployment.h"
#include "languages/cache.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"

enum {
    PROJECT_MAX = 108, /* with the longest stage, a stack's name has 128 characters */
};

bool deployment_check_name(const struct project *project)
{
    const struct node *name = node_get(project->settings, "project");
    if (strlen(name->text) > PROJECT_MAX)
        return diag_error(EXIT_VALUE, name->pos,
                          "a stack's name has at most 128 characters, and the "
                          "project's at most %d of them",
                          PROJECT_MAX);
    if (str_is_made_of(name->text, STR_ALNUM "-"))
        return true;
    return diag_error(EXIT_VALUE, name->pos,
                      "a stack cannot have the name '%s': it takes letters, digits and '-' only",
                      name->text);
}

const char *deployment_stack(const struct deployment *d, enum step step)
{
    return name_stack(d->arena, d->stage, d->project->name, step_suffix(step));
}

bool deployment_place(const struct deployment *d, const char *id, struct pos *pos)
{
    const struct pos *found = d->places ? table_get(d->places, id) : NULL;
    if (found)
        *pos = *found;
    else if (strcmp(id, "CodeBucket") == 0)
        *pos = bucket_pos(d->project);
    return pos->file != NULL;
}

struct pos deployment_place_of_ref(const struct deployment *d, const char *name)
{
    const struct pos *place = d->refs ? table_get(d->refs, name) : NULL;
    return place ? *place : project_place_of_ref(d->project, name);
}

/* --- one gordon at a time ----------------------------------------------------------------- */

/* Returns the name of the lock file: a digest of what tells stages apart without asking AWS. The
 * account is told by the profile or by the id of the access key, which is not secret. */
static const char *lock_name(const struct deployment *d)
{
    static const char *const variables[] = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE",
                                            "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"};
    const char *text = arena_printf(d->arena, "%s\n%s\n%s", d->region, d->project->name, d->stage);
    char hex[SHA256_HEX];
    for (size_t i = 0; i < countof(variables); i++) {
        const char *value = getenv(variables[i]);
        text = arena_printf(d->arena, "%s\n%s", text, value ? value : "");
    }
    sha256_text(text, hex);
    return arena_printf(d->arena, "%s.lock", hex);
}

static const double look = 0.2; /* seconds */

/* Waits for the lock; returns -1 with errno after an error, with EINTR after a signal. */
static int wait_for_lock(const char *path)
{
    int lock;
    while ((lock = lock_try(path)) < 0 && errno == EWOULDBLOCK)
        if (!run_sleep(look)) {
            errno = EINTR;
            break;
        }
    return lock;
}

int deployment_lock(const struct deployment *d)
{
    const char *tmp = getenv("TMPDIR");
    const char *own = arena_printf(d->arena, "%s/gordon-%ld", tmp && *tmp ? tmp : "/tmp",
                                   (long)geteuid()); /* a shared folder would be the first user's */
    const char *dir = cache_locks(d->arena, own);
    if (!dir)
        return -1;
    const char *path = path_join(d->arena, dir, lock_name(d));
    int lock = lock_try(path);
    bool busy = lock < 0 && errno == EWOULDBLOCK;
    if (busy && d->wait) {
        status_line_note("another gordon is changing the stage; waiting for it");
        lock = wait_for_lock(path);
    } else if (busy) {
        diag_error(EXIT_STACK_BUSY, (struct pos){0},
                   "another gordon is changing the stage '%s' of %s in %s; run the same command "
                   "again when it has finished, or with --wait",
                   d->stage, d->project->name, d->region);
    }
    if (lock < 0 && !(busy && !d->wait) && !interrupt_signal())
        diag_error(EXIT_OTHER, (struct pos){.file = path}, "%s", strerror(errno));
    return lock;
}

void deployment_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}
