#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "languages/cache.h"

static struct arena *arena;

static const char *key(char digit)
{
    char *text =
        arena_strdup(arena, "0000000000000000000000000000000000000000000000000000000000000000");
    text[63] = digit;
    return text;
}

static const char *in_cache(const char *name, const char *file)
{
    return path_join(arena, path_join(arena, "cache", name), file);
}

/* A folder that was used last so many days ago. */
static void used(const char *name, long days)
{
    const struct timespec then = {.tv_sec = time(NULL) - days * 24 * 60 * 60};
    const struct timespec times[] = {then, then};
    CHECK(file_write(in_cache(name, "lock"), "", 0, 0600) &&
          file_write(in_cache(name, "dependencies.zip"), "x", 1, 0600));
    CHECK(utimensat(AT_FDCWD, in_cache(name, "lock"), times, 0) == 0);
}

static bool is_there(const char *name)
{
    return file_look(path_join(arena, "cache", name)) != FILE_MISSING;
}

/* Only folders of the cache that nobody uses, and nobody has used for long, are removed. */
static void test_trim(void)
{
    const char *old = key('1'), *young = key('2'), *locked = key('3'), *bare = key('4');
    const char *gone = arena_printf(arena, "%s.gone", key('5'));
    const char *capital = key('A'), *longer = arena_printf(arena, "%s0", key('6'));
    const char *others[] = {"mine", "mine.gone", "locks", capital, longer};
    used(old, CACHE_DAYS + 1), used(young, CACHE_DAYS - 1), used(locked, CACHE_DAYS + 1);
    used(gone, 0);
    for (size_t i = 0; i < countof(others); i++)
        used(others[i], CACHE_DAYS + 1);
    CHECK(file_write(in_cache(bare, "file"), "", 0, 0600)); /* without a lock: not ours */
    int lock = open(in_cache(locked, "lock"), O_RDWR);
    CHECK(lock >= 0 && flock(lock, LOCK_EX) == 0);
    cache_trim(arena, "cache");
    CHECK(!is_there(old) && !is_there(arena_printf(arena, "%s.gone", old)));
    CHECK(!is_there(gone));
    CHECK(is_there(young) && is_there(locked) && is_there(bare));
    for (size_t i = 0; i < countof(others); i++)
        CHECK(file_look(in_cache(others[i], "dependencies.zip")) == FILE_REGULAR);
    close(lock);
    cache_trim(arena, "cache");
    CHECK(!is_there(locked) && is_there(young));
    cache_trim(arena, "not-there");
    CHECK(file_look("not-there") == FILE_MISSING);
}

/* A lock makes the folder, keeps others out, and says when the folder was used. */
static void test_lock(void)
{
    struct cache_entry entry, other;
    struct stat st;
    const char *name = key('7');
    used(name, CACHE_DAYS + 1);
    CHECK(cache_lock(arena, "cache", name, &entry));
    CHECK(strcmp(entry.folder, path_join(arena, "cache", name)) == 0);
    int second = open(in_cache(name, "lock"), O_RDWR);
    CHECK(second >= 0 && flock(second, LOCK_EX | LOCK_NB) != 0);
    cache_unlock(&entry);
    CHECK(flock(second, LOCK_EX | LOCK_NB) == 0);
    CHECK(fstat(second, &st) == 0 && st.st_mtime > time(NULL) - 60);
    close(second);
    cache_trim(arena, "cache");
    CHECK(is_there(name)); /* it was used now */
    CHECK(cache_lock(arena, "cache", key('8'), &other) && is_there(key('8')));
    cache_unlock(&other);
    CHECK(file_write("file", "", 0, 0600) && !cache_lock(arena, "file", name, &entry));
}

/* A process that waited for a folder which was removed meanwhile gets a new one. */
static void test_removed_meanwhile(void)
{
    struct cache_entry entry;
    struct stat locked, there;
    const char *name = key('9');
    used(name, CACHE_DAYS + 1);
    int lock = open(in_cache(name, "lock"), O_RDWR);
    CHECK(lock >= 0 && flock(lock, LOCK_EX) == 0);
    pid_t child = fork();
    if (child == 0) {
        close(lock); /* else it would keep the lock, too */
        bool ok = cache_lock(arena, "cache", name, &entry);
        ok = ok && fstat(entry.lock, &locked) == 0 && stat(in_cache(name, "lock"), &there) == 0;
        _exit(ok && locked.st_ino == there.st_ino &&
                      file_look(in_cache(name, "dependencies.zip")) == FILE_MISSING
                  ? 0
                  : 1);
    }
    usleep(100000);
    CHECK(rename(path_join(arena, "cache", name), "cache/away") == 0);
    close(lock);
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-cache-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    arena = arena_new();
    alarm(60);
    test_trim();
    test_lock();
    test_removed_meanwhile();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    return check_result();
}
