/* ast.h - tokens and the tree of a template; private to jinja*.c. */
#ifndef JINJA_AST_H
#define JINJA_AST_H
#include "jinja/value.h"

enum token_kind {
    TOKEN_END, /* of the template */
    TOKEN_DATA,
    TOKEN_PRINT_BEGIN,
    TOKEN_PRINT_END,
    TOKEN_BLOCK_BEGIN,
    TOKEN_BLOCK_END,
    TOKEN_NAME,
    TOKEN_STRING,
    TOKEN_INT,
    TOKEN_FLOAT,
    TOKEN_OPERATOR
};

struct token {
    enum token_kind kind;
    const char *at;
    size_t len;
    const char *text;   /* of data, a name, an operator: itself, terminated */
    struct value value; /* of a literal */
};

/* The tokens of jinja.source, the last one TOKEN_END; NULL after an error. */
const struct token *jinja_lex(struct jinja *j);

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

/* + - * / // % ** */
struct binary {
    const char *text;
    bool (*apply)(struct jinja *j, const struct value *a, const struct value *b, struct value *out);
};
const struct binary *binary_find(const char *text);
/* -value (`sign` is -1) or +value */
bool binary_sign(struct jinja *j, int sign, const struct value *value, struct value *out);

/* == != < <= > >= in, "not in" */
struct comparison {
    const char *text;
    bool (*apply)(struct jinja *j, const struct value *a, const struct value *b, bool *out);
};
const struct comparison *comparison_find(const char *text);

enum { PARAMS_MAX = 3 };

/* A filter or a test. args[0] is the value before it; an absent parameter is VALUE_ABSENT. */
struct callee {
    const char *name;
    bool (*apply)(struct jinja *j, const struct value *args, struct value *out);
    const char *params[PARAMS_MAX]; /* their names in Jinja */
    size_t required;                /* the first of them must be given */
    const char *comparison;         /* of a test that is one, which has no function then */
};
const struct callee *filter_find(const char *name);
const struct callee *test_find(const char *name);
/* The filters, or the tests, whose name is most like `name`; NULL without one. */
const char *filter_nearest(const char *name);
const char *test_nearest(const char *name);

/* For both tables. */
const struct callee *callee_find(const struct callee *callees, size_t n, const char *name);
const char *callee_nearest(const struct callee *callees, size_t n, const char *name);
/* The filters of jinja_number.c. */
bool number_abs(struct jinja *j, const struct value *args, struct value *out);
bool number_int(struct jinja *j, const struct value *args, struct value *out);
bool number_round(struct jinja *j, const struct value *args, struct value *out);

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
    struct table hidden, hidden_other; /* see jinja_scope.c; of a for's body, and of its else */
};

/* Parses jinja.source; false after an error. An empty template has no statement. */
bool jinja_parse(struct jinja *j, struct stmt **first);
/* Finds the names that each scope hides from `lookup`; `hidden` is the template's own. */
void jinja_hide(struct jinja *j, struct stmt *first, struct table *hidden);

/* The names that are set in a template, a turn of a loop, or a loop's else. */
struct scope {
    struct scope *outer;
    const struct table *hidden;
    struct variable *variables;
};
bool jinja_eval(struct jinja *j, const struct expr *expr, struct value *out);
/* obj[key] and obj.name, which are undefined where Jinja's are. */
bool jinja_item(struct jinja *j, const struct value *object, const struct value *key,
                struct value *out);
void scope_set(struct jinja *j, const char *name, const struct value *value);

#endif
