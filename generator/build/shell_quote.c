#include <string.h>

#include "base/util.h"
#include "build/shell_lexer.h"

enum { DEPTH_MAX = 100 };

char lexer_char(const struct lexer *l)
{
    return l->lost || l->at >= l->end ? '\0' : l->text[l->at];
}

char lexer_second(const struct lexer *l)
{
    return l->lost || l->at + 1 >= l->end ? '\0' : l->text[l->at + 1];
}

bool lexer_continued(const struct lexer *l)
{
    return lexer_char(l) == '\\' && lexer_second(l) == '\n';
}

static bool at_site(const struct lexer *l)
{
    return lexer_char(l) && l->next < l->nsites && l->sites[l->next].offset == l->at;
}

bool lexer_site(struct lexer *l, enum shell_context context, const char *why)
{
    if (!at_site(l))
        return false;
    struct shell_site *site = &l->sites[l->next++];
    site->why = l->doubt ? l->doubt : why;
    site->context = site->why ? SHELL_UNSURE : context;
    l->at++;
    return true;
}

void lexer_close(struct lexer *l)
{
    if (lexer_char(l))
        l->at++;
    else
        l->unclosed = true;
}

void lexer_lose(struct lexer *l, const char *why)
{
    if (!l->lost)
        l->lost = why;
}

void lexer_enter(struct lexer *l)
{
    if (++l->depth > DEPTH_MAX)
        lexer_lose(l, "nested too deep");
}

void lexer_leave(struct lexer *l)
{
    l->depth--;
}

/* Reads to `close`, if only plain characters are before it. Otherwise shells differ about the end
 * of this part, and the lexer is lost. */
static void plain_part(struct lexer *l, char close, const char *why)
{
    size_t len = strcspn(l->text + l->at, "'\"`$\\{}()[]<>;&|#\n");
    for (size_t i = 0; i < len; i++)
        if (!lexer_site(l, SHELL_UNSURE, why))
            l->at++;
    if (lexer_char(l) == close)
        l->at++;
    else
        lexer_lose(l, why);
}

static void escape(struct lexer *l)
{
    l->at++;
    if (!lexer_site(l, SHELL_UNSURE, "directly after a backslash") && lexer_char(l))
        l->at++;
}

static void single(struct lexer *l)
{
    for (l->at++; lexer_char(l) && lexer_char(l) != '\'';)
        if (!lexer_site(l, SHELL_SINGLE, NULL))
            l->at++;
    lexer_close(l);
}

static void double_quotes(struct lexer *l)
{
    lexer_enter(l);
    l->quotes++;
    for (l->at++; lexer_char(l) && lexer_char(l) != '"';)
        if (!lexer_site(l, SHELL_DOUBLE, NULL) && !shell_part(l, QUOTING_DOUBLE))
            l->at++;
    lexer_close(l);
    l->quotes--;
    lexer_leave(l);
}

/* XCU 2.2.3: the first backquote without a backslash closes. Inside, backslashes count twice. */
static void backquotes(struct lexer *l)
{
    static const char why[] = "in backquotes";
    for (l->at++; lexer_char(l) && lexer_char(l) != '`';) {
        if (lexer_site(l, SHELL_UNSURE, why))
            continue;
        if (lexer_char(l) == '\\')
            l->at++;
        if (lexer_char(l) && !lexer_site(l, SHELL_UNSURE, why))
            l->at++;
    }
    lexer_close(l);
}

/* bash's $'...', in which a backslash escapes; for dash it is a '$' and single quotes. */
static void ansi_quotes(struct lexer *l)
{
    if (l->braces)
        lexer_lose(l, "in or after $'...' in ${...}");
    for (l->at++; lexer_char(l) && lexer_char(l) != '\'';) {
        if (lexer_site(l, SHELL_UNSURE, "in $'...'"))
            continue;
        bool escapes = lexer_char(l) == '\\';
        if (escapes && lexer_second(l) == '\'')
            lexer_lose(l, "after \\' in $'...'");
        l->at += escapes && lexer_second(l) == '\\' ? 2 : 1;
    }
    lexer_close(l);
}

