#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"

static bool is_there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static void make_tree(void)
{
    CHECK(mkdir("removal", 0700) == 0 && mkdir("removal/a", 0700) == 0);
    CHECK(mkdir("removal/a/b", 0700) == 0 && file_write("removal/a/b/c", "x", 1, 0600));
    CHECK(mkdir("removal/victim", 0700) == 0 && file_write("removal/victim/c", "x", 1, 0600));
    CHECK(symlink("../victim", "removal/a/link") == 0 && symlink("a", "removal/other") == 0);
}

static void test_below(void)
{
    static const char *const wrong[] = {"",      ".",    "..",   "/a",        "a/..",
                                        "a/./b", "a//b", "a/b/", "../removal"};
    for (size_t i = 0; i < countof(wrong); i++)
        CHECK(!remove_below("removal", wrong[i]) && errno == EINVAL);
    CHECK(remove_below("removal", "missing") && remove_below("removal", "missing/c"));
    CHECK(remove_below("removal/missing", "a"));
    CHECK(!remove_below("removal", "a/link/c") && (errno == ELOOP || errno == ENOTDIR));
    CHECK(!remove_below("removal", "other/b") && (errno == ELOOP || errno == ENOTDIR));
    CHECK(is_there("removal/victim/c") && is_there("removal/a/b/c"));
    CHECK(remove_below("removal", "a/b/c") && !is_there("removal/a/b/c"));
    CHECK(remove_below("removal", "a") && !is_there("removal/a") && is_there("removal/victim/c"));
}

static void test_unfinished(void)
{
    const char *old = "removal/x.zip.99999999.0123456789ab.tmp"; /* no such process */
    CHECK(file_write(old, "", 0, 0600) && file_write("removal/x.zip", "", 0, 0600));
    remove_unfinished("removal", "y");
    CHECK(is_there(old));
    remove_unfinished("removal", "x.zip");
    CHECK(!is_there(old) && is_there("removal/x.zip"));
    remove_unfinished("removal/missing", "x");
    remove_unfinished("removal/x.zip", "x");
    remove_unfinished("removal/other", "x"); /* a link */
}

int main(void)
{
    remove_path("removal");
    make_tree();
    test_below();
    test_unfinished();
    CHECK(remove_path("removal") && !is_there("removal"));
    return check_result();
}
