#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/run.h"
#include "base/util.h"
#include "sources/fact.h"
#include "sources/registry.h"

static const char between[] = "\x1f"; /* separates the words of a command */

const char *fact_of_program(struct arena *arena, const char *name)
{
    return arena_printf(arena, "program %s", name);
}

const char *fact_of_registry(struct arena *arena, const char *installer)
{
    return arena_printf(arena, "registry %s", installer);
}

const char *fact_of_variable(struct arena *arena, const char *name)
{
    return arena_printf(arena, "variable %s", name);
}

const char *fact_of_command(struct arena *arena, const char *folder, const char *const *argv)
{
    struct buf question = {0};
    buf_printf(&question, "command %s", folder);
    for (size_t i = 0; argv[i]; i++)
        buf_printf(&question, "%s%s", between, argv[i]);
    const char *text = arena_strdup(arena, question.data);
    buf_free(&question);
    return text;
}

static const char *find_program(struct arena *arena, const char *name)
{
    const char *path = run_which(arena, name);
    return path ? path : "";
}

static const char *value_of(struct arena *arena, const char *name)
{
    char *hex = arena_alloc(arena, SHA256_HEX);
    const char *value = getenv(name);
    if (value)
        sha256_text(value, hex);
    return hex;
}

static const char *run_command(struct arena *arena, const char *command)
{
    char *words = arena_strdup(arena, command), *folder = strsep(&words, between);
    const char **argv = NULL;
    size_t n = 0;
    while (words)
        array_push(arena, argv, n, strsep(&words, between));
    array_push(arena, argv, n, NULL);
    struct run run = {.argv = argv, .folder = folder, .merge = true};
    char *hex = arena_alloc(arena, SHA256_HEX);
    if (argv[0] && run_ask(&run) && run.out.len)
        sha256_text(run.out.data, hex);
    buf_free(&run.out);
    buf_free(&run.err);
    return hex;
}

static const struct {
    const char *begin;
    const char *(*answer)(struct arena *arena, const char *rest);
} kinds[] = {
    {"program ", find_program},
    {"registry ", registry_digest},
    {"variable ", value_of},
    {"command ", run_command},
};

const char *fact_answer(const char *question)
{
    static struct arena *arena; /* lives until the program ends */
    static struct table known;
    arena = arena ? arena : arena_new();
    const char *answer = table_get(&known, question);
    for (size_t i = 0; !answer && i < countof(kinds); i++)
        if (str_starts(question, kinds[i].begin))
            answer = kinds[i].answer(arena, question + strlen(kinds[i].begin));
    answer = answer ? answer : "";
    table_set(arena, &known, arena_strdup(arena, question), (char *)answer);
    return answer;
}
