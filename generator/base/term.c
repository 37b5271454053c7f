#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/term.h"

const char *term_color(FILE *stream, const char *code)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no_color && *no_color)
        return "";
    if (!term || (term[0] == 'd' && term[1] == 'u')) /* "dumb" */
        return "";
    return isatty(fileno(stream)) ? code : "";
}
