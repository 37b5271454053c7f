#include <string.h>

#include "base/util.h"
#include "build/shell_lexer.h"

static const char odd_delimiter[] = "in or after the delimiter of a here-document";

/* Reads quotes in a delimiter. XCU 2.7.4 removes them; it replaces nothing. */
static void delimiter_quotes(struct lexer *l, struct buf *word)
{
    char quote = lexer_char(l);
    for (l->at++; lexer_char(l) && lexer_char(l) != quote; l->at++) {
        char c = lexer_char(l);
        if (c == '\n' || (quote == '"' && strchr("$`\\", c)) ||
            lexer_site(l, SHELL_UNSURE, odd_delimiter))
            lexer_lose(l, odd_delimiter);
        buf_add(word, &c, 1);
    }
    lexer_close(l);
}

/* Reads a delimiter. Returns whether a part of it is quoted. */
static bool delimiter(struct lexer *l, struct buf *word)
{
    bool quoted = false;
    size_t sites = l->next;
    for (char c; (c = lexer_char(l)) && !strchr(" \t\n;&|<>()", c);) {
        quoted = quoted || strchr("'\"\\", c);
        if (lexer_site(l, SHELL_UNSURE, odd_delimiter)) {
            continue;
        } else if (c == '\'' || c == '"') {
            delimiter_quotes(l, word);
            continue;
        } else if (c == '$' || c == '`' || lexer_continued(l)) {
            lexer_lose(l, odd_delimiter);
        } else if (c == '\\') {
            l->at++;
        }
        if ((c = lexer_char(l)))
            buf_add(word, &c, 1), l->at++;
    }
    if ((!word->len && !quoted) || l->next != sites)
        lexer_lose(l, odd_delimiter);
    return quoted;
}

void shell_here(struct lexer *l)
{
    struct shell_document *document = arena_alloc(l->arena, sizeof *document);
    struct buf word = {0};
    l->at += 2;
    document->tabs = lexer_char(l) == '-';
    l->at += document->tabs;
    while (lexer_char(l) == ' ' || lexer_char(l) == '\t')
        l->at++;
    document->quoted = delimiter(l, &word);
    document->delimiter = arena_strdup(l->arena, word.data ? word.data : "");
    buf_free(&word);
    array_push(l->arena, l->pending, l->npending, document);
}

/* Whether this line is the delimiter. */
static bool is_end(const struct shell_document *document, const char *line, size_t len)
{
    for (; document->tabs && len && *line == '\t'; len--)
        line++;
    return len == strlen(document->delimiter) && memcmp(line, document->delimiter, len) == 0;
}

/* Whether a backslash at its end joins this line with the next one. */
static bool is_joined(const struct shell_document *document, const char *line, size_t len)
{
    size_t backslashes = 0;
    while (!document->quoted && backslashes < len && line[len - backslashes - 1] == '\\')
        backslashes++;
    return backslashes % 2 == 1;
}

bool shell_document_end(const struct shell_document *document, const char *text, size_t len,
                        size_t *line, size_t *after, bool *certain)
{
    struct buf joined = {0};
    bool found = false;
    *certain = true;
    *after = 0;
    for (bool joins = false; !found && *after < len;) {
        bool continues = joins;
        const char *end = memchr(text + *after, '\n', len - *after);
        *line = *after;
        *after = end ? (size_t)(end - text) + 1 : len;
        size_t n = *after - *line - (end != NULL);
        joins = end && is_joined(document, text + *line, n);
        if (!continues)
            joined.len = 0;
        buf_add(&joined, text + *line, n - joins);
        found = is_end(document, text + *line, n) || is_end(document, joined.data, joined.len);
        *certain = !continues && !joins;
    }
    buf_free(&joined);
    return found;
}

/* Reads a here-document in which the shell replaces variables and commands. */
static void read_replaced(struct lexer *l)
{
    bool unclosed = l->unclosed;
    l->unclosed = false;
    while (lexer_char(l))
        if (!lexer_site(l, SHELL_HERE, NULL) && !shell_part(l, QUOTING_HERE))
            l->at++;
    if (l->unclosed)
        lexer_lose(l, "after $(...), ${...} or backquotes that do not end in their here-document");
    l->unclosed = unclosed;
}

static void read_raw(struct lexer *l)
{
    while (lexer_char(l))
        if (!lexer_site(l, SHELL_HERE_RAW, NULL))
            l->at++;
}

static void read_document(struct lexer *l, struct shell_document *document)
{
    const char *doubt = l->doubt;
    size_t line, after, sites = l->next, end = l->end;
    bool certain;
    bool ends = shell_document_end(document, l->text + l->at, end - l->at, &line, &after, &certain);
    if (ends && !certain)
        lexer_lose(l, "in or after a here-document with a backslash before its end");
    document->start = l->at;
    document->end = ends ? l->at + line : end;
    l->doubt = l->nested && !doubt ? "in a here-document in $(...)" : doubt;
    l->end = document->end;
    document->quoted ? read_raw(l) : read_replaced(l);
    l->end = end;
    l->doubt = l->nested && !doubt ? "after a here-document in $(...)" : doubt;
    l->at = ends ? document->start + after : end;
    for (; sites < l->next; sites++)
        l->sites[sites].document = document;
}

void shell_documents(struct lexer *l)
{
    if (l->outer)
        lexer_lose(l, "in or after a here-document that begins before $(...)");
    for (size_t i = 0; !l->lost && i < l->npending; i++)
        read_document(l, l->pending[i]);
    l->npending = 0;
}
