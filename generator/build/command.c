#include <ctype.h>
#include <string.h>

#include "base/util.h"
#include "build/command.h"
#include "build/shell.h"

/* A byte for a value in the text that shell_read gets. */
enum { STAND_IN = '\1' };

struct use {
    const struct command_variable *variable;
    size_t offset, len; /* of {name} in the text */
};

/* A command while it is expanded. */
struct command {
    struct arena *arena;
    struct buf shell; /* the text for the shell, with a stand-in for each value */
    struct use *uses; /* with the site of the same index */
    struct shell_site *sites;
    size_t nuses, nsites;
    struct command_fault *faults;
    size_t nfaults;
};

static const struct command_variable *find(const struct command_variable *variables, size_t n,
                                           const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(variables[i].name, name) == 0)
            return &variables[i];
    return NULL;
}

static const char *environment_name(struct arena *arena, const char *name)
{
    char *upper = arena_printf(arena, "GORDON_%s", name);
    for (char *c = upper; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return upper;
}

static void add_fault(struct command *c, size_t offset, size_t len, const char *what)
{
    array_push(c->arena, c->faults, c->nfaults, ((struct command_fault){offset, len, what}));
}

/* Reports that a value cannot stand in its place; `why` completes "it is ...". */
static void refuse(struct command *c, const struct use *use, const char *why)
{
    const char *name = use->variable->name;
    add_fault(c, use->offset, use->len,
              arena_printf(c->arena,
                           "'{%s}' cannot be quoted for the shell here: it is %s; write "
                           "\"$%s\" instead",
                           name, why, environment_name(c->arena, name)));
}

/* Adds the text of {name}, or a stand-in if its value must be quoted. */
static void add_variable(struct command *c, const struct command_variable *variable,
                         const char *name, struct use use)
{
    if (!variable) {
        add_fault(c, use.offset, use.len,
                  arena_printf(c->arena,
                               "there is no variable '{%s}'; {target} is the folder to fill",
                               name));
    } else if (variable->words) {
        buf_adds(&c->shell, variable->value);
    } else {
        use.variable = variable;
        array_push(c->arena, c->sites, c->nsites, ((struct shell_site){.offset = c->shell.len}));
        array_push(c->arena, c->uses, c->nuses, use);
        buf_add(&c->shell, &(char){STAND_IN}, 1);
    }
}

/* Fills the shell's text. */
static void read_braces(struct command *c, const char *text,
                        const struct command_variable *variables, size_t n)
{
    for (const char *at = text; *at; at++) {
        size_t len = *at == '{' ? strcspn(at + 1, "{}") : 0, offset = (size_t)(at - text);
        if ((*at == '{' || *at == '}') && at[1] == *at) {
            buf_add(&c->shell, at++, 1);
        } else if (*at == '}' || (*at == '{' && at[len + 1] != '}')) {
            add_fault(c, offset, 1,
                      arena_printf(c->arena, "a single '%c'; write it twice to mean itself", *at));
        } else if (*at == '{') {
            const char *name = arena_strndup(c->arena, at + 1, len);
            add_variable(c, find(variables, n, name), name, (struct use){NULL, offset, len + 2});
            at += len + 1;
        } else {
            buf_add(&c->shell, at, 1);
        }
    }
    buf_add(&c->shell, "", 0);
}

/* How a value is written in each context. A character that is not `escaped` stays as it is. */
static const struct form {
    const char *around;  /* before and after it */
    const char *escaped; /* characters that are replaced: */
    const char *by;      /* put before one; or for '\'' and line ends, in place of it */
} forms[] = {
    [SHELL_WORD] = {"'", "'", "'\\''"},    [SHELL_SINGLE] = {"", "'", "'\\''"},
    [SHELL_DOUBLE] = {"", "\\\"$`", "\\"}, [SHELL_DEFAULT] = {"", "", ""},
    [SHELL_COMMENT] = {"", "\n", " "},     [SHELL_HERE] = {"", "\\$`", "\\"},
    [SHELL_HERE_RAW] = {"", "", ""},       [SHELL_UNSURE] = {"", "", ""},
};

static void add_value(struct buf *out, const char *value, enum shell_context context)
{
    const struct form *form = &forms[context];
    bool before = strcmp(form->by, "\\") == 0;
    buf_adds(out, form->around);
    for (; *value; value++) {
        bool escaped = strchr(form->escaped, *value);
        if (escaped)
            buf_adds(out, form->by);
        if (!escaped || before)
            buf_add(out, value, 1);
    }
    buf_adds(out, form->around);
}

/* Adds a part of the shell's text with its values, the first of which is that of site `i`. */
static void add_text(const struct command *c, size_t i, size_t start, size_t end, struct buf *out)
{
    for (; i < c->nsites && c->sites[i].offset < end; i++) {
        size_t offset = c->sites[i].offset;
        buf_add(out, c->shell.data + start, offset - start);
        add_value(out, c->uses[i].variable->value, c->sites[i].context);
        start = offset + 1;
    }
    buf_add(out, c->shell.data + start, end - start);
}

/* Whether the values make a line that ends their here-document; `i` is the first site there. */
static bool ends_early(const struct command *c, size_t i)
{
    const struct shell_document *document = c->sites[i].document;
    struct buf text = {0};
    size_t line, after;
    bool certain;
    add_text(c, i, document->start, document->end, &text);
    bool ends = shell_document_end(document, text.data, text.len, &line, &after, &certain);
    buf_free(&text);
    return ends;
}

/* Why this value cannot stand in its place, or NULL. */
static const char *value_fault(const struct shell_site *site, const char *value)
{
    if (site->context == SHELL_UNSURE)
        return site->why;
    if (site->context == SHELL_DEFAULT && strpbrk(value, "'\"\\$`{}"))
        return "in \"${...}\", and its value has quotes, braces or the like";
    if (site->after_name && *value && (strchr(STR_ALNUM "_", *value) || *value & 0x80))
        return "directly after the name of a variable, to which its value would belong";
    if (site->document && site->document->tabs && (*value == '\t' || strstr(value, "\n\t")))
        return "after <<-, which drops a tab of its value";
    return NULL;
}

static void check_values(struct command *c)
{
    const struct shell_document *document = NULL;
    bool early = false;
    for (size_t i = 0; i < c->nuses; i++) {
        const char *why = value_fault(&c->sites[i], c->uses[i].variable->value);
        if (c->sites[i].document && c->sites[i].document != document)
            early = ends_early(c, i);
        document = c->sites[i].document;
        if (!why && document && early)
            why = "in a here-document, which a line of its value ends";
        if (why)
            refuse(c, &c->uses[i], why);
    }
}

char *command_expand(struct arena *arena, const char *text,
                     const struct command_variable *variables, size_t n,
                     struct command_fault **faults, size_t *nfaults)
{
    struct command c = {.arena = arena};
    struct buf out = {0};
    read_braces(&c, text, variables, n);
    shell_read(arena, c.shell.data, c.sites, c.nsites);
    check_values(&c);
    add_text(&c, 0, 0, c.shell.len, &out);
    char *expanded = c.nfaults ? NULL : arena_strdup(arena, out.data ? out.data : "");
    *faults = c.faults;
    *nfaults = c.nfaults;
    buf_free(&out);
    buf_free(&c.shell);
    return expanded;
}

const char *const *command_environment(struct arena *arena,
                                       const struct command_variable *variables, size_t n)
{
    const char **environment = arena_alloc(arena, (n + 1) * sizeof *environment);
    for (size_t i = 0; i < n; i++)
        environment[i] = arena_printf(arena, "%s=%s", environment_name(arena, variables[i].name),
                                      variables[i].value);
    return environment;
}
