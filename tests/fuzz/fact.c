/* Facts: any question has an answer, the same each time, and questions that Gordon asks itself are
 * read back as they were asked. */
#include <string.h>

#include "base/digest.h"
#include "base/run.h"
#include "base/util.h"
#include "fuzz.h"
#include "sources/fact.h"

static const char *const *asked; /* the arguments of the last command */

static void answer(struct run *run)
{
    asked = run->argv;
    buf_adds(&run->out, run->folder);
    run->status = 0;
}

static void check_command(const char *folder, const char *words)
{
    const char **argv = NULL;
    size_t n = 0;
    char *rest = arena_strdup(fuzz_arena, words);
    for (char *word; (word = strsep(&rest, "\n"));)
        array_push(fuzz_arena, argv, n, word);
    array_push(fuzz_arena, argv, n, NULL);
    asked = NULL;
    const char *given = fact_answer(fact_of_command(fuzz_arena, folder, argv));
    fuzz_expect(!*given || strlen(given) == SHA256_HEX - 1, "a command's answer is a digest");
    for (size_t i = 0; asked && argv[i]; i++)
        fuzz_expect(asked[i] && strcmp(asked[i], argv[i]) == 0,
                    "the command is that of the question");
}

void fuzz_target(const char *data, size_t len)
{
    const char *question = fuzz_part(&data, &len, NULL);
    const char *folder = fuzz_part(&data, &len, NULL), *words = fuzz_part(&data, &len, NULL);
    fuzz_answer = answer;
    const char *first = fact_answer(question);
    fuzz_expect(strcmp(first, fact_answer(question)) == 0, "an answer stays");
    fact_answer(fact_of_program(fuzz_arena, words));
    fact_answer(fact_of_registry(fuzz_arena, words));
    if (!strchr(folder, '\x1f') && !strchr(words, '\x1f'))
        check_command(folder, words);
}
