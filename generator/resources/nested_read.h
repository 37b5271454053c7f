/* nested_read.h - reads nested templates (nested.h). */
#ifndef RESOURCES_NESTED_READ_H
#define RESOURCES_NESTED_READ_H

struct model;
struct nested;
struct node;
struct project;

/* Reads the template that `setting` names, at `path`, and what it names itself, unless that was
 * done before. Returns NULL after reported errors. */
struct nested *nested_read(struct project *project, struct model *model, const struct node *setting,
                           const char *path);

#endif
