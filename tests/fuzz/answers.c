#include <string.h>

#include "answers.h"
#include "base/run.h"
#include "base/util.h"
#include "fuzz.h"

enum { CALLS_MOST = 300, FAILED = 255 << 8 };

struct part {
    const char *words, *text;
    size_t len;
    bool used;
};

static struct part *parts;
static size_t nparts, calls;

/* The next part for these words; the last one is used again. */
static struct part *find(const char *words)
{
    struct part *last = NULL;
    for (size_t i = 0; i < nparts; i++) {
        if (strcmp(parts[i].words, words) != 0)
            continue;
        last = &parts[i];
        if (!last->used)
            break;
    }
    return last;
}

/* Prints as the program would, in two pieces for a caller that takes pieces. */
static void print(struct run *run, int which, const char *text, size_t len)
{
    if (run->take) {
        run->take(run, which, text, len / 2);
        run->take(run, which, text + len / 2, len - len / 2);
    } else {
        buf_add(which ? &run->err : &run->out, text, len);
    }
}

static void answer(struct run *run)
{
    static const char denied[] = "An error occurred (AccessDenied) when calling it: not allowed";
    const char *first = run->argv[1] ? run->argv[1] : "";
    const char *second = *first && run->argv[2] ? run->argv[2] : "";
    struct part *part = find(arena_printf(fuzz_arena, "%s %s", first, second));
    bool failed = !part || (part->len && *part->text == '!');
    if (++calls == CALLS_MOST)
        fuzz_interrupt();
    run->error = 0;
    run->status = failed ? FAILED : 0;
    if (!part)
        print(run, 1, denied, strlen(denied));
    else
        print(run, failed, part->text + failed, part->len - failed);
    if (part)
        part->used = true;
}

void answers_serve(const char *data, size_t len)
{
    parts = NULL;
    nparts = calls = 0;
    while (len) {
        struct part part = {0};
        char *words = fuzz_part(&data, &len, &part.len);
        size_t line = strcspn(words, "\n"), used = line + (words[line] == '\n');
        words[line] = '\0';
        part.words = words;
        part.text = words + used;
        part.len = part.len > used ? part.len - used : 0;
        array_push(fuzz_arena, parts, nparts, part);
    }
    fuzz_answer = answer;
}
