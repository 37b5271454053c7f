#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/stamp.h"
#include "base/util.h"
#include "check.h"

static struct arena *arena;

static bool write_text(const char *path, const char *text)
{
    return file_write(path, text, strlen(text), 0644);
}

static bool holds(const char *path, const char *text)
{
    size_t len = 0;
    const char *data = file_read(arena, path, &len);
    return data && len == strlen(text) && strcmp(data, text) == 0;
}

static size_t files_in(const char *folder)
{
    size_t n = 0;
    return file_list(arena, folder, &n) ? n : (size_t)-1;
}

static void test_read(void)
{
    size_t len;
    CHECK(write_text("empty", "") && holds("empty", ""));
    CHECK(file_write("nul", "a\0b", 3, 0644));
    const char *data = file_read(arena, "nul", &len);
    CHECK(data && len == 3 && memcmp(data, "a\0b", 4) == 0);
    CHECK(!file_read(arena, "gone", &len) && errno == ENOENT);
    CHECK(!file_read(arena, ".", &len) && errno == EISDIR);
    CHECK(!file_read(arena, "nul/x", &len) && errno == ENOTDIR);
    data = file_read(arena, "/proc/self/status", &len); /* whose size is said to be 0 */
    CHECK(data && len > 100 && strlen(data) == len);
}