void shell_arithmetic(struct lexer *l, bool command)
{
    static const char why[] = "in arithmetic";
    const char *unclear = command ? "in or after '((', which may be two subshells"
                                  : "in or after '$((', which may be a subshell in $(...)";
    const char *doubt = l->doubt;
    int parens = 0;
    l->doubt = doubt ? doubt : why;
    lexer_enter(l);
    for (char c; (c = lexer_char(l)) && (parens > 0 || c != ')');) {
        if (lexer_site(l, SHELL_UNSURE, why))
            continue;
        parens += (c == '(') - (c == ')');
        if (lexer_continued(l))
            l->at += 2;
        else if (strchr("'\"\\", c) || (command && strchr("<#\n", c)))
            lexer_lose(l, unclear);
        else if (!shell_part(l, QUOTING_DOUBLE))
            l->at++;
    }
    if (lexer_char(l) && lexer_second(l) != ')')
        lexer_lose(l, unclear);
    lexer_close(l);
    lexer_close(l);
    lexer_leave(l);
    l->doubt = doubt;
}

static bool is_name(char c)
{
    return c && strchr(STR_ALNUM "_", c);
}

/* Reads "name" or "name:-", or another form of ${...} up to its operator. Returns whether a word
 * follows that stands for the parameter's value, and not a pattern or a number. */
static bool parameter(struct lexer *l)
{
    size_t start = l->at;
    while (is_name(lexer_char(l)))
        l->at++;
    if (l->at == start && lexer_char(l) && strchr("@*?$!-", lexer_char(l)))
        l->at++;
    if (l->at == start)
        return false;
    size_t colon = lexer_char(l) == ':';
    char operator= colon ? lexer_second(l) : lexer_char(l);
    if (!operator|| !strchr("-=?+", operator))
        return false;
    l->at += colon + 1;
    return true;
}

/* Reads ${...}. Within quotes, a here-document or another ${...}, shells differ about quotes in it.
 */
static void braces(struct lexer *l, enum quoting quoting)
{
    static const char quotes[] = "in or after quotes in \"${...}\"";
    const char *doubt = l->doubt;
    bool inner = quoting != QUOTING_NONE || l->quotes || l->braces;
    l->at++;
    l->braces++;
    lexer_enter(l);
    if (lexer_char(l) && strchr(" \t\n|(", lexer_char(l)))
        lexer_lose(l, "in or after '${' with a command");
    if (!parameter(l) && !doubt)
        l->doubt = "in ${...} of this form";
    if (inner && quoting == QUOTING_NONE && !doubt)
        l->doubt = "in ${...} in quotes or in another ${...}";
    for (char c; (c = lexer_char(l)) && c != '}';)
        if (inner && (c == '\'' || c == '"'))
            l->at++, plain_part(l, c, quotes);
        else if (!lexer_site(l, inner ? SHELL_DEFAULT : SHELL_WORD, NULL) &&
                 !shell_part(l, quoting))
            l->at++;
    lexer_close(l);
    lexer_leave(l);
    l->braces--;
    l->doubt = doubt;
}

/* Reads $(...), $((...)) or ${...} after its '$'. */
static void substitution(struct lexer *l, enum quoting quoting)
{
    const char *doubt = l->doubt;
    if (quoting == QUOTING_HERE && !doubt)
        l->doubt = "in $(...) or ${...} in a here-document";
    if (lexer_char(l) == '{') {
        braces(l, quoting);
    } else if (lexer_second(l) == '(') {
        l->at += 2;
        shell_arithmetic(l, false);
    } else {
        l->at++;
        shell_nested(l);
    }
    l->doubt = doubt;
}

static void variable(struct lexer *l)
{
    while (is_name(lexer_char(l)) && !at_site(l))
        l->at++;
    if (at_site(l))
        l->sites[l->next].after_name = true;
}

static void dollar(struct lexer *l, enum quoting quoting)
{
    l->at++;
    char c = lexer_char(l);
    if (lexer_site(l, SHELL_UNSURE, "directly after a '$'") || !c)
        return;
    if (c == '(' || c == '{')
        substitution(l, quoting);
    else if (c == '\'' && quoting == QUOTING_NONE)
        ansi_quotes(l);
    else if (c == '[')
        l->at++, plain_part(l, ']', "in or after '$['");
    else if (lexer_continued(l))
        lexer_lose(l, "after a '$' at the end of a line");
    else if (is_name(c))
        variable(l);
    else if (strchr("@*#?$!-", c))
        l->at++;
}

bool shell_part(struct lexer *l, enum quoting quoting)
{
    switch (lexer_char(l)) {
    case '\\':
        escape(l);
        return true;
    case '$':
        dollar(l, quoting);
        return true;
    case '`':
        backquotes(l);
        return true;
    case '\'':
        if (quoting == QUOTING_NONE)
            single(l);
        return quoting == QUOTING_NONE;
    case '"':
        if (quoting == QUOTING_NONE)
            double_quotes(l);
        return quoting == QUOTING_NONE;
    default:
        return false;
    }
}
