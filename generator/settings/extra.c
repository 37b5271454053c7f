#include <string.h>

#include "base/util.h"
#include "settings/extra.h"
#include "settings/node.h"

static const struct {
    const char *key, *program;
} extras[] = {
    {"pip-install-extra", "pip"},
    {"npm-install-extra", "npm"},
    {"gradle-build-extra", "gradle"},
};

/* Shell syntax outside of quotes; '$' and '`' count in double quotes too. What arguments may
 * contain as well, such as requests>=2, counts only where a word begins or ends, or if it is the
 * word. */
static const struct syntax {
    const char *text;
    enum { ANYWHERE, BEFORE_NAME, BEGINS, ENDS, WHOLE } where;
} syntaxes[] = {
    {"&&", ANYWHERE}, {"||", ANYWHERE}, {"$", BEFORE_NAME}, {"`", ANYWHERE},
    {">", BEGINS},    {"<", BEGINS},    {"1>", BEGINS},     {"2>", BEGINS},
    {"&>", BEGINS},   {";", ENDS},      {"|", WHOLE},       {"&", WHOLE},
};

static bool is_space(char c)
{
    return !c || strchr(" \t\n", c);
}

static bool stands_at(const struct syntax *syntax, const char *text, const char *from)
{
    if (!str_starts(from, syntax->text))
        return false;
    const char *end = from + strlen(syntax->text);
    bool begins = from == text || is_space(from[-1]), ends = is_space(*end);
    switch (syntax->where) {
    case ANYWHERE:
        return true;
    case BEFORE_NAME:
        return *end && strchr("({_" STR_LOWER STR_UPPER, *end);
    case BEGINS:
        return begins;
    case ENDS:
        return ends;
    case WHOLE:
        return begins && ends;
    }
    return false;
}

const char *extra_shell_syntax(const char *text)
{
    char quote = 0;
    for (const char *c = text; *c; c++) {
        for (size_t i = 0; quote != '\'' && i < countof(syntaxes); i++)
            if ((!quote || strchr("$`", *syntaxes[i].text)) && stands_at(&syntaxes[i], text, c))
                return syntaxes[i].text;
        if (*c == '\\' && quote != '\'' && c[1])
            c++;
        else if (quote ? *c == quote : *c == '\'' || *c == '"')
            quote = quote ? 0 : *c;
    }
    return NULL;
}

bool extra_check(const struct node *settings)
{
    bool ok = true;
    for (size_t i = 0; i < countof(extras); i++) {
        const struct node *value = node_get(settings, extras[i].key);
        const char *syntax = node_text(value) ? extra_shell_syntax(value->text) : NULL;
        if (syntax)
            ok = diag_error(EXIT_VALUE, value->pos,
                            "'%s' is for a shell, and %s takes arguments of %s only; put commands "
                            "in 'build', and names of files that are not to be packed in "
                            ".gordonignore",
                            syntax, extras[i].key, extras[i].program);
    }
    return ok;
}
