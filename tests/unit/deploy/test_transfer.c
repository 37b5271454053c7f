#include <string.h>

#include "build/built.h"
#include "check.h"
#include "deploy/transfer.h"
#include "deploy/upload.h"

static struct arena *arena;

/* Whether an action of a build is refused with EXIT_ACTION, before anything is read or uploaded. */
static bool is_refused(json_t *action)
{
    const struct built built = {.dir = "_build"};
    struct transfer transfer = {.arena = arena, .built = &built};
    struct upload upload;
    bool ok = transfer_stage(&transfer, action, &upload);
    json_decref(action);
    return diag_flush() == EXIT_ACTION && !ok;
}

static json_t *upload_of(const char *type, const char *file, const char *key)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "_type", type, "name", "app.l", "filename", file,
                     "key", key);
}

int main(void)
{
    static const char plain[] = "UploadToS3", context[] = "InjectContextAndUploadToS3";
    static const char *const outside[] = {"../a", "/a", "a/../../b", "."};
    arena = arena_new();
    CHECK(is_refused(upload_of("delete", "a", "a")) && is_refused(upload_of("", "a", "a")));
    CHECK(is_refused(upload_of(plain, "a", "")));
    CHECK(is_refused(upload_of(context, "a", "a"))); /* no context */
    for (size_t i = 0; i < countof(outside); i++) {
        CHECK(is_refused(upload_of(plain, outside[i], "a")));
        CHECK(is_refused(upload_of(plain, "a", outside[i])));
    }
    arena_free(arena);
    diag_end();
    return check_result();
}
