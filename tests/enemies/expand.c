/* Expands build commands. Standard input has pairs of a text and a value of {v}, each with a NUL
 * behind it. For each pair, prints "+" and the expanded text, or "-" and the first fault, and a
 * NUL. */
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "build/command.h"

static void expand(const char *text, const char *value)
{
    const struct command_variable variables[] = {{"v", value, false}};
    struct arena *arena = arena_new();
    struct command_fault *faults;
    size_t nfaults;
    const char *expanded =
        command_expand(arena, text, variables, countof(variables), &faults, &nfaults);
    printf("%c%s", expanded ? '+' : '-', expanded ? expanded : faults[0].what);
    putchar('\0');
    arena_free(arena);
}

int main(void)
{
    char *text = NULL, *value = NULL;
    size_t text_size = 0, value_size = 0;
    while (getdelim(&text, &text_size, '\0', stdin) > 0 &&
           getdelim(&value, &value_size, '\0', stdin) > 0)
        expand(text, value);
    free(text);
    free(value);
    return 0;
}
