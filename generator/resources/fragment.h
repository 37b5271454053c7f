/* fragment.h - `cloudformation:` of the project and its apps: parts of a template in
 * CloudFormation's own words, which become part of the template of resources.
 *
 * Sections, attributes and their forms are those of the CloudFormation User Guide, "Template
 * sections" and "Resource attributes". */
#ifndef RESOURCES_FRAGMENT_H
#define RESOURCES_FRAGMENT_H
#include <stdbool.h>

struct cfn;
struct model;
struct project;

/* An entry of a section: a resource, a parameter, a condition ... */
struct declared {
    const struct node *key;   /* its name */
    const struct node *value; /* what stands under it */
    const char *type;         /* of a resource or a parameter; else NULL */
};

/* Reads and checks the fragments of the project, and notes their resources and parameters in the
 * model; notes files that they name in the project. Returns false after reported errors. */
bool fragments_read(struct project *project, struct model *model);
/* The same for one fragment, or a template of its own. */
bool fragment_read(struct project *project, struct model *model, const struct node *node);
/* Adds the fragments to the template; reports names that something else has already. */
void fragments_write(const struct model *model, struct cfn *cfn);
void fragment_write(const struct node *node, struct cfn *cfn);

#endif
