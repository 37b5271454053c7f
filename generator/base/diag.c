#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/term.h"

struct diagnostic {
    const char *severity; /* NULL: not printed */
    enum exit_code code;  /* 0: not an error */
    struct pos pos;
    size_t order; /* in which they were reported */
    size_t file;  /* order of the file's first mention */
    const char *text;
    struct diagnostic *note; /* shown below it */
};

struct secret {
    const char *text;
    bool masked; /* hidden in messages only, not in results */
};

static struct {
    struct arena *arena; /* of all texts and lists */
    struct diagnostic **list;
    size_t count;
    const char **files, **concealed;
    struct secret *secrets;
    size_t nfiles, nconcealed, nsecrets;
    size_t errors;
    struct diag_warned *warned;
    size_t nwarned;
    const char *stripped; /* a folder; or NULL */
    bool quiet;
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

static void add_secret(const char *text, size_t len, bool masked)
{
    if (len < SECRET_MIN)
        return;
    struct secret secret = {arena_strndup(memory(), text, len), masked};
    array_push(memory(), state.secrets, state.nsecrets, secret);
}

/* Adds the text with backslash escapes, because programs often quote their input like that. */
static void add_escaped(const char *text, bool masked)
{
    static const char plain[] = "\"\\\n\r\t", letters[] = "\"\\nrt";
    struct buf out = {0};
    for (; *text; text++) {
        const char *found = strchr(plain, *text);
        buf_adds(&out, found ? "\\" : "");
        buf_add(&out, found ? letters + (found - plain) : text, 1);
    }
    add_secret(out.data ? out.data : "", out.len, masked);
    buf_free(&out);
}

static void add_forms(const char *text, bool masked)
{
    add_secret(text, strlen(text), masked);
    if (strpbrk(text, "\"\\\n\r\t"))
        add_escaped(text, masked);
    for (const char *line = text; strchr(text, '\n') && *line;) {
        size_t len = strcspn(line, "\n");
        add_secret(line, len, masked);
        line += len + (line[len] != '\0');
    }
}

void diag_secret(const char *text)
{
    add_forms(text, false);
}

void diag_masked(const char *text)
{
    add_forms(text, true);
}

/* The length of the longest secret that begins at `text`, or 0. */
static size_t secret_length(const char *text, bool result)
{
    size_t longest = 0;
    for (size_t i = 0; i < state.nsecrets; i++) {
        const struct secret *s = &state.secrets[i];
        if (!(result && s->masked) && str_starts(text, s->text) && strlen(s->text) > longest)
            longest = strlen(s->text);
    }
    return longest;
}

/* The length in bytes of the control character at `text`, or 0: an ASCII one other than tab and
 * line end, or one of U+0080 to U+009F, which some terminals obey. */
static size_t control_length(const char *text)
{
    unsigned char c = (unsigned char)text[0], next = c ? (unsigned char)text[1] : 0;
    if (c == 0xC2 && next >= 0x80 && next < 0xA0)
        return 2;
    return (c < ' ' && c != '\n' && c != '\t') || c == 127;
}

static const char *clean(const char *text, bool result)
{
    struct buf out = {0};
    while (*text) {
        size_t secret = secret_length(text, result), control = control_length(text);
        if (secret)
            buf_adds(&out, "...");
        else
            buf_add(&out, control ? "?" : text, 1);
        text += secret ? secret : control ? control : 1;
    }
    char *cleaned = arena_strdup(memory(), out.data ? out.data : "");
    buf_free(&out);
    return cleaned;
}

const char *diag_clean(const char *text)
{
    return clean(text, false);
}

const char *diag_clean_result(const char *text)
{
    return clean(text, true);
}

static struct diagnostic *make(const char *severity, struct pos pos, const char *format,
                               va_list args)
{
    struct diagnostic *d = arena_alloc(memory(), sizeof *d);
    *d = (struct diagnostic){.severity = severity, .pos = pos};
    if (pos.file)
        d->pos.file = arena_strdup(memory(), pos.file);
    d->text = diag_clean(arena_vprintf(memory(), format, args));
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

void diag_note(struct pos pos, const char *format, ...)
{
    if (!state.count)
        return;
    va_list args;
    va_start(args, format);
    struct diagnostic **last = &state.list[state.count - 1]->note;
    while (*last)
        last = &(*last)->note;
    *last = make("note", pos, format, args);
    va_end(args);
}

bool diag_concealed(const char *file)
{
    for (size_t i = 0; i < state.nconcealed; i++)
        if (same_file(state.concealed[i], file))
            return true;
    return false;
}

void diag_conceal(const char *file)
{
    array_push(memory(), state.concealed, state.nconcealed, arena_strdup(memory(), file));
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

size_t diag_errors(void)
{
    return state.errors;
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
    FILE *in = fopen(file, "r");
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
    for (char *c = line; *c; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 127)
            *c = '?'; /* a terminal would obey it */
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

static void print(const struct diagnostic *d)
{
    const char *bold = color(TERM_BOLD), *reset = color(TERM_RESET);
    if (!d->pos.file)
        fprintf(stderr, "%sgordon:%s ", bold, reset);
    else if (d->pos.line)
        fprintf(stderr, "%s%s:%d:%d:%s ", bold, shown_file(d->pos.file), d->pos.line, d->pos.column,
                reset);
    else
        fprintf(stderr, "%s%s:%s ", bold, shown_file(d->pos.file), reset);
    fprintf(stderr, "%s%s:%s %s\n", color(severity_color(d->severity)), d->severity, reset,
            d->text);
    char *line = d->pos.file && d->pos.line && !diag_concealed(d->pos.file)
                     ? source_line(d->pos.file, d->pos.line)
                     : NULL;
    if (line && strlen(line) <= 400) { /* longer lines are unreadable */
        fprintf(stderr, "%5d | %s\n", d->pos.line, line);
        print_caret(line, d->pos);
    }
    free(line);
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

static void note_warned(const struct diagnostic *d)
{
    for (const struct diagnostic *of = d; !d->code && of; of = of->note) {
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
        if (state.list[i]->severity && (!i || !same(state.list[i - 1], state.list[i]))) {
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
    arena_free(state.arena);
    memset(&state, 0, sizeof state);
}
