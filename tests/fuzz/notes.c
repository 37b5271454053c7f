/* Notes of a run: each input is named in the depfile, by its own name or by a link to it. */
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "fuzz.h"
#include "sources/depfile.h"
#include "sources/notes.h"

/* How many links of the depfile lead to `input`. */
static size_t count_links(const char *input)
{
    size_t n, found = 0;
    char **names = file_list(fuzz_arena, "work/d.links", &n), target[4096];
    for (size_t i = 0; names && i < n; i++) {
        ssize_t len =
            readlink(path_join(fuzz_arena, "work/d.links", names[i]), target, sizeof target);
        found += len == (ssize_t)strlen(input) && memcmp(target, input, (size_t)len) == 0;
    }
    return found;
}

void fuzz_target(const char *data, size_t len)
{
    char *root = fuzz_part(&data, &len, NULL), *rest = arena_strndup(fuzz_arena, data, len);
    const char **inputs = NULL;
    size_t n = 0, size;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line && strlen(line) < 1000)
            array_push(fuzz_arena, inputs, n, line);
    struct notes notes = {.depfile = "work/d",
                          .ninja_root = *root ? root : NULL,
                          .forget = "work/old",
                          .stamp = len % 2 ? "work/stamp" : NULL};
    fuzz_write("work/old", "", 0);
    fuzz_expect(notes_write(&notes, "out", inputs, n), "the notes are written");
    fuzz_expect(file_look("work/old") == FILE_MISSING, "the old notes are gone");
    fuzz_expect(!notes.stamp || file_look(notes.stamp) == FILE_REGULAR, "the stamp is there");
    const char *text = file_read(fuzz_arena, "work/d", &size);
    fuzz_expect(text && strlen(text) == size, "the depfile is text");
    for (size_t i = 0; i < n; i++) {
        const char *name = path_below(notes.ninja_root, inputs[i]);
        fuzz_expect(count_links(inputs[i]) == (depfile_can_name(name) ? 0 : 1),
                    "what a depfile cannot name has one link");
    }
}
