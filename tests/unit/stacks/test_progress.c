#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "stacks/progress.h"

static struct arena *arena;

static json_t *event(const char *id, const char *resource, const char *status, const char *second,
                     const char *reason)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "EventId", id, "LogicalResourceId", resource,
                     "ResourceType", "T", "ResourceStatus", status, "ResourceStatusReason", reason,
                     "Timestamp", json_sprintf("2026-11-24T00:27:%sZ", second));
}

/* The lines of new events; `events` (stolen) are oldest first here. */
static const char *lines(struct progress *progress, json_t *events)
{
    size_t len;
    int kept = dup(2);
    json_t *newest_first = json_array();
    for (size_t i = json_array_size(events); i-- > 0;)
        json_array_append(newest_first, json_array_get(events, i));
    if (!freopen("shown", "w", stderr))
        return "";
    progress_events(progress, newest_first);
    fflush(stderr);
    dup2(kept, 2);
    close(kept);
    setvbuf(stderr, NULL, _IONBF, 0);
    json_decref(newest_first), json_decref(events);
    return file_read(arena, "shown", &len);
}

static void is(const char *said, const char *expected)
{
    if (!CHECK(strcmp(said, expected) == 0))
        fprintf(stderr, "%s", said);
}

static void test_lines(void)
{
    struct progress p = {.arena = arena, .stack = "dev-shop-r", .total = 3};
    json_t *first = json_pack("[o, o, o]", event("1", "dev-shop-r", "CREATE_IN_PROGRESS", "00", ""),
                              event("2", "Table", "CREATE_IN_PROGRESS", "01.500", ""),
                              event("3", "Table", "CREATE_IN_PROGRESS", "05", "again"));
    json_incref(first);
    is(lines(&p, first), "");
    CHECK(p.done == 0 && p.norder == 1);
    /* events that were seen are not shown again */
    json_array_append_new(first, event("4", "Table", "CREATE_COMPLETE", "06.000", "not shown"));
    json_array_append_new(first, event("5", "Role", "CREATE_FAILED", "07", "no luck"));
    json_array_append_new(first, event("6", "Kept", "DELETE_SKIPPED", "08", ""));
    json_array_append_new(first, event("7", "dev-shop-r", "CREATE_COMPLETE", "09", ""));
    json_incref(first);
    is(lines(&p, first), "      CREATE_COMPLETE  Table  T  4 s\n"
                         "      CREATE_FAILED  Role  T  no luck\n"
                         "      DELETE_SKIPPED  Kept  T  is kept, as the template says\n");
    CHECK(p.done == 3);
    /* a second end of a resource is shown, and not counted */
    json_array_append_new(first, event("8", "Table", "DELETE_IN_PROGRESS", "10", ""));
    json_array_append_new(first, event("9", "Table", "DELETE_FAILED", "10", ""));
    is(lines(&p, first), "      DELETE_FAILED  Table  T\n");
    CHECK(p.done == 3);
}

static void test_times(void)
{
    struct progress p = {.arena = arena, .stack = "dev-shop-r"};
    is(lines(&p, json_pack("[o, o, o, o]", event("1", "A", "UPDATE_IN_PROGRESS", "59", ""),
                           event("2", "A", "UPDATE_COMPLETE", "01", ""),
                           event("3", "B", "UPDATE_IN_PROGRESS", "x", ""),
                           event("4", "B", "UPDATE_COMPLETE", "01", ""))),
       "      UPDATE_COMPLETE  A  T\n      UPDATE_COMPLETE  B  T\n");
    is(lines(&p, json_pack("[o, o]", event("5", "C", "UPDATE_IN_PROGRESS", "01", ""),
                           event("6", "C", "UPDATE_COMPLETE", "01", ""))),
       "      UPDATE_COMPLETE  C  T  0 s\n");
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-progress-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_lines();
    test_times();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    return check_result();
}
