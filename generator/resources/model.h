/* model.h - the resources of a project, read and checked.
 *
 * A kind of resource is one struct kind: its key in settings.yml, how an entry under the key is
 * read, and how it is written into the steps. The table of kinds is in kinds/kinds.c. */
#ifndef RESOURCES_MODEL_H
#define RESOURCES_MODEL_H
#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"           /* for struct table */
#include "resources/transform.h" /* for struct transforms */

struct api_domain;
struct app;
struct artifacts;
struct bundle;
struct lambda_parts;
struct nested;
struct node;
struct project;
struct resource;
struct steps;

struct model {
    struct arena *arena;
    const struct project *project;
    struct resource **resources; /* by kind, then by app, then in the order of the file */
    size_t count;
    struct table lambdas;    /* "app.name", or "name" in the project, to struct lambda */
    struct table defaults;   /* of lambdas: an app's name to its struct node */
    struct table ids;        /* short ids of lambdas, to struct lambda */
    struct table grants;     /* the same, to what their roles need, see lambda_grant.h */
    struct bundle **bundles; /* what is packed, in the order of the resources */
    size_t nbundles;
    struct table declared;       /* entries of fragments, "Resources.Orders" to struct declared */
    struct artifacts *artifacts; /* files that fragments name */
    const char *bucket;          /* the parameter with the bucket for them */
    bool takes_bucket;           /* whether one of them is in this template */
    struct nested *template;     /* of which this is the model; or NULL */
    struct nested_stack *stacks; /* its stacks of templates of the project, see nested.h */
    size_t nstacks;
    struct table mappings;       /* what they read for which lambda, to struct resource */
    struct table api_ids;        /* ids of APIs, and their beginnings, to struct resource */
    struct table documents;      /* "app/kind/name" of an API to its OpenAPI, a struct node */
    struct api_domain **domains; /* domain names of APIs, see api_domain.h */
    size_t ndomains;
    struct transforms transforms; /* of the template, and what needs them */
    const char **modules;         /* ids of modules of fragments */
    size_t nmodules;
    bool has_macro;                            /* of the fragment that is being read */
    bool transformed;                          /* a transform expands the template */
    struct table zips;                         /* their zip_key, to struct bundle */
    struct table layers;                       /* as `lambdas`, to struct layer */
    const struct lambda *version;              /* of gordon.contrib.lambdas, or NULL */
    const struct lambda *sleep;                /* of gordon.contrib.helpers, or NULL */
    const struct lambda *bucket_notifications; /* of gordon.contrib.s3, or NULL */
};

struct kind {
    const char *key;   /* in settings.yml */
    bool project_only; /* apps do not have it */
    const void *own;   /* what kinds that share functions tell these, or NULL */
    /* Called once, before all entries are read; false after errors. Or NULL. */
    bool (*begin)(struct model *model);
    /* Reads one entry into resource->data, false after errors; NULL for a kind without reader. */
    bool (*read)(struct model *model, struct resource *resource);
    /* Adds it to the templates, or reports errors; NULL for a kind that others only look up. */
    void (*write)(const struct model *model, const struct resource *resource, struct steps *steps);
    /* Adds what the role of a lambda needs for this entry (lambda_grant.h), or NULL. */
    void (*grant)(const struct resource *resource, struct lambda_parts *parts);
};

struct resource {
    const struct kind *kind;
    const struct app *app;
    const char *name;
    const struct node *key;      /* where the name stands */
    const struct node *settings; /* what stands under it; may be null */
    void *data;                  /* the kind's own */
};

/* Whether a resource is of the kind that has this key in settings.yml. */
bool resource_is(const struct resource *resource, const char *key);
/* Returns "app.name", or "name" if it is the project's own. */
const char *resource_reference(struct arena *arena, const struct resource *resource);
/* Returns the part of logical ids that is made of a resource's name. If the name has no letter or
 * digit, reports an error and returns NULL. */
const char *resource_id(const struct model *model, const struct resource *resource);
/* The same, after the app's name: two apps may give the same name to such resources. */
const char *resource_app_id(const struct model *model, const struct resource *resource);

struct model *model_new(const struct project *project);
/* Reads all resources of the `n` kinds, kind by kind; false after errors. */
bool model_read(struct model *model, const struct kind *const *kinds, size_t n);
/* Returns an entry of a section of the fragments (fragment.h), such as "Resources" and "Orders"; or
 * NULL. */
const struct declared *model_declared(const struct model *model, const char *section,
                                      const char *name);

#endif
