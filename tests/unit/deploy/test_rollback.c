#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws/aws.h"
#include "base/file.h"
#include "base/util.h"
#include "check.h"
#include "deploy/rollback.h"

static const char at[] = "2026-11-24T00:30:00Z", later[] = "2026-11-24T00:40:00Z";

static void add(json_t *listing, const char *key, const char *time, bool latest)
{
    json_array_append_new(json_object_get(listing, "Versions"),
                          json_pack("{s:s, s:s, s:s, s:b}", "Key", key, "VersionId", "v",
                                    "LastModified", time, "IsLatest", latest));
}

static void test_read(struct arena *arena, const json_t *listing)
{
    struct rollback *marks;
    size_t n;
    rollback_read(arena, listing, &marks, &n);
    if (!CHECK(n == 3))
        return;
    const struct rollback *one = rollback_of(marks, n, "AppOne");
    CHECK(one && one->version == 2 && one->newest == 12);
    CHECK(one && strcmp(one->function, "dev-shop-r-AppOne-1X") == 0);
    CHECK(one && strcmp(one->since, later) == 0 && strcmp(one->object, "v") == 0);
    CHECK(one && strcmp(one->key, rollback_key(arena, one)) == 0);
    CHECK(rollback_of(marks, n, "AppTwo"));
    CHECK(!rollback_of(marks, n, "AppThree"));
    CHECK(!rollback_of(marks, n, "x"));
}

/* The marks among all objects in a bucket. */
static void test_listing(struct arena *arena)
{
    static const char *const others[] = {
        "app_one.zip",         "rollbacks/x/3",     "rollbacks/x/f/",    "rollbacks/x/f/3",
        "rollbacks/x/f/3-",    "rollbacks/x/f/-3",  "rollbacks/x/f/0-3", "rollbacks/x/f/3-0",
        "rollbacks/x/f/3-4/5", "rollbacks/x/f/a-b", "templates/x/f/1-2",
    };
    json_t *listing = json_pack("{s:[]}", "Versions");
    for (size_t i = 0; i < countof(others); i++)
        add(listing, others[i], at, true);
    add(listing, "rollbacks/AppOne/dev-shop-r-AppOne-1X/3-12", at, true);
    add(listing, "rollbacks/AppTwo/dev-shop-r-AppTwo-1X/1-2", at, true);
    add(listing, "rollbacks/AppOne/dev-shop-r-AppOne-1X/2-12", later, true);
    add(listing, "rollbacks/AppThree/dev-shop-r-AppThree-1X/2-12", later, false);
    test_read(arena, listing);
    json_decref(listing);
}

static void test_empty(struct arena *arena)
{
    struct rollback *marks;
    size_t n = 1;
    json_t *listing = json_object();
    rollback_read(arena, listing, &marks, &n); /* the CLI's output for an empty bucket */
    CHECK(n == 0 && !rollback_of(marks, n, "AppOne"));
    rollback_read(arena, NULL, &marks, &n);
    CHECK(n == 0);
    CHECK(rollback_write(&(struct aws){.arena = arena}, "bucket", marks, n)); /* no call of aws */
    CHECK(rollback_forget(NULL, "bucket", marks, n));
    json_decref(listing);
}

/* A rollback that was killed after its upload leaves its folder. The same command has nothing to
 * upload then, and removes it. */
static void test_folder_of_a_killed_one(struct arena *arena)
{
    pid_t ended = fork();
    if (ended == 0)
        _exit(0);
    waitpid(ended, NULL, 0);
    const char *left = arena_printf(arena, "rollback_tmp/gordon-apply-%ld-left", (long)ended);
    CHECK(file_mkdirs(left));
    setenv("TMPDIR", "rollback_tmp", 1);
    CHECK(rollback_write(&(struct aws){.arena = arena}, "bucket", NULL, 0));
    CHECK(file_look(left) == FILE_MISSING);
}

int main(void)
{
    struct arena *arena = arena_new();
    test_listing(arena);
    test_empty(arena);
    test_folder_of_a_killed_one(arena);
    arena_free(arena);
    return check_result();
}
