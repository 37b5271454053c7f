#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/mask.h"
#include "base/printable.h"
#include "base/say.h"
#include "base/term.h"

enum {
    LINE_SHOWN = 400, /* bytes of a source line; longer ones are unreadable */
    LINES_MAX = 1000, /* source lines that are shown: for each one, the file is read up to it */
    SUGGESTIONS_MAX = 1000
};

struct diagnostic {
    const char *severity; /* NULL: not printed */
    enum exit_code code;  /* 0: not an error */
    struct pos pos;
    size_t order; /* in which they were reported */
    bool once;    /* diag_once */
    size_t file;  /* order of the file's first mention */
    const char *text;
    const char *lines;       /* shown below it, indented; or NULL */
    struct diagnostic *note; /* shown below that */
};

static struct {
    struct arena *arena; /* of all texts and lists */
    struct diagnostic **list;
    size_t count;
    const char **files, **concealed, **shown;
    size_t nfiles, nconcealed, nshown;
    size_t errors, lines;
    struct diag_warned *warned;
    size_t nwarned;
    const char *stripped; /* a folder; or NULL */
    bool quiet, once;
    enum exit_code first; /* code of the first error printed */
    FILE *terminal;       /* decides about colours in place of stderr; or NULL */
} state;

static struct arena *memory(void)
{
    if (!state.arena)
        state.arena = arena_new();
    return state.arena;
}

