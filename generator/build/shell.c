#include <string.h>

#include "base/util.h"
#include "build/shell.h"
#include "build/shell_lexer.h"

static const char metacharacters[] = " \t\n;&|<>()";

struct word {
    char text[16]; /* its beginning, for reserved words */
    size_t len;
    char last;
    bool quoted; /* a part of it is quoted or replaced, so it is no reserved word */
};

/* A list of commands while it is read. */
struct list {
    enum shell_until until;
    bool start;       /* the next word may be reserved */
    bool timed;       /* after `time`, which is reserved in bash only */
    bool test;        /* in [[ ]] */
    bool numeric;     /* there, an operator takes arithmetic, in which bash runs $(...) */
    size_t test_site; /* there, the first site that may be in arithmetic */
    int test_parens;  /* open ones there */
};

static bool is_word(const struct word *word, const char *text)
{
    return !word->quoted && word->len < sizeof word->text && strcmp(word->text, text) == 0;
}

static bool is_one_of(const struct word *word, const char *const *words)
{
    while (*words && !is_word(word, *words))
        words++;
    return *words != NULL;
}

static bool at_metacharacter(const struct lexer *l)
{
    return !lexer_char(l) || strchr(metacharacters, lexer_char(l));
}

/* Whether a "[" after this begins the index of an array, which bash takes for arithmetic. */
static bool begins_index(const struct word *word)
{
    size_t len = word->len < sizeof word->text ? word->len : sizeof word->text - 1;
    return !word->quoted && len && strspn(word->text, STR_ALNUM "_") == len;
}

static void add_character(struct word *word, char c)
{
    if (word->len + 1 < sizeof word->text)
        word->text[word->len] = c;
    word->len++;
    word->last = c;
}

static void read_word(struct lexer *l, struct word *word)
{
    static const char why[] = "in or after the index of an array";
    const char *doubt = l->doubt;
    bool index = false;
    *word = (struct word){0};
    while (!at_metacharacter(l)) {
        char c = lexer_char(l);
        index = c == '[' ? index || begins_index(word) : index && c != ']';
        l->doubt = index && !doubt ? why : doubt;
        if (lexer_continued(l)) {
            l->at += 2;
        } else if (lexer_site(l, SHELL_WORD, NULL) || shell_part(l, QUOTING_NONE)) {
            word->quoted = true;
            word->last = '\0';
        } else {
            add_character(word, c);
            l->at++;
        }
    }
    l->doubt = doubt;
    if (index)
        lexer_lose(l, why); /* for bash, the index goes on */
}

static void comment(struct lexer *l)
{
    while (lexer_char(l) && lexer_char(l) != '\n')
        if (!lexer_site(l, SHELL_COMMENT, NULL))
            l->at++;
}

/* Skips blanks, and with `lines` comments and line ends, too. */
static void skip(struct lexer *l, bool lines)
{
    for (char c; (c = lexer_char(l));) {
        if (lexer_continued(l))
            l->at += 2;
        else if (c == ' ' || c == '\t')
            l->at++;
        else if (lines && c == '#')
            comment(l);
        else if (lines && c == '\n')
            l->at++, shell_documents(l);
        else
            break;
    }
}

/* Reads a pattern of a "case" with its ")". Returns false before "esac". */
static bool pattern(struct lexer *l)
{
    struct word word = {0};
    bool open = lexer_char(l) == '(';
    l->at += open;
    for (bool first = !open;; first = false) {
        skip(l, false);
        if (lexer_char(l) == '|')
            l->at++;
        else if (!at_metacharacter(l))
            read_word(l, &word);
        else
            break;
        if (first && is_word(&word, "esac"))
            return false;
    }
    if (lexer_char(l) && lexer_char(l) != ')')
        lexer_lose(l, "after a pattern of 'case' without ')'");
    lexer_close(l);
    return true;
}

/* Reads a "case" after this word. */
static void case_clause(struct lexer *l)
{
    struct word word;
    skip(l, false);
    read_word(l, &word);
    skip(l, true);
    read_word(l, &word);
    if (!is_word(&word, "in"))
        lexer_lose(l, "after a 'case' without 'in'");
    for (skip(l, true); lexer_char(l) && pattern(l); skip(l, true))
        if (shell_commands(l, UNTIL_CASE) != STOP_NEXT)
            return;
}

/* Whether a backslash and a line end separate `before`, the character just read, from one with
 * which it would be another operator. Some shells join them. */
