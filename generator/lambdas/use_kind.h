/* use_kind.h - the kinds of resources that a lambda can use, and what each access allows: the table
 * behind `uses` of a lambda and its section in docs/settings.md. */
#ifndef LAMBDAS_USE_KIND_H
#define LAMBDAS_USE_KIND_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

enum { USE_ACTIONS_MAX = 12, USE_GRANTS_MAX = 3, USE_ACCESSES_MAX = 3, USE_TYPES_MAX = 5 };

/* Actions on one part of a resource. */
#define USE_ANYTHING "*"

struct use_grant {
    /* What follows the ARN, as the objects of a bucket do; "" for itself; USE_ANYTHING for actions
     * that IAM does not limit to resources. */
    const char *part;
    const char *actions[USE_ACTIONS_MAX]; /* without the service; NULL at the end */
};

struct use_access {
    const char *name;
    struct use_grant grants[USE_GRANTS_MAX];
    /* Actions of KMS on the key with which the resource is encrypted. */
    const char *kms[USE_ACTIONS_MAX];
};

/* What a lambda's variable is, if the settings give the ARN or the name of a resource. */
enum use_variable {
    USE_NAME,
    USE_ARN,
    USE_URL,
    USE_GIVEN, /* as the settings give it: the service takes both */
};

struct use_kind {
    const char *name, *words; /* "table", "a table" */
    const char *service;      /* of ARNs and actions */
    const char *where;        /* region and account in its ARN */
    const char *resource;     /* what stands before the name in its ARN */
    const char *signs;        /* of names, besides letters and digits */
    enum use_variable variable;
    const char *key; /* the property that names a key of KMS, at any depth; or NULL */
    const char *types[USE_TYPES_MAX];
    struct use_access accesses[USE_ACCESSES_MAX];
};

/* The table, of *n kinds. */
const struct use_kind *use_kinds(size_t *n);
/* Return the kind with this name, of this type of CloudFormation, and of this ARN, or NULL. */
const struct use_kind *use_kind_named(const char *name);
const struct use_kind *use_kind_of_type(const char *type);
const struct use_kind *use_kind_of_arn(const char *arn);
/* The name in an ARN of the kind, which may be "/a/b" for a parameter; NULL if it is no such ARN.
 */
const char *use_kind_arn_name(const struct use_kind *kind, const char *arn);
/* Returns the access of this name, or NULL. */
const struct use_access *use_access_named(const struct use_kind *kind, const char *name);
#define USE_API         "api"
#define USE_CONNECTIONS "manage-connections"
#define USE_READ_WRITE  "read-write"
/* Whether the kind has "read-write", which stands for both. */
bool use_kind_reads_and_writes(const struct use_kind *kind);
/* Return "table, bucket, ... or lambda", and the accesses of a kind, "read, write or read-write".
 */
const char *use_kinds_words(struct arena *arena);
const char *use_accesses_words(struct arena *arena, const struct use_kind *kind);

#endif
