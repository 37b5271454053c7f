/* The state of a build: what is read is written again to the same bytes, and read again. */
#include <string.h>

#include "base/file.h"
#include "build/edited.h"
#include "build/load.h"
#include "build/state.h"
#include "fuzz.h"

static void write_again(const struct state *state, const char *path)
{
    struct buf out = {0};
    for (size_t i = 0; i < state->nlist; i++)
        state_add(&out, state->list[i]);
    state_save(path, &out);
    buf_free(&out);
}

static void warn_edited(void)
{
    static const char settings[] = "project: p\ncode-bucket: b\nlambdas: {l: {code: l.py}}\n";
    struct loaded loaded;
    fuzz_write("settings.yml", settings, sizeof settings - 1);
    fuzz_write("l.py", "", 0);
    if (load(fuzz_arena, ".", &loaded))
        edited_warn(fuzz_arena, &loaded, "_build");
    load_release(&loaded);
}

void fuzz_target(const char *data, size_t len)
{
    struct state first, second;
    size_t a, b;
    fuzz_write("_build/.gordon/state", data, len);
    state_load(&first, fuzz_arena, "_build/.gordon/state");
    warn_edited();
    write_again(&first, "again");
    state_load(&second, fuzz_arena, "again");
    fuzz_expect(first.nlist == second.nlist, "all parts are read again");
    for (size_t i = 0; i < first.nlist; i++)
        state_current(&first, first.list[i]->name, first.list[i]->made_by);
    write_again(&second, "third");
    const char *x = file_read(fuzz_arena, "again", &a), *y = file_read(fuzz_arena, "third", &b);
    fuzz_expect(x && y && a == b && memcmp(x, y, a) == 0, "the bytes are the same");
}
