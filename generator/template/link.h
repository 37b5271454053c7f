/* link.h - the names that a template's values refer to: by Ref, Fn::GetAtt, Fn::Sub, DependsOn,
 * conditions and mappings. */
#ifndef TEMPLATE_LINK_H
#define TEMPLATE_LINK_H
#include <jansson.h>
#include <stddef.h>

struct arena;

enum link_kind {
    LINK_REF,       /* Ref, or ${Name} of an Fn::Sub */
    LINK_ATT,       /* Fn::GetAtt, or ${Name.Attribute} of an Fn::Sub */
    LINK_DEPENDS,   /* DependsOn */
    LINK_CONDITION, /* {Condition: Name}, Fn::If, and the attribute Condition */
    LINK_MAPPING,   /* Fn::FindInMap */
};

struct link {
    enum link_kind kind;
    const char *section, *from; /* "Resources" and the id of one: where it stands */
    const char *name;           /* to which it leads */
    const char *attribute;      /* of LINK_ATT, if it is a text; else NULL */
    const json_t *keys;         /* of LINK_MAPPING: the arguments, from the mapping on; else NULL */
};

struct links {
    struct arena *arena;
    struct link *list;
    size_t n;
};

/* Returns the next "Name" or "Name.Attribute" in the text of an Fn::Sub from `*rest` on: `*len`
 * bytes, which begin with '!' if this is a literal. CloudFormation ignores blanks around it. Moves
 * `*rest` behind it. NULL at the end. */
const char *link_next_hole(const char **rest, size_t *len);
/* Adds the links of all entries of a section, which stay valid as long as the JSON. */
void links_add(struct links *links, const char *section, const json_t *entries);
/* Calls `found` for each name that a Ref or an Fn::Sub in `value` refers to. */
void link_each_ref(const json_t *value, void (*found)(const char *name, void *data), void *data);

#endif
