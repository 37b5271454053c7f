/* shell_site.h - the place of a value in a command, as a shell reads it. */
#ifndef BUILD_SHELL_SITE_H
#define BUILD_SHELL_SITE_H
#include <stdbool.h>
#include <stddef.h>

enum shell_context {
    SHELL_WORD,     /* outside of quotes, also in ${name:-...} there */
    SHELL_SINGLE,   /* in '...' */
    SHELL_DOUBLE,   /* in "..." */
    SHELL_DEFAULT,  /* in "${name:-...}", where shells differ about quotes */
    SHELL_COMMENT,  /* after a # */
    SHELL_HERE,     /* in a here-document in which the shell replaces $ and backquotes */
    SHELL_HERE_RAW, /* in one with a quoted delimiter */
    SHELL_UNSURE,   /* no quoting is certain */
};

struct shell_document {
    const char *delimiter;
    bool quoted;       /* the delimiter: the text is taken as it is */
    bool tabs;         /* <<-: tabs at the start of a line are dropped */
    size_t start, end; /* of its lines in the text */
};

/* A value's place in the text: one byte, which stands for the value. */
struct shell_site {
    size_t offset; /* set by the caller */
    enum shell_context context;
    const char *why; /* of SHELL_UNSURE: completes "it is ..." */
    bool after_name; /* in quotes, directly after $name: a letter would belong to the name */
    const struct shell_document *document; /* of SHELL_HERE and SHELL_HERE_RAW */
};

/* Finds the first line of `text` that ends the here-document: it begins at *line, and the next one
 * at *after. Returns false if there is none. Sets *certain to false if shells differ, because the
 * line is joined with another one by a backslash. */
bool shell_document_end(const struct shell_document *document, const char *text, size_t len,
                        size_t *line, size_t *after, bool *certain);

#endif