static void test_write_makes_folders(void)
{
    CHECK(write_text("a/b/c", "text") && holds("a/b/c", "text"));
    CHECK(write_text("a/b/c", "other") && holds("a/b/c", "other"));
    CHECK(files_in("a/b") == 1);
    CHECK(!write_text("a/b/c/d", "x") && errno == EEXIST); /* a/b/c is a file */
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

static void test_write_mode(void)
{
    mode_t before = umask(077);
    CHECK(file_write("mode", "x", 1, 0755) && mode_of("mode") == 0755);
    CHECK(file_write("mode", "x", 1, 0600) && mode_of("mode") == 0600); /* the same bytes */
    CHECK(file_copy(arena, "mode", "copy") && mode_of("copy") == 0600 && holds("copy", "x"));
    CHECK(file_write("mode", "x", 1, 0555) && file_copy(arena, "mode", "copy"));
    CHECK(mode_of("copy") == 0755); /* the copy of a read-only file is writable */
    umask(before);
    CHECK(!file_copy(arena, "gone", "copy") && errno == ENOENT);
}

/* A write of equal bytes keeps inode and time. Other bytes get a new inode. */
static void test_write_untouched(void)
{
    struct timespec old[] = {{1000000000, 5}, {1000000000, 5}};
    struct stat before, same, other;
    CHECK(write_text("equal", "bytes") && utimensat(AT_FDCWD, "equal", old, 0) == 0);
    CHECK(stat("equal", &before) == 0);
    CHECK(write_text("equal", "bytes") && stat("equal", &same) == 0);
    CHECK(before.st_ino == same.st_ino && same.st_mtim.tv_sec == 1000000000);
    CHECK(write_text("equal", "bytez") && stat("equal", &other) == 0); /* of the same length */
    CHECK(other.st_ino != before.st_ino && other.st_mtim.tv_sec != 1000000000);
    size_t len = 100000;
    char *data = arena_alloc(arena, len);
    CHECK(file_write("large", data, len, 0644));
    data[len - 1] = 1; /* in the last block of several */
    CHECK(file_write("large", data, len, 0644));
    CHECK(memcmp(file_read(arena, "large", &len), data, len) == 0);
}

static void test_write_errors_leave_nothing(void)
{
    CHECK(file_mkdirs("way/folder"));
    CHECK(!write_text("way/folder", "x") && errno == EISDIR);
    CHECK(files_in("way") == 1 && files_in("way/folder") == 0);
    CHECK(write_text("way/temporary", "x"));
    CHECK(!file_replace("way/temporary", "way/folder") && files_in("way") == 1);
    if (geteuid() == 0) /* root can write to every folder */
        return;
    CHECK(chmod("way", 0555) == 0);
    CHECK(!write_text("way/file", "x") && errno == EACCES && files_in("way") == 1);
    CHECK(chmod("way", 0755) == 0);
}

static void test_replace(void)
{
    CHECK(write_text("to", "old") && write_text("from", "new"));
    CHECK(file_replace("from", "to") && holds("to", "new") && file_look("from") == FILE_MISSING);
    CHECK(write_text("from", "new") && file_replace("from", "to") &&
          file_look("from") == FILE_MISSING);
    CHECK(!file_replace("gone", "to") && errno == ENOENT && holds("to", "new"));
    CHECK(symlink("to", "link") == 0 && write_text("from", "new")); /* a link is replaced */
    CHECK(file_replace("from", "link") && readlink("link", (char[8]){0}, 8) < 0);
}

/* /dev/stdout is such a link: what is renamed to it would take its place. */
static void test_open_file(void)
{
    char target[32];
    unlink("stdout");
    CHECK(symlink("/proc/self/fd/1", "stdout") == 0 && write_text("new", "x"));
    CHECK(!write_text("stdout", "x") && errno == EOPNOTSUPP);
    CHECK(!file_replace("new", "stdout") && errno == EOPNOTSUPP);
    CHECK(file_look("new") == FILE_MISSING);
    CHECK(readlink("stdout", target, sizeof target) == 15);
    CHECK(symlink("/process/1", "other") == 0 && write_text("other", "x") && holds("other", "x"));
    CHECK(unlink("stdout") == 0 && unlink("other") == 0);
}

static void test_create(void)
{
    const char *name;
    int fd = file_create(arena, "new/folder/file", &name);
    CHECK(fd >= 0 && str_starts(name, "new/folder/file.") && file_look(name) != FILE_MISSING &&
          close(fd) == 0);
    CHECK(write_text("plain", "x") && file_create(arena, "plain/file", &name) < 0);
    CHECK(errno == EEXIST && remove_path("new"));
}

static void test_touch(void)
{
    struct timespec old[] = {{1000000000, 0}, {1000000000, 0}};
    struct stat st;
    CHECK(file_touch("stamp") && holds("stamp", ""));
    CHECK(write_text("stamp", "x") && utimensat(AT_FDCWD, "stamp", old, 0) == 0);
    CHECK(file_touch("stamp") && holds("stamp", "x"));
    CHECK(stat("stamp", &st) == 0 && st.st_mtim.tv_sec > 1000000000);
    CHECK(!file_touch("no/such/folder"));
}

static void test_folders(void)
{
    CHECK(file_mkdirs("x/y/z") && file_look("x/y/z") == FILE_FOLDER && file_mkdirs("x/y/z"));
    CHECK(file_mkdirs("x/trailing/slash/") && file_look("x/trailing/slash") == FILE_FOLDER);
    CHECK(file_mkdirs(".") && file_mkdirs("/"));
    CHECK(!file_mkdirs("") && !file_mkdirs("equal") && errno == EEXIST);
    CHECK(!file_mkdirs("equal/in/a/file") && errno == ENOTDIR);
    CHECK(file_look("equal") != FILE_FOLDER && file_look("equal") != FILE_MISSING &&
          file_look("gone") == FILE_MISSING);
}

/* Only what is not there is missing. */
static void test_look(void)
{
    size_t len;
    CHECK(file_mkdirs("look") && write_text("look/file", "x") && mkfifo("look/pipe", 0644) == 0);
    CHECK(symlink("gone", "look/nowhere") == 0 && symlink("loop", "look/loop") == 0);
    CHECK(symlink("file", "look/link") == 0 && symlink("pipe", "look/to pipe") == 0);
    CHECK(file_look("look/file") == FILE_REGULAR && file_look("look/link") == FILE_REGULAR);
    CHECK(file_look("look/pipe") == FILE_OTHER && file_look("look/to pipe") == FILE_OTHER);
    CHECK(file_look("look/gone") == FILE_MISSING && file_look("look/file/x") == FILE_MISSING);
    CHECK(file_look("look/nowhere") == FILE_UNREADABLE && errno == ENOENT);
    CHECK(file_look("look/loop") == FILE_UNREADABLE && errno == ELOOP);
    CHECK(file_stamp("look/gone").size == 0 && file_stamp("look/nowhere").size == -1);
    CHECK(file_stamp("look/loop").size == -1 && file_stamp("look/link").size == 1);
    CHECK(file_open("look/pipe") < 0 && errno == ENXIO && file_open("/dev/null") < 0);
    CHECK(!file_read(arena, "look/to pipe", &len) && errno == ENXIO);
    CHECK(!file_copy(arena, "look/pipe", "look/copy") && errno == ENXIO);
    CHECK(!file_touch("look/pipe") && errno == ENXIO);
    CHECK(!file_read_most(arena, "look/file", 0, &len) && errno == EFBIG);
    CHECK(file_read_most(arena, "look/file", 1, &len) && len == 1);
    CHECK(file_read_stream(arena, "/dev/null", &len) && len == 0);
    errno = 0;
    CHECK(!file_read_stream(arena, "/dev/zero", &len) && errno == EFBIG);
    CHECK(write_text("three", "abc") && file_read_most(arena, "three", 3, &len) && len == 3);
    errno = 0;
    CHECK(!file_read_most(arena, "three", 2, &len) && errno == EFBIG);
}

static void test_remove(void)
{
    CHECK(write_text("keep/file", "x") && write_text("tree/a/b", "x"));
    CHECK(symlink("../keep", "tree/link") == 0 && symlink("gone", "tree/nowhere") == 0);
    CHECK(remove_path("tree") && file_look("tree") == FILE_MISSING && holds("keep/file", "x"));
    CHECK(remove_path("tree") && remove_path("keep/file") &&
          file_look("keep/file") == FILE_MISSING);
    CHECK(symlink("keep", "link to keep") == 0 && remove_path("link to keep"));
    CHECK(file_look("keep") == FILE_FOLDER && file_look("link to keep") != FILE_FOLDER);
}

static void test_list(void)
{
    static const char *const sorted[] = {".hidden", "B", "a", "b", "\u00E9"};
    size_t n = 0;
    for (size_t i = 0; i < countof(sorted); i++)
        CHECK(write_text(path_join(arena, "list", sorted[countof(sorted) - 1 - i]), ""));
    char **names = file_list(arena, "list", &n);
    CHECK(names && n == countof(sorted));
    for (size_t i = 0; names && i < n; i++)
        CHECK(strcmp(names[i], sorted[i]) == 0);
    CHECK(file_mkdirs("none") && file_list(arena, "none", &n) && n == 0);
    CHECK(!file_list(arena, "gone", &n) && errno == ENOENT);
    CHECK(!file_list(arena, "equal", &n) && errno == ENOTDIR);
}

static void test_join_and_split(void)
{
    static const struct {
        const char *dir, *name, *joined;
    } joins[] = {{"a", "b", "a/b"},   {"a/", "b", "a/b"},     {"/", "b", "/b"},
                 {".", "b", "b"},     {"", "b", "b"},         {"a", "/b", "/b"},
                 {"..", "b", "../b"}, {"a", "../b", "a/../b"}};
    static const struct {
        const char *path, *dir, *base, *extension;
    } parts[] = {
        {"a", ".", "a", ""},
        {"a/b", "a", "b", ""},
        {"/a", "/", "a", ""},
        {"/", "/", "", ""},
        {"a/", "a", "", ""},
        {"a/b.py", "a", "b.py", ".py"},
        {"a.b/c", "a.b", "c", ""},
        {".hidden", ".", ".hidden", ""},
        {"a.tar.gz", ".", "a.tar.gz", ".gz"},
        {"a.", ".", "a.", "."},
        {"", ".", "", ""},
        {"/a/b/c.d", "/a/b", "c.d", ".d"},
    };
    for (size_t i = 0; i < countof(joins); i++)
        CHECK(strcmp(path_join(arena, joins[i].dir, joins[i].name), joins[i].joined) == 0);
    for (size_t i = 0; i < countof(parts); i++) {
        CHECK(strcmp(path_dir(arena, parts[i].path), parts[i].dir) == 0);
        CHECK(strcmp(path_base(parts[i].path), parts[i].base) == 0);
        CHECK(strcmp(path_extension(parts[i].path), parts[i].extension) == 0);
    }
}

static void test_absolute(void)
{
    static const struct {
        const char *path, *absolute;
    } cases[] = {{"/", "/"},           {"//", "/"},
                 {"/a/b/", "/a/b"},    {"/a//b", "/a/b"},
                 {"/a/./b/.", "/a/b"}, {"/a/../b", "/b"},
                 {"/a/..", "/"},       {"/..", "/"},
                 {"/../../a", "/a"},   {"/a/b/../../..", "/"},
                 {"/a/...", "/a/..."}, {"/a/..b", "/a/..b"}};
    char *cwd = getcwd(NULL, 0);
    for (size_t i = 0; i < countof(cases); i++)
        CHECK(strcmp(path_absolute(arena, cases[i].path), cases[i].absolute) == 0);
    CHECK(strcmp(path_absolute(arena, "."), cwd) == 0);
    CHECK(strcmp(path_absolute(arena, ""), cwd) == 0);
    CHECK(strcmp(path_absolute(arena, "a/../b"), path_join(arena, cwd, "b")) == 0);
    CHECK(strcmp(path_absolute(arena, ".."), path_dir(arena, cwd)) == 0);
    free(cwd);
    CHECK(path_within("/a/b", "/a") && path_within("/a", "/a") && path_within("/a", "/"));
    CHECK(!path_within("/ab", "/a") && !path_within("/", "/a") && !path_within("/b/a", "/a"));
    CHECK(strcmp(path_above(arena, "/a/b/c", "/a"), "/a/b") == 0);
    CHECK(strcmp(path_above(arena, "/a/b", "/a"), "/a") == 0);
    CHECK(strcmp(path_above(arena, "/a", "/"), "/") == 0);
    CHECK(!path_above(arena, "/a", "/a") && !path_above(arena, "/ab", "/a"));
    CHECK(!path_above(arena, "/", "/") && !path_above(arena, "/", "/a"));
    CHECK(strcmp(path_below("/r", "/r/a b"), "a b") == 0 &&
          strcmp(path_below("/r", "/r"), "/r") == 0);
    CHECK(strcmp(path_below("/r", "/rest"), "/rest") == 0 &&
          strcmp(path_below("/r", "x"), "x") == 0);
    CHECK(strcmp(path_below("/r", "/r/"), "/r/") == 0 &&
          strcmp(path_below(NULL, "/r/a"), "/r/a") == 0);
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-file-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    arena = arena_new();
    test_read();
    test_write_makes_folders();
    test_write_mode();
    test_write_untouched();
    test_write_errors_leave_nothing();
    test_replace();
    test_open_file();
    test_create();
    test_touch();
    test_folders();
    test_look();
    test_remove();
    test_list();
    test_join_and_split();
    test_absolute();
    CHECK(chdir("/") == 0 && remove_path(folder) && file_look(folder) == FILE_MISSING);
    arena_free(arena);
    return check_result();
}
