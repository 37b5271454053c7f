#include <stdarg.h>
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "jinja/rendering.h"

bool jinja_fail(struct jinja *j, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = arena_vprintf(j->arena, format, args);
    va_end(args);
    if (!strchr(j->source, '\n'))
        return diag_error(EXIT_VALUE, j->pos, "in this template: %s", message);
    int line = 1, column = 1;
    for (const char *t = j->source; t < j->at; t++)
        if (*t == '\n') {
            line++;
            column = 1;
        } else {
            column += ((unsigned char)*t & 0xC0) != 0x80;
        }
    return diag_error(EXIT_VALUE, j->pos, "in this template, line %d column %d: %s", line, column,
                      message);
}

bool jinja_spend(struct jinja *j, size_t work)
{
    if (work > WORK_MAX - j->work)
        return jinja_fail(j, "rendering it takes too much work");
    j->work += work;
    return true;
}
