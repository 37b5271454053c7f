#include <stdlib.h>
#include <string.h>

#include "archive/entry.h"
#include "archive/zip.h"
#include "archive/zip_look.h"
#include "base/file.h"
#include "base/util.h"
#include "check.h"

static struct arena *arena;

/* A zip of two files, which Gordon writes; `before` bytes of anything come before it. */
static unsigned char *made(size_t before, size_t *len)
{
    static const struct pack_entry entries[] = {{"a.txt", "a.txt", false}, {"b/c", "c", false}};
    CHECK(file_write("a.txt", "", 0, 0644));
    char *text = arena_alloc(arena, 5000);
    memset(text, 'c', 5000);
    CHECK(file_write("c", text, 5000, 0644));
    CHECK(zip_write("made.zip", entries, countof(entries)));
    char *zip = file_read(arena, "made.zip", len);
    unsigned char *all = arena_alloc(arena, before + *len);
    memset(all, '#', before);
    memcpy(all + before, zip, *len);
    *len += before;
    return all;
}

static void check_content(const unsigned char *zip, size_t len)
{
    struct zip_look look;
    struct zip_seen seen;
    CHECK(zip_look_begin(&look, zip, len));
    CHECK(zip_look_next(&look, &seen));
    CHECK(seen.name_len == 5 && memcmp(seen.name, "a.txt", 5) == 0 && seen.size == 0);
    CHECK(zip_look_content(arena, &look, &seen));
    CHECK(zip_look_next(&look, &seen));
    CHECK(seen.name_len == 3 && seen.size == 5000 && seen.compressed < 100);
    const unsigned char *content = zip_look_content(arena, &look, &seen);
    CHECK(content && content[0] == 'c' && content[4999] == 'c');
    CHECK(!zip_look_next(&look, &seen));
    CHECK(look.at == look.end);
}

/* Every change of a byte, and every part of the file, is read within its bounds; ASan looks. */
static void test_broken(void)
{
    size_t len;
    unsigned char *zip = made(0, &len), *copy = memory_new(len);
    for (size_t i = 0; i < 2 * len; i++) {
        struct zip_look look;
        struct zip_seen seen;
        struct arena *one = arena_new();
        size_t part = i < len ? len : i - len; /* a changed byte, or a part */
        unsigned char *exact = memory_new(part ? part : 1);
        memcpy(copy, zip, len);
        if (i < len)
            copy[i] ^= 0xFF;
        memcpy(exact, copy, part);
        if (zip_look_begin(&look, exact, part))
            while (zip_look_next(&look, &seen))
                zip_look_content(one, &look, &seen);
        else
            CHECK(part < len || i >= len - 22); /* only the end record makes it no zip */
        free(exact);
        arena_free(one);
    }
    free(copy);
}

int main(void)
{
    size_t len;
    arena = arena_new();
    const unsigned char *zip = made(0, &len);
    check_content(zip, len);
    zip = made(100, &len); /* as a jar that begins with a script */
    check_content(zip, len);
    test_broken();
    arena_free(arena);
    return check_result();
}
