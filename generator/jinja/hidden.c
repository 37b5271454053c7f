/* Which names a scope hides. Jinja resolves names when it compiles (idtracking.py). If the first
 * mention of a name in a scope sets it, and no enclosing scope mentions it, then a loop inside that
 * runs before the set sees the name as undefined, even if the caller knows it:
 *
 *   {% for i in [1] %}{{ stage }}{% endfor %}{% set stage = "x" %}   prints nothing
 *
 * A set in a branch of an if does not count, because it may not run. */
#include "jinja/hidden.h"
#include "base/util.h"
#include "jinja/ast.h"

struct names {
    const struct names *outer;
    struct table mentioned;
    struct table *hidden;
    struct arena *arena;
};

static bool is_mentioned(const struct names *n, const char *name)
{
    for (; n; n = n->outer)
        if (table_get(&n->mentioned, name))
            return true;
    return false;
}

static void mention(struct names *n, const char *name)
{
    table_set(n->arena, &n->mentioned, name, (void *)name);
}

static void load_expr(struct names *n, const struct expr *e)
{
    if (!e)
        return;
    if (e->kind == EXPR_NAME && !is_mentioned(n, e->name))
        mention(n, e->name);
    for (size_t i = 0; i < e->count; i++)
        load_expr(n, e->args[i]);
}

static void store(struct names *n, const struct target *t, bool may_hide)
{
    if (t->name) {
        if (may_hide && !is_mentioned(n, t->name))
            table_set(n->arena, n->hidden, t->name, (void *)t->name);
        mention(n, t->name);
    }
    for (size_t i = 0; i < t->count; i++)
        store(n, t->items[i], may_hide);
}

/* Visits the scope's own statements; of a for, only its iterable is evaluated in this scope. */
static void visit(struct names *n, const struct stmt *s, bool in_if)
{
    for (; s; s = s->next) {
        load_expr(n, s->expr);
        if (s->kind == STMT_SET)
            store(n, s->target, !in_if);
        if (s->kind == STMT_IF) {
            visit(n, s->body, true);
            visit(n, s->other, true);
        }
    }
}

static void visit_loops(struct names *outer, struct stmt *s);

static void visit_scope(const struct names *outer, const struct target *target, struct stmt *body,
                        struct table *hidden, struct arena *arena)
{
    struct names n = {.outer = outer, .hidden = hidden, .arena = arena};
    if (target)
        store(&n, target, false);
    visit(&n, body, false);
    visit_loops(&n, body);
}

static void visit_loops(struct names *outer, struct stmt *s)
{
    for (; s; s = s->next) {
        if (s->kind == STMT_IF) {
            visit_loops(outer, s->body);
            visit_loops(outer, s->other);
        } else if (s->kind == STMT_FOR) {
            visit_scope(outer, s->target, s->body, &s->hidden, outer->arena);
            visit_scope(outer, NULL, s->other, &s->hidden_other, outer->arena);
        }
    }
}

void jinja_hide(struct arena *arena, struct stmt *first, struct table *hidden)
{
    visit_scope(NULL, NULL, first, hidden, arena);
}