static void check_joined(struct lexer *l, char before)
{
    static const char *const joined[] = {"<<", "<(", "<-", ">(", "((", ";;", ";&"};
    if (!lexer_continued(l))
        return;
    char after = l->at + 2 < l->end ? l->text[l->at + 2] : '\0';
    for (size_t i = 0; i < countof(joined); i++)
        if (joined[i][0] == before && joined[i][1] == after)
            lexer_lose(l, "after an operator that a line end separates");
}

static void redirection(struct lexer *l, struct list *list)
{
    char c = lexer_char(l);
    const char *rest = l->text + l->at;
    list->start = false;
    if (strncmp(rest, "<<<", 3) == 0) {
        l->at += 3;
    } else if (strncmp(rest, "<<", 2) == 0) {
        shell_here(l);
    } else if (rest[1] == '(') {
        l->at += 2;
        shell_nested(l);
    } else {
        l->at++;
        check_joined(l, c);
    }
}

/* Reads an operator of one character, or ";;", ";&" or ";;&". */
static enum shell_stop operator_token(struct lexer *l, struct list *list)
{
    char c = lexer_char(l);
    if (c == '<' || c == '>') {
        redirection(l, list);
        return STOP_NOT;
    }
    l->at++;
    check_joined(l, c);
    list->start = true;
    list->timed = false;
    if (c == ';')
        list->test = false;
    if (c != ';' || !lexer_char(l) || !strchr(";&", lexer_char(l)))
        return STOP_NOT;
    l->at += lexer_char(l) == ';' && lexer_second(l) == '&' ? 2 : 1;
    return list->until == UNTIL_CASE ? STOP_NEXT : STOP_NOT;
}

static void open_paren(struct lexer *l, struct list *list)
{
    l->at++;
    check_joined(l, '(');
    list->start = true;
    if (list->until == UNTIL_ARRAY) {
        lexer_lose(l, "after a '(' in an array");
    } else if (list->test) {
        list->test_parens++;
    } else if (lexer_char(l) == '(') {
        l->at++;
        shell_arithmetic(l, true);
    } else {
        shell_commands(l, UNTIL_PAREN);
    }
}

static enum shell_stop close_paren(struct lexer *l, struct list *list)
{
    if (list->until == UNTIL_CASE && !list->test_parens)
        return STOP_PAREN;
    l->at++;
    list->start = true;
    if (list->test_parens > 0)
        list->test_parens--;
    else if (list->until != UNTIL_END)
        return STOP_PAREN;
    return STOP_NOT;
}

static const char *const reserved[] = {"if",    "then",  "elif", "else", "fi", "do", "done",
                                       "while", "until", "{",    "}",    "!",  NULL};
/* Words after which bash and other shells read on differently. */
static const char *const differing[] = {"function", "coproc", NULL};
static const char *const loops[] = {"for", "select", NULL};
static const char *const after_time[] = {"case", "[[", "for", "select", "function", "coproc", NULL};

static void begin_test(struct lexer *l, struct list *list)
{
    list->test = true;
    list->numeric = false;
    list->test_site = l->next;
    list->test_parens = 0;
}

/* A word that may be reserved. */
static enum shell_stop start_word(struct lexer *l, struct list *list, const struct word *word)
{
    struct word name;
    if (is_one_of(word, differing))
        lexer_lose(l, "after 'function' or 'coproc'");
    list->start = is_one_of(word, reserved);
    list->timed = list->timed || is_word(word, "time");
    if (is_word(word, "case")) {
        case_clause(l);
        list->start = true;
    } else if (is_word(word, "esac")) {
        list->start = true;
        return list->until == UNTIL_CASE ? STOP_ESAC : STOP_NOT;
    } else if (is_one_of(word, loops)) {
        skip(l, false);
        read_word(l, &name);
        list->start = true;
    } else if (is_word(word, "[[")) {
        begin_test(l, list);
    }
    return STOP_NOT;
}

/* The pattern of =~, in which bash takes parentheses, and what is in them, as they are. */
static void regular_expression(struct lexer *l)
{
    const char *doubt = l->doubt;
    struct word word;
    l->doubt = doubt ? doubt : "in a pattern of [[ =~ ]]";
    skip(l, false);
    read_word(l, &word);
    if (lexer_char(l) && strchr("(|<>", lexer_char(l)))
        lexer_lose(l, "in or after a pattern of [[ =~ ]] with '(' or '|'");
    l->doubt = doubt;
}

