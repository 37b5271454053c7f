#include <string.h>

#include "apis/route_path.h"
#include "base/util.h"

/* What may stand in a part without an escape (RFC 3986, "pchar"). */
#define PART_SIGNS STR_ALNUM "-._~!$&'()*+,;=:@%"

static bool check_variable(struct pos pos, const char *part, bool last)
{
    size_t len = strlen(part);
    bool greedy = len > 3 && part[len - 2] == '+';
    size_t inner = strspn(part + 1, STR_ALNUM "._:-");
    if (!inner || part[len - 1] != '}' || inner + 2 + greedy != len)
        return diag_error(EXIT_VALUE, pos, "'%s' is not {name} or {name+}", part);
    return !greedy || last ||
           diag_error(EXIT_VALUE, pos, "'%s' matches the rest of a path, so it must be last", part);
}

static bool check_part(struct pos pos, const char *part, bool last)
{
    if (*part == '{')
        return check_variable(pos, part, last);
    if (!*part)
        return last || diag_error(EXIT_VALUE, pos, "a path has no empty part; write one '/' there");
    return str_is_made_of(part, PART_SIGNS) ||
           diag_error(EXIT_VALUE, pos,
                      "'%s' cannot be a part of a path; use letters, digits and - . _ ~, or {name}",
                      part);
}

/* Whether a variable of the path before `part` has the name of `part`, a variable. */
static bool has_variable(const char *path, const char *part, const char *end)
{
    size_t len = strcspn(part, "+}");
    for (const char *at = path; at < end; at += strcspn(at, "/") + 1)
        if (strcspn(at, "+}") == len && strncmp(at, part, len) == 0)
            return true;
    return false;
}

bool route_path_check(struct arena *arena, struct pos pos, const char *path)
{
    bool ok =
        *path == '/' || diag_error(EXIT_VALUE, pos, "a path begins with '/', unlike '%s'", path);
    for (const char *at = path + 1; ok; at = strchr(at, '/') + 1) {
        const char *part = arena_strndup(arena, at, strcspn(at, "/"));
        bool last = !strchr(at, '/');
        ok = check_part(pos, part, last);
        if (ok && *part == '{' && has_variable(path + 1, part, at))
            ok = diag_error(EXIT_VALUE, pos, "two variables of this path have the name of '%s'",
                            part);
        if (last)
            break;
    }
    return ok;
}

const char *route_path_meaning(struct arena *arena, const char *path)
{
    struct buf text = {0};
    while (*path) {
        size_t len = strcspn(path, "{");
        buf_add(&text, path, len);
        path += len;
        len = strcspn(path, "}");
        if (*path)
            buf_adds(&text, len && path[len - 1] == '+' ? "{+" : "{");
        path += len;
    }
    buf_adds(&text, "");
    return buf_text(arena, &text);
}
