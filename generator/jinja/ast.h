/* ast.h - the syntax tree of a template: the parser makes it, eval.c and render.c walk it.
 *
 * `at` of each node is its place in jinja.source, for errors. The tree lives in the arena. */
#ifndef JINJA_AST_H
#define JINJA_AST_H
#include <stddef.h>

#include "base/util.h"   /* for struct table */
#include "jinja/value.h" /* for struct value */

struct binary;
struct callee;
struct comparison;

enum expr_kind {
    EXPR_CONST,   /* value */
    EXPR_NAME,    /* name */
    EXPR_LIST,    /* args */
    EXPR_TUPLE,   /* args */
    EXPR_DICT,    /* args: key, value, key, value ... */
    EXPR_NOT,     /* args[0] */
    EXPR_AND,     /* args[0], args[1] */
    EXPR_OR,      /* args[0], args[1] */
    EXPR_SIGN,    /* args[0]; name is - or + */
    EXPR_BINARY,  /* args[0], args[1]; binary */
    EXPR_CONCAT,  /* args */
    EXPR_COMPARE, /* args; comparisons[i] stands between args[i] and args[i + 1] */
    EXPR_IF,      /* args: value, condition, other value or NULL */
    EXPR_ATTR,    /* args[0]; name */
    EXPR_ITEM,    /* args[0], args[1] */
    EXPR_SLICE,   /* args: subject, from, to, step; the last three may be NULL */
    EXPR_CALL,    /* args: subject, then PARAMS_MAX parameters, NULL if absent; callee */
    EXPR_KINDS
};

struct expr {
    enum expr_kind kind;
    int height; /* levels of nesting, including itself */
    const char *at;
    const char *name;
    struct value value;
    struct expr **args;
    size_t count;
    const struct binary *binary;
    const struct comparison *const *comparisons;
    const struct callee *callee;
};

/* What a for or a set assigns to: a name, or a tuple of targets. */
struct target {
    const char *name; /* NULL for a tuple */
    const char *at;
    struct target **items;
    size_t count;
};

enum stmt_kind { STMT_DATA, STMT_PRINT, STMT_IF, STMT_FOR, STMT_SET };

struct stmt {
    enum stmt_kind kind;
    const char *at;
    struct stmt *next;
    const char *text; /* of STMT_DATA */
    size_t len;
    struct expr *expr;   /* what is printed, tested, looped over or assigned */
    struct expr *filter; /* for ... if filter; NULL if absent */
    struct target *target;
    struct stmt *body, *other;         /* other is the else; an elif is an if in it */
    struct table hidden, hidden_other; /* of a for: names hidden in body and other, see hidden.h */
};

#endif
