#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/control_group.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"

static void put(struct arena *arena, const char *folder, const char *name, const char *text)
{
    CHECK(file_write(path_join(arena, folder, name), text, strlen(text), 0600));
}

/* A made-up tree: a kernel would make the files of a group with its folder, so no limit can be
 * written here, and the folder goes again. */
static void test_places(struct arena *arena, const char *root)
{
    char *path = NULL;
    put(arena, root, "cgroup.subtree_control", "cpu memory pids\n");
    put(arena, root, "user/cgroup.subtree_control", "cpu\n");
    CHECK(control_group_new_at(root, "0::/user/own\n", 64, &path) == -1);
    CHECK(control_group_new_at(root, "1:name=systemd:/user\n", 64, &path) == -1);
    CHECK(control_group_new_at(root, "x0::/user\n", 64, &path) == -1);
    CHECK(!path);
    size_t n;
    char **names = file_list(arena, root, &n);
    CHECK(names && n == 2); /* nothing is left */
}

/* Without a group all functions do nothing. */
static void test_none(void)
{
    control_group_enter(-1);
    control_group_kill(-1);
    CHECK(control_group_memory(-1) == -1);
    CHECK(!control_group_was_full(-1));
    control_group_remove(-1, NULL);
}

int main(void)
{
    struct arena *arena = arena_new();
    char root[] = "/tmp/control-group-XXXXXX";
    CHECK(mkdtemp(root));
    test_places(arena, root);
    test_none();
    CHECK(remove_path(root));
    arena_free(arena);
    return check_result();
}
