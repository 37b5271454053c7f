#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "callers/log_pattern.h"
#include "settings/node.h"

enum { PATTERN_MAX = 1024 }; /* CloudWatch Logs API Reference, "PutSubscriptionFilter" */

static const char no_quote[] = "a quote (\") has no end";
static const char no_expression[] = "a regular expression (%) has no end";

/* Returns what follows a quoted text or a regular expression that begins at `c`; `c` + 1 for any
 * other character, and NULL if the quote has no end. */
static const char *skip(const char *c)
{
    char end = *c;
    if (end != '"' && end != '%')
        return c + 1;
    for (c++; *c && *c != end; c++)
        if (*c == '\\' && c[1])
            c++;
    return *c ? c + 1 : NULL;
}

/* What is wrong with the quotes and the brackets of a text, or NULL. */
static const char *unbalanced(const char *text)
{
    static const char opening[] = "({[", closing[] = ")}]";
    char open[PATTERN_MAX + 1];
    size_t depth = 0;
    for (const char *c = text, *next; *c; c = next) {
        next = skip(c);
        if (!next)
            return *c == '"' ? no_quote : no_expression;
        const char *end = strchr(closing, *c);
        if (strchr(opening, *c))
            open[depth++] = *c;
        else if (end && (!depth || open[--depth] != opening[end - closing]))
            return "a bracket is closed that is not open";
    }
    return depth ? "a bracket is not closed" : NULL;
}

/* What is wrong with a pattern for JSON, {...}, or for fields, [...]; or NULL. JSON's selectors
 * begin with $: { $.level = "error" }, { $[0].level = "error" } */
static const char *bracket_problem(const char *text)
{
    const char *problem = unbalanced(text), *end = text + strlen(text);
    bool json = *text == '{';
    while (end > text && end[-1] == ' ')
        end--;
    if (problem)
        return problem;
    if (end[-1] != (json ? '}' : ']'))
        return json ? "nothing follows the } of a pattern for JSON"
                    : "nothing follows the ] of a pattern for fields";
    return !json || strchr(text, '$') ? NULL
                                      : "a pattern for JSON has a selector, as in {$.level = 30}";
}

/* Returns what is wrong with terms, or NULL. Warns of the first one with signs that need quotes. */
static const char *term_problem(const struct node *pattern)
{
    bool warned = false;
    for (const char *c = pattern->text, *next; *(c += strspn(c, " ")); c = next) {
        const char *term = c + (*c == '?' || *c == '-');
        size_t len = strcspn(term, " ");
        next = *term == '"' || *term == '%' ? skip(term) : term + len;
        if (!next)
            return *term == '"' ? no_quote : no_expression;
        if (next != term + len || warned || strchr("\"%", *term) ||
            strspn(term, STR_ALNUM "_") == len)
            continue;
        diag_warning(pattern->pos,
                     "a term with other characters than letters, digits and _ needs quotes; write "
                     "\"%.*s\", with the quotes",
                     (int)len, term);
        warned = true;
    }
    return NULL;
}

bool log_pattern_check(const struct node *pattern)
{
    if (!node_set(pattern) || node_dynamic(pattern))
        return true;
    const char *text = node_text(pattern);
    if (!text)
        return diag_error(EXIT_VALUE, pattern->pos,
                          "filter_pattern must be text, not %s; write the pattern in quotes",
                          node_kind_words(pattern));
    if (strlen(text) > PATTERN_MAX)
        return diag_error(EXIT_VALUE, pattern->pos, "a filter pattern has at most %d characters",
                          PATTERN_MAX);
    const char *begin = text + strspn(text, " ");
    const char *problem =
        *begin == '{' || *begin == '[' ? bracket_problem(begin) : term_problem(pattern);
    return !problem ||
           diag_error(EXIT_VALUE, pattern->pos, "CloudWatch refuses this pattern: %s", problem);
}
