/* ast.h - the tree of a template: what the parser makes, and what is evaluated and run. */
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
    EXPR_COMPARE, /* args, and the comparisons between them */
    EXPR_IF,      /* args: value, condition, other value or NULL */
    EXPR_ATTR,    /* args[0]; name */
    EXPR_ITEM,    /* args[0], args[1] */
    EXPR_SLICE,   /* args: subject, from, to, step; those may be NULL */
    EXPR_CALL,    /* args: subject and parameters, which may be NULL; callee */
    EXPR_KINDS
};

struct expr {
    enum expr_kind kind;
    int height; /* levels of nesting, itself counted */
    const char *at;
    const char *name;
    struct value value;
    struct expr **args;
    size_t count;
    const struct binary *binary;
    const struct comparison *const *comparisons;
    const struct callee *callee;
};

/* A name, or a tuple of targets. */
struct target {
    const char *name; /* NULL: a tuple */
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
    struct expr *expr;   /* printed, the condition, what is looped over, the value that is set */
    struct expr *filter; /* for ... if filter; may be NULL */
    struct target *target;
    struct stmt *body, *other;         /* other: else; an elif is an if in it */
    struct table hidden, hidden_other; /* see hidden.h; of a for's body, and of its else */
};

#endif
