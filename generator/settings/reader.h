/* reader.h - the state of node_load.c while it reads a YAML text, and its errors. */
#ifndef SETTINGS_READER_H
#define SETTINGS_READER_H
#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "base/util.h"     /* for struct table */
#include "settings/node.h" /* for struct pos */

struct reader {
    struct arena *arena;
    yaml_parser_t parser;
    yaml_event_t event;           /* the current one */
    bool failed;                  /* an error was reported */
    bool at_key;                  /* the current event is a key of a map */
    bool in_function;             /* the tag of the current event is that of a function */
    struct node_schemes *schemes; /* of settings; else NULL: then functions are no tags */
    const char *path, *text;
    size_t len;           /* of the text */
    struct table anchors; /* name to struct anchor */
    size_t expanded;      /* nodes so far; an alias counts as the nodes that it stands for */
    size_t aliased;       /* those of them that aliases stand for */
    int depth;
};

struct anchor {
    const struct node *node; /* NULL while it is being read */
    struct pos pos;
    size_t expanded; /* nodes in it */
};

/* The place of the current event. */
struct pos reader_pos(const struct reader *r);
/* Returns a word of the file for a message, or "..." if the file may hold secrets: an unquoted
 * value may have been read as an anchor or a tag. */
const char *reader_shown(const struct reader *r, const char *word);
/* Reports an error at `pos`, unless one was reported already; returns NULL. */
const struct node *reader_fail(struct reader *r, struct pos pos, const char *message);
/* Reports the error of libyaml. */
void reader_fail_parser(struct reader *r);
/* The message about a tag that nobody knows; `advice` ends it. */
const char *reader_unknown_tag(const struct reader *r, const char *tag, const char *advice);

#endif
