#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"
#include "base/util.h"

static const struct class
{
    char letter;
    const char *alone, *in_set; /* NULL: not possible in a set */
} classes[] = {
    {'d', "[0-9]", "0-9"},
    {'D', "[^0-9]", NULL},
    {'w', "[[:alnum:]_]", "[:alnum:]_"},
    {'W', "[^[:alnum:]_]", NULL},
    {'s', "[[:space:]]", "[:space:]"},
    {'S', "[^[:space:]]", NULL},
    {'A', "^", NULL},
    {'Z', "$", NULL},
};

static const struct class *find_class(char letter)
{
    for (size_t i = 0; i < countof(classes); i++)
        if (classes[i].letter == letter)
            return &classes[i];
    return NULL;
}

/* Adds the meaning of a backslash and `letter`: a class, or the character itself. Returns false for
 * a letter or digit without a translation. */
static bool add_escape(struct buf *out, char letter, bool in_set)
{
    const struct class *class = find_class(letter);
    const char *text = class ? (in_set ? class->in_set : class->alone) : NULL;
    bool word = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                (letter >= 'A' && letter <= 'Z');
    if (text)
        buf_adds(out, text);
    else if (in_set)
        buf_printf(out, strchr("]^[-", letter) ? "[.%c.]" : "%c", letter);
    else
        buf_printf(out, "\\%c", letter);
    return text || !word;
}

/* Adds the set that begins with the '[' at `c`. Returns what follows it, or NULL. */
static const char *add_set(struct buf *out, const char *c)
{
    const char *first = c + 1 + (c[1] == '^');
    buf_add(out, c, (size_t)(first - c));
    for (c = first; *c && (*c != ']' || c == first); c++) {
        if (*c == '\\' && c[1]) {
            if (!add_escape(out, *++c, true))
                return NULL;
        } else {
            buf_add(out, c, 1);
        }
    }
    if (*c)
        buf_adds(out, "]");
    return *c ? c + 1 : NULL;
}

/* The length of the repetition at `c`: *, +, ?, {n}, {n,}, {,m} or {n,m}; 0 if there is none. */
static size_t repetition(const char *c)
{
    if (*c == '*' || *c == '+' || *c == '?')
        return 1;
    size_t len = *c == '{' ? 1 + strspn(c + 1, STR_DIGITS) : 0;
    len += len && c[len] == ',' ? 1 + strspn(c + len + 1, STR_DIGITS) : 0;
    return len > 1 && c[len] == '}' ? len + 1 : 0;
}

/* Adds one piece of the pattern. Returns what follows it, or NULL if POSIX does not have it. */
static const char *add_piece(struct buf *out, const char *c)
{
    size_t len = repetition(c);
    if (*c == '[')
        return add_set(out, c);
    if (*c == '\\')
        return c[1] && add_escape(out, c[1], false) ? c + 2 : NULL;
    if (*c == '(' && c[1] == '?') {
        buf_adds(out, "(");
        return c[2] == ':' ? c + 3 : NULL;
    }
    buf_add(out, c, len ? len : 1);
    return len && c[len] == '?' ? NULL : c + (len ? len : 1);
}

/* The size of a pattern is the number of its characters after each repetition was written out: the
 * memory and time of regcomp grow with it, and with repetitions in repetitions it is their product.
 * If what is repeated can be empty, as in (a?)+, they grow by the square of that, and faster behind
 * a '^'. The names that patterns search have at most 255 characters. */
enum { SIZE_MOST = 2000, GROUPS_MOST = 100 };

struct piece {
    size_t size; /* 0: it cannot be repeated */
    bool empty;  /* it can be */
};

struct measure {
    struct level {
        size_t size;
        bool others; /* an earlier branch (a|b) can be empty */
        bool rest;   /* this branch can be empty, without its last piece */
        struct piece last;
    } levels[GROUPS_MOST + 1]; /* the whole pattern and the groups that are open */
    size_t depth;
};

static const struct level empty_level = {.rest = true, .last = {0, true}};

/* How often a repetition stands for its piece, at most, and whether it may stand for nothing. For +
 * that is twice: a+ is aa*. */
static size_t times(const char *c, bool *optional)
{
    *optional = *c == '*' || *c == '?';
    if (*c != '{')
        return *c == '+' ? 2 : 1;
    char *rest;
    unsigned long least = strtoul(c + 1, &rest, 10);
    unsigned long most = *rest == ',' ? strtoul(rest + 1, NULL, 10) : 0;
    *optional = !least;
    most = most > least ? most : least + 1;
    return most < SIZE_MOST ? most : SIZE_MOST + 1;
}

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Begins the next piece of a branch. */
static void add_last(struct level *level, struct piece piece)
{
    level->rest = level->rest && level->last.empty;
    level->last = piece;
    level->size += piece.size;
}

static bool measure_repetition(struct level *level, const char *c)
{
    bool optional;
    size_t size = level->last.size, n = times(c, &optional);
    if (!size)
        return false;
    size_t whole = (level->last.empty ? (size + 2) * (size + 2) : size) * n;
    level->size += least_of(whole, SIZE_MOST + 1 + size) - size;
    level->last = (struct piece){0, level->last.empty || optional};
    return true;
}

/* Adds the size of the piece at `c`. Returns what is wrong with it, or NULL. */
static const char *measure(struct measure *m, const char *c)
{
    struct level *level = &m->levels[m->depth];
    if (repetition(c)) {
        if (!measure_repetition(level, c))
            return "this regular expression repeats a repetition, or nothing, as in a++";
    } else if (*c == '(') {
        if (m->depth == GROUPS_MOST)
            return "this regular expression has over 100 groups in one another";
        m->levels[++m->depth] = empty_level;
    } else if (*c == ')' && m->depth) {
        bool empty = level->others || (level->rest && level->last.empty);
        add_last(&m->levels[--m->depth], (struct piece){level->size + 2, empty});
    } else if (*c == '|') {
        level->others = level->others || (level->rest && level->last.empty);
        level->rest = true;
        level->last = (struct piece){0, true};
        level->size++;
    } else if (strchr("^$", *c)) {
        add_last(level, (struct piece){0, true});
        level->size++;
    } else {
        add_last(level, (struct piece){1, false});
    }
    return m->levels[m->depth].size <= SIZE_MOST
               ? NULL
               : "this regular expression is too large: with its repetitions written out, as a{3} "
                 "is aaa, it has over 2000 characters";
}

char *pattern_posix(struct arena *arena, const char *python, const char **problem)
{
    struct measure m = {0};
    struct buf out = {0};
    m.levels[0] = empty_level;
    *problem = NULL;
    for (const char *c = python, *next; !*problem && *c; c = next) {
        next = add_piece(&out, c);
        *problem = next ? measure(&m, c) : PATTERN_UNKNOWN;
    }
    char *pattern = *problem ? NULL : arena_strdup(arena, out.data ? out.data : "");
    buf_free(&out);
    return pattern;
}
