/* nested.h - templates of the project that are stacks of their own in its stack
 * (AWS::CloudFormation::Stack), and may have files and templates of their own, as for
 * `aws cloudformation package`.
 *
 * A nested template is checked as a fragment is. Its text is an artifact. Where it takes an
 * artifact itself, it gets the name of the bucket by a parameter, which its parent passes: so the
 * text, and with it its name in the bucket, is the same in every stage. */
#ifndef RESOURCES_NESTED_H
#define RESOURCES_NESTED_H
#include <stdbool.h>
#include <stddef.h>

struct artifact;
struct cfn;
struct entry;
struct model;
struct node;
struct project;

/* The parameter of nested templates with the name of the code bucket. */
#define NESTED_BUCKET "GordonCodeBucket"

struct nested {
    const char *path;           /* as messages show it */
    const char *name;           /* of the artifact; or NULL before that is known */
    const char *text;           /* or NULL: it could not be read, or is being read */
    const char *needs;          /* its capabilities, with a blank between two */
    bool takes_bucket;          /* it has the parameter NESTED_BUCKET */
    bool transformed;           /* a transform expands it */
    const struct node *map;     /* the whole template, as it is in the file */
    const struct node *place;   /* the path in the settings, while it is being read; else NULL */
    struct nested *around;      /* the template in which that stands; or NULL */
    int depth;                  /* 1 if there is none around it */
    const struct table *places; /* of its resources */
};

/* A resource of a model that has such a template. */
struct nested_stack {
    const char *id;              /* as it is written */
    const struct nested *nested; /* its template */
    const struct node *setting;  /* where that is named */
    const struct node *given;    /* its Parameters as they are written; or NULL */
    bool set;                    /* it is a StackSet */
};

/* Notes a stack of the model, and adds the parameter of the bucket to its properties if the
 * template needs it. Returns false after a reported error. */
bool nested_use(struct model *model, struct entry *properties, struct nested_stack stack);
/* Checks that each stack gives its template the parameters that this needs, and no others, once all
 * is read. Returns false after reported errors. */
bool nested_check_parameters(const struct model *model);
/* Turns an AWS::Serverless::Application with a template of the project into the
 * AWS::CloudFormation::Stack that SAM makes of it: SAM takes only a literal URL. */
void nested_make_stack(struct model *model, const struct entry *resource);
/* Adds what capabilities_of wants to know to the template's Metadata. */
void nested_write(const struct model *model, struct cfn *cfn);

#endif
