#include <string.h>

#include "base/util.h"
#include "build/command.h"

static const struct command_variable *find(const struct command_variable *variables, size_t n,
                                           const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(variables[i].name, name) == 0)
            return &variables[i];
    return NULL;
}

/* Adds a value as its place needs it: `quote` is the quote character that is open there, or 0. */
static void add_value(struct buf *out, const struct command_variable *variable, char quote)
{
    const char *value = variable->value;
    if (variable->words) {
        buf_adds(out, value);
        return;
    }
    buf_adds(out, quote ? "" : "'");
    for (; *value; value++) {
        if (quote == '"' && strchr("\\\"$`", *value))
            buf_adds(out, "\\");
        if (quote != '"' && *value == '\'')
            buf_adds(out, "'\\''");
        else
            buf_add(out, value, 1);
    }
    buf_adds(out, quote ? "" : "'");
}

/* The quote that is open after the character at `*text` if `quote` was open before it. Copies a
 * backslash and steps to the character that it escapes, unless {{ or }} follows, which must stay
 * together. */
static char next_quote(const char **text, char quote, struct buf *out)
{
    char c = **text, next = (*text)[1];
    bool brace = (next == '{' || next == '}') && (*text)[2] == next;
    if (c == '\\' && quote != '\'' && next && !brace) {
        buf_add(out, (*text)++, 1);
        return quote;
    }
    if (quote)
        return c == quote ? 0 : quote;
    return c == '\'' || c == '"' ? c : 0;
}

char *command_expand(struct arena *arena, const char *text,
                     const struct command_variable *variables, size_t n, const char **unknown)
{
    struct buf out = {0};
    char quote = 0;
    *unknown = NULL;
    for (; *text && !*unknown; text++) {
        size_t len = *text == '{' ? strcspn(text + 1, "{}") : 0;
        if ((*text == '{' || *text == '}') && text[1] == *text) {
            buf_add(&out, text++, 1);
        } else if (*text == '}' || (*text == '{' && text[len + 1] != '}')) {
            *unknown = *text == '{' ? "{" : "}";
        } else if (*text == '{') {
            const char *name = arena_strndup(arena, text + 1, len);
            const struct command_variable *variable = find(variables, n, name);
            if (variable)
                add_value(&out, variable, quote);
            else
                *unknown = name;
            text += len + 1;
        } else {
            quote = next_quote(&text, quote, &out);
            buf_add(&out, text, 1);
        }
    }
    char *expanded = *unknown ? NULL : arena_strdup(arena, out.data ? out.data : "");
    buf_free(&out);
    return expanded;
}
