#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/entry.h"
#include "archive/zip.h"
#include "archive/zip_diff.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "diag_flushed.h"

static struct arena *arena;

/* Writes a zip of words "name=content", sorted by name. */
static void put_zip(const char *path, const char *words)
{
    struct pack_entry *entries = NULL;
    size_t n = 0;
    for (char *rest = arena_strdup(arena, words), *word; (word = strsep(&rest, " "));) {
        char *content = strchr(word, '=');
        if (!content)
            continue;
        *content++ = '\0';
        const char *source = arena_printf(arena, "source%zu", n);
        CHECK(file_write(source, content, strlen(content), 0644));
        const struct pack_entry entry = {word, source, false};
        array_push(arena, entries, n, entry);
    }
    CHECK(zip_write(path, entries, n));
}

static void note(enum zip_difference difference, const char *name, void *data)
{
    static const char *const signs[] = {
        [ZIP_ADDED] = "+", [ZIP_CHANGED] = "~", [ZIP_REMOVED] = "-"};
    struct buf *found = data;
    buf_printf(found, "%s%s%s", found->len ? " " : "", signs[difference], name);
}

static void differ(const char *before, const char *after, const char *expected)
{
    struct buf found = {0};
    put_zip("before.zip", before), put_zip("after.zip", after);
    CHECK(zip_diff(arena, "before.zip", "after.zip", note, &found));
    if (!CHECK(strcmp(found.data ? found.data : "", expected) == 0))
        fprintf(stderr, "  %s -> %s: %s\n", before, after, found.data ? found.data : "");
    buf_free(&found);
}

static void test_diff(void)
{
    differ("", "", "");
    differ("a=1 b=2", "a=1 b=2", "");
    differ("", "a=1", "+a");
    differ("a=1", "", "-a");
    differ("a=1 b=2 c=3", "a=1 b=9 d=4", "~b -c +d");
    differ("b=1", "a=1 b=11 c=1", "+a ~b +c");
    differ("a=1 a/b=2", "a/b=2", "-a");
}

static void test_broken(void)
{
    struct buf found = {0};
    put_zip("good.zip", "a=1");
    CHECK(file_write("bad.zip", "no zip", 6, 0644));
    CHECK(!zip_diff(arena, "good.zip", "bad.zip", note, &found));
    CHECK(strstr(diag_flushed(arena, "flushed"), "bad.zip: error: "));
    CHECK(!zip_diff(arena, "bad.zip", "good.zip", note, &found));
    CHECK(strstr(diag_flushed(arena, "flushed"), "bad.zip: error: "));
    CHECK(!zip_diff(arena, "gone.zip", "good.zip", note, &found) && found.len == 0);
    CHECK(strstr(diag_flushed(arena, "flushed"), "gone.zip: error: "));
    buf_free(&found);
}

static void test_stored(void)
{
    put_zip("one.zip", "a=1 context.json=compressed z=2");
    CHECK(strcmp(zip_stored(arena, "one.zip", "context.json"), "") == 0);
    CHECK(zip_add("one.zip", "two.zip", "context.json", "{\"a\": 1}", 8));
    CHECK(strcmp(zip_stored(arena, "two.zip", "context.json"), "{\"a\": 1}") == 0);
    CHECK(zip_add("two.zip", "two.zip", "more", "", 0));
    CHECK(strcmp(zip_stored(arena, "two.zip", "context.json"), "{\"a\": 1}") == 0);
    CHECK(strcmp(zip_stored(arena, "two.zip", "more"), "") == 0);
    CHECK(strcmp(zip_stored(arena, "two.zip", "context"), "") == 0);
    CHECK(!zip_stored(arena, "gone.zip", "a"));
    CHECK(strstr(diag_flushed(arena, "flushed"), "gone.zip: error: "));
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-zip-diff-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_diff();
    test_broken();
    test_stored();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
