/* cfn.h - CloudFormation's words: intrinsic functions, and a template that is being made.
 *
 * A function that returns json_t * gives a new reference; one that takes json_t * steals it. */
#ifndef TEMPLATE_CFN_H
#define TEMPLATE_CFN_H
#include <jansson.h>
#include <stdbool.h>

#include "base/diag.h" /* for struct pos */
#include "base/util.h" /* for struct table */

struct node;

json_t *cfn_ref(const char *name);
json_t *cfn_att(const char *id, const char *attribute);
/* Fn::Sub over `text`, whose ${...} CloudFormation fills in. */
json_t *cfn_sub(const char *text);
/* Fn::Join of the items of the list `parts`. */
json_t *cfn_join(const char *separator, json_t *parts);
/* The document that lets an AWS service, such as lambda.amazonaws.com, take a role. */
json_t *cfn_assume_role(const char *service);
/* A value of the settings as JSON, with "ref://Name" at any depth turned into what `ref` makes of
 * Name. NULL for NULL and YAML's null; NULL also after an error that was reported. */
json_t *cfn_convert(const struct node *node, json_t *(*ref)(const char *name));
/* cfn_convert with cfn_ref: the way into CloudFormation templates. */
json_t *cfn_value(const struct node *node);
/* Whether a parameter can have this name; reports it at `pos` if not. */
bool cfn_check_ref(struct pos pos, const char *name);

struct cfn {
    struct arena *arena;
    json_t *parameters, *resources, *outputs;
    struct table places;   /* id to the struct pos that asked for it */
    struct table reserved; /* names of Gordon's own parameters, to the struct pos that asked */
    struct table typed;    /* parameters of another type than String, to struct cfn_typed */
};

void cfn_init(struct cfn *cfn, struct arena *arena);
void cfn_release(struct cfn *cfn);
/* Adds a resource; a second one with this id is an error that names both places. */
bool cfn_add(struct cfn *cfn, struct pos pos, const char *id, json_t *resource);
void cfn_output(struct cfn *cfn, const char *name, json_t *output);
/* Says that Gordon itself has a parameter of this name; one that a resource has is an error. */
bool cfn_reserve(struct cfn *cfn, struct pos pos, const char *name);
/* Notes one Ref, which `pos` asked for, to a parameter of another type than String. One parameter
 * with two types is an error, and cfn_check_types finds those that are referred to elsewhere. */
bool cfn_parameter(struct cfn *cfn, struct pos pos, const char *name, const char *type);
bool cfn_check_types(struct cfn *cfn);
/* The declaration of a parameter of type String, with what is known of Gordon's own ones. */
json_t *cfn_known_parameter(const char *name);
/* The whole template, with every parameter declared that something in it refers to. */
json_t *cfn_template(struct cfn *cfn);

/* Calls `found` with each name that a Ref or an Fn::Sub in `value` refers to. */
void cfn_each_ref(const json_t *value, void (*found)(const char *name, void *data), void *data);
/* Whether a template hides the value of this parameter (NoEcho). */
bool cfn_hides(const json_t *template, const char *parameter);
/* The string under a key of an object, or "". */
const char *cfn_text(const json_t *object, const char *key);
/* JSON as a text that the caller frees, with sorted keys and `flags` of json_dumps; a number with a
 * fraction has as many digits as it takes to be the same number when it is read. */
char *cfn_dump(const json_t *json, size_t flags);
/* Prints JSON (stolen) on standard output, for `--json`; false when it is none. */
bool cfn_print(json_t *json);
/* The text of a file of JSON, as templates are written: sorted keys, four spaces, and no line end.
 * The caller frees it; what JSON does not take ends the program, and says that of `path`. */
char *cfn_file_text(const char *path, const json_t *json);
/* Writes JSON so, or such a text, only when it differs; false after an error. */
bool cfn_write(const char *path, const json_t *json);
bool cfn_write_text(const char *path, const char *text);

#endif
