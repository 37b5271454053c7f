/* Zips that somebody else wrote: their directory, and what is made of them. */
#include <string.h>

#include "archive/entry.h"
#include "archive/zip.h"
#include "archive/zip_diff.h"
#include "archive/zip_in.h"
#include "archive/zip_look.h"
#include "base/diag.h"
#include "base/mapping.h"
#include "base/util.h"
#include "fuzz.h"
#include "sources/collect.h"

static const char context[] = "{\"a\": 1}";

static void count(enum zip_difference difference, const char *name, void *data)
{
    (void)difference;
    fuzz_expect(name != NULL, "a difference has a name");
    ++*(size_t *)data;
}

static bool opens(const char *path, size_t *entries)
{
    struct zip_in in;
    bool ok = zip_in_open(&in, fuzz_arena, path);
    *entries = in.count;
    zip_in_close(&in);
    return ok;
}

static void check_added(void)
{
    size_t entries, differences = 0;
    fuzz_expect(opens("added", &entries), "what was added to is a zip");
    fuzz_expect(entries > 0, "it has the new entry");
    const char *text = zip_stored(fuzz_arena, "added", "context.json");
    fuzz_expect(text && strcmp(text, context) == 0, "the new entry has the text");
    fuzz_expect(zip_diff(fuzz_arena, "in", "added", count, &differences), "both can be compared");
    fuzz_expect(zip_add("added", "twice", "context.json", context, strlen(context)) &&
                    zip_diff(fuzz_arena, "added", "twice", count, &(size_t){0}),
                "it can be added twice");
}

static void check_merged(void)
{
    static const char *const from[] = {"in", "own"};
    size_t entries, differences = 0;
    if (!zip_merge("merged", from, 2))
        return;
    fuzz_expect(opens("merged", &entries), "what was merged is a zip");
    fuzz_expect(zip_diff(fuzz_arena, "merged", "merged", count, &differences) && !differences,
                "a zip is the same as itself");
    fuzz_expect(!strcmp(zip_comment(fuzz_arena, "merged"), ""), "a merged zip has no comment");
}

/* What looks into a jar reads nothing outside of it. */
static void check_look(void)
{
    struct mapping file;
    struct zip_look look;
    struct zip_seen seen;
    if (!mapping_open(&file, "in"))
        return;
    if (zip_look_begin(&look, file.data, file.len))
        while (zip_look_next(&look, &seen)) {
            struct arena *arena = arena_new();
            const unsigned char *content = zip_look_content(arena, &look, &seen);
            fuzz_expect(!content || !seen.size || content[0] + content[seen.size - 1] >= 0,
                        "the content is there");
            arena_free(arena);
        }
    mapping_close(&file);
}

/* What is taken out of a zip makes one again, and that one makes itself. */
static void check_taken(void)
{
    struct collection taken = {.arena = fuzz_arena}, again = taken;
    if (!collect_zip(&taken, "in"))
        return;
    collect_sort(&taken);
    if (!zip_write("taken", taken.entries, taken.nentries))
        return; /* a content may be broken */
    fuzz_expect(collect_zip(&again, "taken") && again.nentries == taken.nentries,
                "it has all entries");
    size_t differences = 0;
    fuzz_expect(zip_write("again", again.entries, again.nentries) &&
                    zip_diff(fuzz_arena, "taken", "again", count, &differences) && !differences,
                "it is the same again");
}

static void check_comment(void)
{
    const char *comment = zip_comment(fuzz_arena, "in");
    if (!comment)
        return;
    if (zip_set_comment("in", "words"))
        fuzz_expect(!strcmp(zip_comment(fuzz_arena, "in"), "words"), "the comment is set");
}

void fuzz_target(const char *data, size_t len)
{
    size_t entries;
    fuzz_write("in", data, len);
    fuzz_write("source", "own file", 8);
    fuzz_expect(zip_write("own", (struct pack_entry[]){{"a/own", "source", true, NULL}}, 1),
                "a zip is written");
    bool ok = opens("in", &entries);
    fuzz_expect(ok || diag_errors(), "a refusal is reported");
    bool added = zip_add("in", "added", "context.json", context, strlen(context));
    fuzz_expect(added == ok || !ok, "what can be opened can be added to");
    if (added)
        check_added();
    check_merged();
    check_taken();
    check_look();
    check_comment();
}
