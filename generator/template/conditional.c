#include <string.h>

#include "base/util.h"
#include "template/cfn.h"
#include "template/conditional.h"

/* A resource or an output without a condition, whose references are visited. */
struct unconditional {
    struct cfn *cfn;
    const char *id;
    const struct table *places;
};

static void check_reference(const struct unconditional *u, const char *name)
{
    const char *condition = table_get(&u->cfn->conditional, name);
    if (!condition)
        return;
    const struct pos *place = table_get(u->places, u->id);
    diag_error(EXIT_RESOURCE, place ? *place : (struct pos){0},
               "this refers to '%s', which exists only if the condition '%s' is true; give it the "
               "same condition",
               name, condition);
    diag_note(*(const struct pos *)table_get(&u->cfn->places, name), "it is made here");
}

static void check_references(const json_t *value, const struct unconditional *u)
{
    size_t i;
    const char *key;
    json_t *child;
    json_array_foreach((json_t *)value, i, child)
        check_references(child, u);
    json_object_foreach((json_t *)value, key, child) {
        if (strcmp(key, "Fn::If") == 0)
            continue;
        if (strcmp(key, "Ref") == 0 && json_is_string(child))
            check_reference(u, json_string_value(child));
        else if (strcmp(key, "Fn::GetAtt") == 0 && json_is_string(json_array_get(child, 0)))
            check_reference(u, json_string_value(json_array_get(child, 0)));
        check_references(child, u);
    }
}

void conditional_check(struct cfn *cfn)
{
    struct unconditional u = {cfn, NULL, &cfn->places};
    json_t *value;
    if (!cfn->conditional.count)
        return;
    json_object_foreach(cfn->resources, u.id, value)
        if (!json_object_get(value, "Condition"))
            check_references(json_object_get(value, "Properties"), &u);
    u.places = &cfn->output_places;
    json_object_foreach(cfn->outputs, u.id, value)
        if (!json_object_get(value, "Condition"))
            check_references(value, &u);
}
