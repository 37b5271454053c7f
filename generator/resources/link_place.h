/* link_place.h - where the settings have a name that a template refers to. */
#ifndef RESOURCES_LINK_PLACE_H
#define RESOURCES_LINK_PLACE_H
#include "base/diag.h" /* for struct pos */

struct cfn;
struct link;
struct model;

/* Returns the place of the name of a link; of several links to the same, that of each in its turn.
 * If there is none, returns that of the resource, output or other entry in which it stands.
 * Searches the settings, so it is for messages. */
struct pos link_place(const struct model *model, const struct cfn *cfn, const struct link *link);
/* The same for an argument of the function that makes the link; 0 is the name. */
struct pos link_place_argument(const struct model *model, const struct cfn *cfn,
                               const struct link *link, size_t argument);

#endif
