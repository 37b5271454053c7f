#include <stdlib.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "deploy/deployment.h"
#include "settings/project.h"

static struct arena *arena;

static int lock(const char *region, const char *project, const char *stage)
{
    const struct project of = {.name = project};
    const struct deployment d = {.arena = arena, .project = &of, .stage = stage, .region = region};
    return deployment_lock(&d);
}

/* Whether the stage is locked: by this process, too, because each lock has its own descriptor. */
static bool is_locked(const char *region, const char *project, const char *stage)
{
    int fd = lock(region, project, stage);
    enum exit_code code = diag_flush();
    deployment_unlock(fd);
    return fd < 0 && code == EXIT_STACK_BUSY;
}

int main(void)
{
    static const char *const variables[] = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE",
                                            "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"};
    char folder[] = "/tmp/gordon-test-deployment-XXXXXX";
    if (!CHECK(mkdtemp(folder)))
        return check_result();
    arena = arena_new();
    setenv("TMPDIR", folder, 1);
    setenv("XDG_CACHE_HOME", folder, 1);
    setenv("HOME", folder, 1);
    unsetenv("GORDON_CACHE_DIR");
    for (size_t i = 0; i < countof(variables); i++)
        unsetenv(variables[i]);
    int fd = lock("eu-west-1", "shop", "dev");
    CHECK(fd >= 0 && is_locked("eu-west-1", "shop", "dev"));
    CHECK(!is_locked("eu-west-2", "shop", "dev") && !is_locked("eu-west-1", "shopd", "ev"));
    CHECK(!is_locked("eu-west-1", "shop", "prod"));
    for (size_t i = 0; i < countof(variables); i++) { /* another account */
        setenv(variables[i], "another", 1);
        CHECK(!is_locked("eu-west-1", "shop", "dev"));
        unsetenv(variables[i]);
    }
    deployment_unlock(fd);
    CHECK(!is_locked("eu-west-1", "shop", "dev"));
    CHECK(remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
