/* node.h - settings as a tree in which every value knows where it was written.
 *
 * YAML 1.1 as PyYAML's safe loader reads it (docs/settings.md has the rules of settings.yml): plain
 * scalars are resolved by PyYAML's patterns, `<<` merges maps, aliases share one node. In settings
 * and fragments, a tag such as !Sub is CloudFormation's function (settings/function.h). */
#ifndef SETTINGS_NODE_H
#define SETTINGS_NODE_H
#include "base/diag.h" /* for struct pos */

struct root;

enum node_kind { NODE_NULL, NODE_BOOL, NODE_INT, NODE_REAL, NODE_STRING, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    struct pos pos;
    int height;       /* levels of nesting, including itself */
    bool literal;     /* of a string: it is no reference, whatever it begins with */
    const char *text; /* of a scalar: as it was written; of a string: its value; of any other node
                       * of settings: "", because a function may stand for a text */
    /* of a key: its value as a JSON key, `true` for on, `16` for 0x10; of "lambda://...": the
     * logical id of the alias, once that is known */
    const char *name;
    union {
        bool boolean;
        long long integer;
        double real;
    };
    size_t count;                /* of items or entries */
    const struct node **items;   /* of a list */
    const struct entry *entries; /* of a map, in the order of the file; merged ones first */
    const struct table *index;   /* of a map: key text to its entry's value; may be NULL if empty */
};

struct entry {
    const struct node *key; /* a scalar */
    const struct node *value;
};

/* The strings of a file that Gordon itself resolves: "text://..." and "lambda://...". */
struct node_schemes {
    struct node **nodes;
    size_t count;
};

/* Reads a YAML file below `root`, whose value must be a map; an empty file is an empty map. Sets
 * `*node` to NULL if there is no such file. Positions carry `path` as the file's name. The tree
 * lives as long as `arena`. Returns false after reported errors. */
bool node_load(struct arena *arena, const struct root *root, const char *path,
               const struct node **node);
/* The same for a file of settings: functions of CloudFormation may stand as tags, and {Ref: Name}
 * becomes the string "ref://Name". Adds to `schemes`. */
bool node_load_settings(struct arena *arena, const struct root *root, const char *path,
                        struct node_schemes *schemes, const struct node **node);
/* Parses a YAML text in memory, which may be any kind of node; NULL means errors were reported. The
 * text needs no terminating NUL. `path` is not copied. */
const struct node *node_parse(struct arena *arena, const char *path, const char *text, size_t len);
/* Returns "; did you mean 'memory'?" for a key that is similar to one of a map, or "". */
const char *node_suggestion(struct arena *arena, const struct node *map, const char *key);
/* Returns a map of one entry, at `pos`. */
struct node *node_pair(struct arena *arena, struct pos pos, const char *key,
                       const struct node *value);
/* Returns a map of two keys to strings, at `pos`. */
const struct node *node_pairs(struct arena *arena, struct pos pos, const char *first,
                              const char *value, const char *second, const char *other);
/* Returns a list of two strings, at `pos`; and a string. */
struct node *node_strings(struct arena *arena, struct pos pos, const char *first,
                          const char *second);
struct node *node_string(struct arena *arena, struct pos pos, const char *text);
/* Returns an empty map, at `pos`; and adds an entry to a map that was made so, or replaces it. */
struct node *node_map(struct arena *arena, struct pos pos);
void node_put(struct arena *arena, struct node *map, const char *key, const struct node *value);
/* Returns a map of the entries of `map`, which may be NULL, to which entries may be added. */
struct node *node_map_copy(struct arena *arena, struct pos pos, const struct node *map);

/* Returns the value under `key`, or NULL. `map` may be NULL or another kind of node, so that
 * lookups chain. */
const struct node *node_get(const struct node *map, const char *key);
/* Returns item `i` of a list; any other value that is set is a single item. NULL behind the last
 * one, and for NULL and null. */
const struct node *node_item(const struct node *node, size_t i);
/* The number of these items. */
size_t node_items(const struct node *node);
/* The text of a scalar that is not null, else NULL; `node` may be NULL. */
const char *node_text(const struct node *node);
/* The name in a string "ref://Name", else NULL; `node` may be NULL. */
const char *node_ref(const struct node *node);
enum reference {
    REFERENCE_NONE,
    REFERENCE_REF,    /* ref://Name: a resource's Ref, or a parameter */
    REFERENCE_ATT,    /* att://Name.Attribute */
    REFERENCE_SUB,    /* sub://text ${Name} ${Name.Attribute} */
    REFERENCE_LAMBDA, /* lambda://app.name: the ARN of its alias `current` */
    REFERENCE_IMPORT, /* import://Export, of another stack */
    REFERENCE_TEXT,   /* text://path: the text of a file; until project.c has read it */
};

/* What a node refers to, and what stands behind the scheme in *rest; REFERENCE_NONE and NULL for
 * any other node. `node` may be NULL. */
enum reference reference_of(const struct node *node, const char **rest);
/* Whether a node is an intrinsic function in its long form: a map of one key, Ref or Fn::... */
bool function_is(const struct node *node);
/* Whether a node is a ref to AWS::NoValue. */
bool node_is_no_value(const struct node *node);
/* Returns the two values of which an Fn::If is one; NULL if the node is something else. */
const struct node *const *function_branches(const struct node *node);
/* Whether CloudFormation gives the value, so that a build does not know it: a function or a
 * reference. `node` may be NULL. */
bool node_dynamic(const struct node *node);
/* Calls `found` for every string "ref://..." in a tree; `node` may be NULL. */
void node_each_ref(const struct node *node,
                   void (*found)(const struct node *ref, const char *name, void *data), void *data);
/* The first string "ref://<name>" in a tree, or NULL; `node` may be NULL. */
const struct node *node_find_ref(const struct node *node, const char *name);
/* Whether a value is set: `node` is neither NULL nor YAML's null. */
bool node_set(const struct node *node);
/* The kind of a node for messages: "a map", "a list", "text", "a number", "a boolean",
 * "nothing". */
const char *node_kind_words(const struct node *node);
/* A value for messages: a scalar in quotes, 'text', or the kind of anything else. */
const char *node_words(struct arena *arena, const struct node *node);

#endif
