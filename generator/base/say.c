#include <string.h>

#include "base/mask.h"
#include "base/printable.h"
#include "base/say.h"

static const char *cleaned(const char *text, enum mask least, enum printable as)
{
    char *copy = mask_text(text, least);
    printable_clean(copy, strlen(copy), as);
    return copy;
}

const char *say_word(const char *text)
{
    return cleaned(text, MASK_MESSAGES, PRINTABLE_WORD);
}

const char *say_result(const char *text)
{
    return cleaned(text, MASK_EVERYWHERE, PRINTABLE_WORD);
}

const char *say_lines(const char *text)
{
    return cleaned(text, MASK_MESSAGES, PRINTABLE_LINES);
}

void say(FILE *out, const char *format, ...)
{
    struct arena *arena = arena_new();
    va_list args;
    va_start(args, format);
    fprintf(out, "%s\n", say_word(arena_vprintf(arena, format, args)));
    va_end(args);
    arena_free(arena);
}
