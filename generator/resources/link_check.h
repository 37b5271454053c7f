/* link_check.h - checks that each name in the template of resources leads somewhere, and that no
 * resources refer to each other in a circle. */
#ifndef RESOURCES_LINK_CHECK_H
#define RESOURCES_LINK_CHECK_H

struct cfn;
struct model;

/* Checks the links of the template (cfn_link), and reports each error where the settings have the
 * name. A name in the settings that is no resource is a parameter; one in a fragment must be
 * declared. If a transform expands the template, names may be its own: they are not checked, and
 * are no parameters (cfn->expanded). */
void link_check(const struct model *model, struct cfn *cfn);
/* Reports each circle of resources or of conditions, with the place of each step. */
void link_check_circles(const struct model *model, const struct cfn *cfn);

/* All checks of a template to which everything was added: these, its types and conditions. */
void link_check_all(const struct model *model, struct cfn *cfn);

#endif
