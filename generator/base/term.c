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

/* The length in bytes of the control character at `text`, or 0: an ASCII one, or one of U+0080 to
 * U+009F; some terminals read U+009B as ESC [. */
static size_t control_length(const char *text, size_t left)
{
    const unsigned char *c = (const unsigned char *)text;
    if ((*c < ' ' && *c != '\n' && *c != '\t') || *c == 127)
        return 1;
    return left > 1 && c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0 ? 2 : 0;
}

void term_write(FILE *stream, const char *text, size_t len)
{
    bool cleaned = isatty(fileno(stream));
    size_t from = 0;
    for (size_t i = 0; cleaned && i < len;) {
        size_t control = control_length(text + i, len - i);
        if (control) {
            fwrite(text + from, 1, i - from, stream);
            fputc('?', stream);
            from = i + control;
        }
        i += control ? control : 1;
    }
    fwrite(text + from, 1, len - from, stream);
}