/* A word in [[ ]], which other shells take as a command. */
static void test_word(struct lexer *l, struct list *list, const struct word *word, bool start)
{
    static const char *const numeric[] = {"-eq", "-ne", "-lt", "-le", "-gt",
                                          "-ge", "-v",  "-R",  NULL};
    if (start && (is_one_of(word, reserved) || is_one_of(word, loops) || is_word(word, "case") ||
                  is_word(word, "[[")))
        lexer_lose(l, "after a reserved word in [[ ]]");
    list->numeric = list->numeric || is_one_of(word, numeric);
    for (; list->numeric && list->test_site < l->next; list->test_site++) {
        l->sites[list->test_site].context = SHELL_UNSURE;
        l->sites[list->test_site].why = "in [[ ]] with an operator of numbers";
    }
    if (is_word(word, "=~"))
        regular_expression(l);
    if (is_word(word, "]]"))
        list->test = false;
}

/* Reads name=(...) after its "=". bash 5.2 loses quotes in it within $(...). */
static void read_array(struct lexer *l)
{
    const char *doubt = l->doubt;
    if (l->nested)
        lexer_lose(l, "in or after an array in $(...)");
    l->doubt = doubt ? doubt : "in an array";
    l->at++;
    shell_commands(l, UNTIL_ARRAY);
    l->doubt = doubt;
}

static enum shell_stop word_token(struct lexer *l, struct list *list)
{
    struct word word;
    bool start = list->start && list->until != UNTIL_ARRAY;
    l->test = list->test;
    read_word(l, &word);
    l->test = false;
    list->start = false;
    if (list->test) {
        test_word(l, list, &word, start);
        return STOP_NOT;
    }
    if (list->timed && is_one_of(&word, after_time))
        lexer_lose(l, "after 'time' with a reserved word");
    if (lexer_char(l) == '(' && word.last == '=')
        read_array(l);
    else if (lexer_char(l) == '(' && word.last && strchr("?*+@!", word.last) &&
             !(start && is_word(&word, "!")))
        lexer_lose(l, "in or after a pattern with parentheses");
    return start ? start_word(l, list, &word) : STOP_NOT;
}

static enum shell_stop token(struct lexer *l, struct list *list)
{
    char c = lexer_char(l);
    switch (c) {
    case '#':
        comment(l);
        return STOP_NOT;
    case '\n':
        l->at++;
        shell_documents(l);
        list->start = true;
        list->timed = false;
        return STOP_NOT;
    case '(':
        open_paren(l, list);
        return STOP_NOT;
    case ')':
        return close_paren(l, list);
    default:
        return strchr(";&|<>", c) ? operator_token(l, list) : word_token(l, list);
    }
}

enum shell_stop shell_commands(struct lexer *l, enum shell_until until)
{
    struct list list = {.until = until, .start = true};
    enum shell_stop stop = STOP_NOT;
    lexer_enter(l);
    for (skip(l, false); stop == STOP_NOT && lexer_char(l); skip(l, false))
        stop = token(l, &list);
    if (stop == STOP_NOT)
        l->unclosed = true;
    lexer_leave(l);
    return stop == STOP_NOT ? STOP_END : stop;
}

void shell_nested(struct lexer *l)
{
    struct lexer outer = *l;
    l->pending = NULL;
    l->npending = 0;
    l->outer = outer.outer + outer.npending;
    l->nested++;
    l->test = false;
    if (outer.test && !l->doubt)
        l->doubt = "in $(...) in [[ ]]";
    shell_commands(l, UNTIL_PAREN);
    if (l->npending)
        lexer_lose(l, "after a here-document that begins in $(...) and does not end there");
    l->pending = outer.pending;
    l->npending = outer.npending;
    l->outer = outer.outer;
    l->nested = outer.nested;
    l->test = outer.test;
    l->doubt = outer.doubt;
}

void shell_read(struct arena *arena, const char *text, struct shell_site *sites, size_t n)
{
    struct lexer l = {
        .arena = arena, .text = text, .end = strlen(text), .sites = sites, .nsites = n};
    shell_commands(&l, UNTIL_END);
    for (; l.next < n; l.next++) {
        sites[l.next].context = SHELL_UNSURE;
        sites[l.next].why = l.lost ? l.lost : "in a place that the shell does not read";
    }
}
