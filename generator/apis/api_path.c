#include <string.h>

#include "apis/api_path.h"
#include "base/diag.h"
#include "settings/node.h"

/* A part of paths, behind the parts before it. */
struct api_path_part {
    size_t number;
    const char *variable;   /* the part behind it that is a variable, or NULL */
    const struct node *key; /* where the path with this variable stands */
};

/* [a-zA-Z0-9._:-]+, {name}, or {name+} at the end of a path (API Gateway Developer Guide). */
static bool check_part(const struct node *key, const char *part, bool last)
{
    size_t len = strlen(part);
    const char *set = STR_ALNUM "._:-";
    if (part[0] != '{')
        return (str_is_made_of(part, set) && strspn(part, ".") < len) ||
               diag_error(
                   EXIT_VALUE, key->pos,
                   "'%s' cannot be a part of a path; use letters, digits and . _ : -, or {name}",
                   part);
    bool greedy = len > 3 && part[len - 2] == '+';
    size_t inner = strspn(part + 1, set);
    if (!inner || part[len - 1] != '}' || inner + 2 + greedy != len)
        return diag_error(EXIT_VALUE, key->pos, "'%s' is not {name} or {name+}", part);
    return !greedy || last ||
           diag_error(EXIT_VALUE, key->pos, "'%s' matches the rest of a path, so it must be last",
                      part);
}

/* API Gateway takes one variable at each place: it refuses /a/{x} beside /a/{y}. */
static bool check_variable(struct api_path_part *parent, const struct node *key, const char *part)
{
    if (part[0] != '{' || (parent->variable && strcmp(parent->variable, part) == 0))
        return true;
    if (!parent->variable) {
        parent->variable = part;
        parent->key = key;
        return true;
    }
    diag_error(EXIT_DUPLICATE, key->pos,
               "API Gateway takes one variable at this place of a path, and '%s' is another one "
               "than '%s'; give both one name",
               part, parent->variable);
    diag_note(parent->key->pos, "the other path is here");
    return false;
}

/* Returns the part behind `parent` (NULL: before all), which is added if it is new. */
static struct api_path_part *enter(struct arena *arena, struct api_paths *paths,
                                   const struct api_path_part *parent, const char *part)
{
    const char *name = arena_printf(arena, "%zu/%s", parent ? parent->number : 0, part);
    struct api_path_part *found = table_get(&paths->parts, name);
    if (found)
        return found;
    found = arena_alloc(arena, sizeof *found);
    found->number = paths->parts.count + 1;
    table_set(arena, &paths->parts, name, found);
    return found;
}

static const char *read(struct arena *arena, struct api_paths *paths, const struct node *key)
{
    char *rest = arena_strdup(arena, key->text), *path = arena_alloc(arena, strlen(rest) + 2);
    char *end = path;
    struct api_path_part *parent = enter(arena, paths, NULL, "");
    for (char *part = strtok_r(rest, "/", &rest); part;) {
        char *next = strtok_r(NULL, "/", &rest);
        if (!check_part(key, part, !next) || !check_variable(parent, key, part))
            return NULL;
        parent = enter(arena, paths, parent, part);
        *end++ = '/';
        end = stpcpy(end, part);
        part = next;
    }
    return *path ? path : "/";
}

const char *api_path_read(struct arena *arena, struct api_paths *paths, const struct node *key)
{
    const char *path = read(arena, paths, key);
    const struct node *before = path ? table_set(arena, &paths->seen, path, (void *)key) : NULL;
    if (!before)
        return path;
    diag_error(EXIT_DUPLICATE, key->pos, "the path '%s' stands twice in this api", path);
    diag_note(before->pos, "it is here already");
    return NULL;
}
