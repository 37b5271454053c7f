#include <string.h>

#include "base/util.h"
#include "jinja/rendering.h"
#include "jinja/scope.h"
#include "jinja/value.h"

struct variable {
    struct variable *next;
    const char *name;
    struct value value;
};

void scope_set(struct jinja *j, const char *name, const struct value *value)
{
    struct variable **v = &j->scope->variables;
    while (*v && strcmp((*v)->name, name) != 0)
        v = &(*v)->next;
    if (!*v) {
        *v = arena_alloc(j->arena, sizeof **v);
        (*v)->name = name;
    }
    (*v)->value = *value;
}

/* The caller's value; lookup is called once per name. */
static bool ask(struct jinja *j, const char *name, struct value *out)
{
    struct value *known = table_get(&j->known, name);
    if (!known) {
        known = arena_alloc(j->arena, sizeof *known);
        known->kind = VALUE_UNDEFINED;
        json_t *json = j->lookup(name, j->data);
        bool ok = !json || value_from_json(j, json, known);
        json_decref(json);
        if (!ok)
            return false;
        table_set(j->arena, &j->known, name, known);
    }
    *out = *known;
    return true;
}

bool scope_get(struct jinja *j, const char *name, struct value *out)
{
    *out = (struct value){.kind = VALUE_UNDEFINED};
    for (const struct scope *s = j->scope; s; s = s->outer) {
        for (const struct variable *v = s->variables; v; v = v->next)
            if (strcmp(v->name, name) == 0) {
                *out = v->value;
                return true;
            }
        if (table_get(s->hidden, name))
            return true;
    }
    return ask(j, name, out);
}