static bool same_file(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static size_t file_order(const char *file)
{
    for (size_t i = 0; i < state.nfiles; i++)
        if (same_file(state.files[i], file))
            return i;
    array_push(memory(), state.files, state.nfiles, file);
    return state.nfiles - 1;
}

static struct diagnostic *make(const char *severity, struct pos pos, const char *format,
                               va_list args)
{
    struct diagnostic *d = arena_alloc(memory(), sizeof *d);
    *d = (struct diagnostic){.severity = severity, .pos = pos, .once = state.once};
    if (pos.file)
        d->pos.file = arena_strdup(memory(), pos.file);
    d->text = say_word(arena_vprintf(memory(), format, args));
    return d;
}

static void report(struct diagnostic *d)
{
    d->file = file_order(d->pos.file);
    d->order = state.count;
    array_push(memory(), state.list, state.count, d);
}

bool diag_error(enum exit_code code, struct pos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct diagnostic *d = make("error", pos, format, args);
    va_end(args);
    d->code = code;
    state.errors++;
    report(d);
    return false;
}

void diag_warning(struct pos pos, const char *format, ...)
{
    if (state.quiet)
        return;
    va_list args;
    va_start(args, format);
    report(make("warning", pos, format, args));
    va_end(args);
}

/* The problem reported last, or its last note; NULL if there is none. */
static struct diagnostic *last_reported(void)
{
    struct diagnostic *last = state.count ? state.list[state.count - 1] : NULL;
    while (last && last->note)
        last = last->note;
    return last;
}

void diag_note(struct pos pos, const char *format, ...)
{
    struct diagnostic *last = last_reported();
    if (!last)
        return;
    va_list args;
    va_start(args, format);
    last->note = make("note", pos, format, args);
    va_end(args);
}

void diag_lines(const char *text)
{
    struct diagnostic *last = last_reported();
    if (!last || !text || !*text)
        return;
    char *plain = arena_strdup(memory(), text);
    printable_strip(plain);
    last->lines = say_lines(plain);
}

void diag_printed(const char *output)
{
    bool nothing = !output || !*output;
    diag_note((struct pos){0}, nothing ? "it printed: nothing" : "it printed:");
    diag_lines(output);
}

static bool is_among(const char *const *files, size_t n, const char *file)
{
    for (size_t i = 0; i < n; i++)
        if (same_file(files[i], file))
            return true;
    return false;
}

bool diag_concealed(const char *file)
{
    return is_among(state.concealed, state.nconcealed, file);
}

void diag_conceal(const char *file)
{
    array_push(memory(), state.concealed, state.nconcealed, arena_strdup(memory(), file));
}

void diag_show(const char *file)
{
    array_push(memory(), state.shown, state.nshown, arena_strdup(memory(), file));
}

static bool shows_lines(const struct pos *pos)
{
    return pos->file && pos->line && is_among(state.shown, state.nshown, pos->file) &&
           !diag_concealed(pos->file) && state.lines++ < LINES_MAX;
}

void diag_strip(const char *folder)
{
    state.stripped = folder;
}

/* The name that the user knows a file by. */
static const char *shown_file(const char *file)
{
    size_t len = state.stripped ? strlen(state.stripped) : 0;
    return len && strncmp(file, state.stripped, len) == 0 && file[len] == '/' ? file + len + 1
                                                                              : file;
}

bool diag_suggests(void)
{
    return state.errors < SUGGESTIONS_MAX;
}

size_t diag_errors(void)
{
    return state.errors;
}

void diag_once(bool once)
{
    state.once = once;
}

const struct diag_warned *diag_warned(size_t *n)
{
    *n = state.nwarned;
    return state.warned;
}

bool diag_quiet(bool quiet)
{
    bool before = state.quiet;
    state.quiet = quiet;
    return before;
}

void diag_demote(size_t errors)
{
    for (size_t i = state.count; i-- && state.errors > errors;) {
        struct diagnostic *d = state.list[i];
        if (!d->code)
            continue;
        d->severity = state.quiet ? NULL : "warning";
        d->code = EXIT_DONE;
        state.errors--;
    }
}

/* Line `number` of `file` without its end, or NULL; the caller frees it. */
static char *source_line(const char *file, int number)
{
    int fd = file_open(file);
    FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t len = -1;
    for (int i = 0; in && i < number && (len = getline(&line, &cap, in)) >= 0; i++)
        ;
    if (in)
        fclose(in);
    if (len < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

static const char *color(const char *code)
{
    return term_color(state.terminal ? state.terminal : stderr, code);
}

/* Prints a tab below a tab, so that the caret stands below its character. */
static void print_caret(const char *line, struct pos pos)
{
    int column = 1;
    const char *c = line;
    fputs("      | ", stderr);
    for (; *c && column < pos.column; c++) {
        if (((unsigned char)*c & 0xC0) == 0x80) /* inside a UTF-8 sequence */
            continue;
        fputc(*c == '\t' ? '\t' : ' ', stderr);
        column++;
    }
    while (((unsigned char)*c & 0xC0) == 0x80)
        c++;
    fputs(color(TERM_GREEN), stderr);
    fputc('^', stderr);
    int length = 1;
    for (c += *c != '\0'; *c && length < pos.length; c++)
        if (((unsigned char)*c & 0xC0) != 0x80) {
            fputc('~', stderr);
            length++;
        }
    fprintf(stderr, "%s\n", color(TERM_RESET));
}

static const char *severity_color(const char *severity)
{
    return strcmp(severity, "error") == 0     ? TERM_RED
           : strcmp(severity, "warning") == 0 ? TERM_MAGENTA
                                              : TERM_CYAN;
}

/* Prints the line of a place with a caret below it; not if it is too long to be read, or has what
 * is masked. */
static void print_line(struct pos pos)
{
    char *line = source_line(pos.file, pos.line);
    if (line && strlen(line) <= LINE_SHOWN && strcmp(mask_text(line, MASK_MESSAGES), line) == 0) {
        printable_clean(line, strlen(line), PRINTABLE_LINES);
        fprintf(stderr, "%5d | %s\n", pos.line, line);
        print_caret(line, pos);
    }
    free(line);
}

static void print(const struct diagnostic *d)
{
    const char *bold = color(TERM_BOLD), *reset = color(TERM_RESET);
    const char *file = d->pos.file ? say_word(shown_file(d->pos.file)) : NULL;
    if (!file)
        fprintf(stderr, "%sgordon:%s ", bold, reset);
    else if (d->pos.line)
        fprintf(stderr, "%s%s:%d:%d:%s ", bold, file, d->pos.line, d->pos.column, reset);
    else
        fprintf(stderr, "%s%s:%s ", bold, file, reset);
    fprintf(stderr, "%s%s:%s %s\n", color(severity_color(d->severity)), d->severity, reset,
            d->text);
    for (const char *line = d->lines; line && *line; line += line[strcspn(line, "\n")] != '\0') {
        fprintf(stderr, "    %.*s\n", (int)strcspn(line, "\n"), line);
        line += strcspn(line, "\n");
    }
    if (shows_lines(&d->pos))
        print_line(d->pos);
    if (d->note)
        print(d->note);
}

static int by_place(const void *a, const void *b)
{
    const struct diagnostic *x = *(struct diagnostic *const *)a;
    const struct diagnostic *y = *(struct diagnostic *const *)b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->pos.line != y->pos.line)
        return x->pos.line < y->pos.line ? -1 : 1;
    if (x->pos.column != y->pos.column)
        return x->pos.column < y->pos.column ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Whether both say the same of one place, as of a lambda that two methods call. */
static bool same(const struct diagnostic *x, const struct diagnostic *y)
{
    return x->file == y->file && x->pos.line == y->pos.line && x->pos.column == y->pos.column &&
           x->pos.line && strcmp(x->text, y->text) == 0;
}

/* Whether one before the i-th of the sorted list says the same. */
static bool is_repeated(size_t i)
{
    const struct diagnostic *d = state.list[i];
    for (size_t k = i; d->pos.line && k-- && state.list[k]->file == d->file &&
                       state.list[k]->pos.line == d->pos.line &&
                       state.list[k]->pos.column == d->pos.column;)
        if (state.list[k]->severity && same(state.list[k], d))
            return true;
    return false;
}

static void note_warned(const struct diagnostic *d)
{
    for (const struct diagnostic *of = d; !d->code && !d->once && of; of = of->note) {
        struct diag_warned warned = {of->pos, of->text, of != d};
        array_push(memory(), state.warned, state.nwarned, warned);
    }
}

enum exit_code diag_flush(void)
{
    if (state.count)
        qsort(state.list, state.count, sizeof *state.list, by_place);
    fflush(stdout);
    for (size_t i = 0; i < state.count; i++) {
        if (!state.first)
            state.first = state.list[i]->code;
        if (state.list[i]->severity && !is_repeated(i)) {
            print(state.list[i]);
            note_warned(state.list[i]);
        }
    }
    state.count = 0;
    return state.first;
}

void diag_forget(void)
{
    state.count = 0;
    state.errors = 0;
    state.first = EXIT_DONE;
}

enum exit_code diag_flush_like(FILE *terminal)
{
    state.terminal = terminal;
    enum exit_code code = diag_flush();
    state.terminal = NULL;
    return code;
}

bool diag_adopt(enum exit_code code)
{
    state.errors++;
    if (!state.first)
        state.first = code;
    return false;
}

void diag_end(void)
{
    mask_end();
    arena_free(state.arena);
    memset(&state, 0, sizeof state);
}
