/* cfn.h - a template under construction, and templates as files.
 *
 * A function that returns json_t * returns a new reference; one that takes json_t * steals it,
 * unless it is const. */
#ifndef TEMPLATE_CFN_H
#define TEMPLATE_CFN_H
#include <jansson.h>
#include <stdbool.h>

#include "base/diag.h"      /* for struct pos */
#include "base/util.h"      /* for struct table */
#include "template/link.h"  /* for struct links */
#include "template/value.h" /* for the values in a template */

struct cfn {
    struct arena *arena;
    json_t *parameters, *resources, *outputs;
    json_t *sections;           /* of fragments: "Mappings" and so on, to their entries */
    json_t *transforms;         /* a list */
    json_t *description;        /* or NULL */
    struct links links;         /* of all entries, once cfn_link was called */
    struct table declared;      /* parameters that a fragment declares, to the struct pos */
    struct table expanded;      /* names that a transform may make: they are no parameters */
    struct table places;        /* logical id to the struct pos that asked for it */
    struct table output_places; /* name to the struct pos that asked for it */
    struct table pairs;         /* of places that asked for the same logical id */
    struct table reserved;      /* names of Gordon's own parameters, to the struct pos that asked */
    struct table origins;       /* "from name" of links to struct cfn_origin */
    /* While it is set, what is added exists only if this condition is true. */
    const char *condition;
    struct table conditional; /* logical ids that were added so, to the condition */
    struct table named;       /* names of things in AWS, to the struct pos that gave them */
    struct table typed;       /* parameters of another type than String, to struct cfn_typed */
};

void cfn_init(struct cfn *cfn, struct arena *arena);
void cfn_release(struct cfn *cfn);
/* Adds a resource, for which `pos` asked. Reports an error if another resource has this id (with
 * both places), or a parameter of Gordon's own, or if the id is too long. */
void cfn_add(struct cfn *cfn, struct pos pos, const char *id, json_t *resource);
/* Notes the name (a value in a template) that the settings give to one of `what`, "functions", at
 * `pos`. If it has been given before, reports an error with both places, and returns false. */
bool cfn_named(struct cfn *cfn, struct pos pos, const char *what, const json_t *name);
/* Adds an output, for which `pos` asked. Reports an error, with both places, if another output has
 * this name. */
void cfn_output(struct cfn *cfn, struct pos pos, const char *name, json_t *output);
/* Adds a parameter that a fragment declares. It may be Stage or Region, but no other one of
 * Gordon's own. */
void cfn_declare(struct cfn *cfn, struct pos pos, const char *name, json_t *parameter);
/* Adds an entry to another section of the template, and a transform. */
void cfn_section(struct cfn *cfn, const char *section, const char *name, json_t *entry);
void cfn_transform(struct cfn *cfn, json_t *transform);
/* Puts a value (stolen) of Gordon's own into the Metadata, as Gordon.<key>. */
void cfn_metadata(struct cfn *cfn, const char *key, json_t *value);
void cfn_put_metadata(json_t *template, const char *key, json_t *value);
/* Reserves the name for a parameter of Gordon's own; an error if a resource has it. */
void cfn_reserve(struct cfn *cfn, struct pos pos, const char *name);
/* Declares a parameter of another type than String, and counts one Ref to it, at `pos`. An error if
 * the parameter has another type already. */
void cfn_parameter(struct cfn *cfn, struct pos pos, const char *name, const char *type);
/* Where settings made resource `from` refer to resource `name`, and what ends a circle of which
 * this is a part. Several links may share one. */
struct cfn_origin {
    struct pos pos;
    const char *advice;
    bool reported;
};
void cfn_origin(struct cfn *cfn, const char *from, const char *name, struct cfn_origin *origin);
/* Returns it, or NULL. */
struct cfn_origin *cfn_origin_of(const struct cfn *cfn, const struct link *link);
/* Finds the links of all that was added, for what follows. */
void cfn_link(struct cfn *cfn);
/* Reports each parameter that has the name of a resource, and each one of another type than String
 * to which the template has more Refs than were counted. */
void cfn_check_types(struct cfn *cfn);
/* Returns the declaration of a String parameter, with description and default if it is Gordon's
 * own. */
json_t *cfn_known_parameter(const char *name);
/* Returns the whole template, which declares every parameter that anything in it refers to. Calls
 * cfn_link if nobody has. */
json_t *cfn_template(struct cfn *cfn);

/* Whether a template hides the value of this parameter (NoEcho). */
bool cfn_hides(const json_t *template, const char *parameter);
/* The string under a key of an object, or "". */
const char *cfn_text(const json_t *object, const char *key);
/* Returns JSON as text with sorted keys and `flags` of json_dumps; NULL if json_dumps fails. The
 * caller frees it. Numbers with a fraction have enough digits to read back as the same numbers. */
char *cfn_dump(const json_t *json, size_t flags);
/* Returns the first 8 hexadecimal digits, in capitals, of the SHA-256 of JSON: a part of a logical
 * id, in `arena`. NULL, for a value that is wrong, has another digest each time. */
const char *cfn_digest(struct arena *arena, const json_t *json);
/* Reads a file of JSON (new) with `flags` of json_loadb; NULL with the reason in error->text. */
json_t *cfn_read(const char *path, size_t flags, json_error_t *error);
/* Print JSON (stolen) on standard output, for `--json`: with sorted keys on several lines, or as it
 * is on one line. Return false if it is NULL or cannot be dumped. process_check_output reports that
 * it could not be written. */
bool cfn_print(json_t *json);
bool cfn_print_line(json_t *json);
/* Returns JSON as the text of a template's file: sorted keys, four spaces, no line end after it.
 * The caller frees it. If it cannot be written as JSON, the program ends with an error about
 * `path`. */
char *cfn_file_text(const char *path, const json_t *json);
/* Write such a text, or that of `json`, and a line end, only if the file differs; false after an
 * error, which is reported. */
bool cfn_write(const char *path, const json_t *json);
bool cfn_write_text(const char *path, const char *text);

#endif
