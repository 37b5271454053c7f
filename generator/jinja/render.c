#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "jinja/ast.h"
#include "jinja/block.h"
#include "jinja/eval.h"
#include "jinja/hidden.h"
#include "jinja/render.h"
#include "jinja/rendering.h"
#include "jinja/scope.h"
#include "jinja/text.h"
#include "jinja/unicode.h"
#include "jinja/value.h"

static bool run(struct jinja *j, const struct stmt *s);

/* Assigns the value, or its items, to the names of the target. */
static bool assign(struct jinja *j, const struct target *t, const struct value *value)
{
    struct value list;
    j->at = t->at;
    if (t->name && value->kind == VALUE_ITERATOR)
        return jinja_fail(j, "storing the result of 'reverse' or 'unique' is not supported");
    if (t->name) {
        scope_set(j, t->name, value);
        return true;
    }
    if (!value_iterate(j, value, &list))
        return false;
    if (list.count != t->count)
        return jinja_fail(j, "this needs exactly %zu values, one for each name", t->count);
    for (size_t i = 0; i < t->count; i++)
        if (!assign(j, t->items[i], &list.items[i]))
            return false;
    return true;
}

static bool run_data(struct jinja *j, const struct stmt *s)
{
    return text_put(j, &j->output, s->text, s->len);
}

static bool run_print(struct jinja *j, const struct stmt *s)
{
    struct value value;
    if (!jinja_eval(j, s->expr, &value))
        return false;
    j->at = s->expr->at;
    if (value.kind == VALUE_UNDEFINED && s->expr->name)
        diag_warning(j->pos, "in this template: '%s' is not defined, and so is empty",
                     s->expr->name);
    return text_str(j, &value, &j->output);
}

static bool run_if(struct jinja *j, const struct stmt *s)
{
    struct value condition;
    return jinja_eval(j, s->expr, &condition) &&
           run(j, value_truth(&condition) ? s->body : s->other);
}

/* Runs the body for one item in a scope of its own: what the body sets is gone afterwards. */
static bool run_turn(struct jinja *j, const struct stmt *s, const struct value *item,
                     const struct loop *loop)
{
    struct scope scope = {.outer = j->scope, .hidden = &s->hidden};
    struct value variable = {.kind = VALUE_LOOP, .loop = loop};
    j->scope = &scope;
    bool ok = assign(j, s->target, item);
    scope_set(j, "loop", &variable);
    ok = ok && jinja_spend(j, 256) && run(j, s->body);
    j->scope = scope.outer;
    return ok;
}

/* Keeps the items for which the loop's `if` is true; it does not see the variable `loop`. */
static bool filter_items(struct jinja *j, const struct stmt *s, struct value *list)
{
    struct value *items = arena_alloc(j->arena, list->count * sizeof *items);
    static const struct table nothing;
    size_t n = 0;
    bool ok = jinja_spend(j, list->count * sizeof *items);
    for (size_t i = 0; ok && i < list->count; i++) {
        struct scope scope = {.outer = j->scope, .hidden = &nothing};
        struct value condition = {0};
        j->scope = &scope;
        ok = assign(j, s->target, &list->items[i]) && jinja_spend(j, 128) &&
             jinja_eval(j, s->filter, &condition);
        j->scope = scope.outer;
        if (value_truth(&condition))
            items[n++] = list->items[i];
    }
    list->items = items;
    list->count = n;
    return ok;
}

static bool run_for(struct jinja *j, const struct stmt *s)
{
    struct value iterable, list;
    if (!jinja_eval(j, s->expr, &iterable))
        return false;
    j->at = s->expr->at;
    if (!value_iterate(j, &iterable, &list) || (s->filter && !filter_items(j, s, &list)))
        return false;
    j->at = s->at;
    j->iterations += list.count;
    if (j->iterations > ITERATIONS_MAX)
        return jinja_fail(j, "the loops have more than 100,000 iterations");
    struct loop loop = {.length = (int64_t)list.count};
    for (size_t i = 0; i < list.count; i++, loop.index0++)
        if (!run_turn(j, s, &list.items[i], &loop))
            return false;
    if (list.count)
        return true;
    struct scope scope = {.outer = j->scope, .hidden = &s->hidden_other};
    j->scope = &scope;
    bool ok = run(j, s->other);
    j->scope = scope.outer;
    return ok;
}

static bool run_set(struct jinja *j, const struct stmt *s)
{
    struct value value;
    return jinja_eval(j, s->expr, &value) && assign(j, s->target, &value);
}

static bool run(struct jinja *j, const struct stmt *s)
{
    static bool (*const runs[])(struct jinja *, const struct stmt *) = {
        [STMT_DATA] = run_data, [STMT_PRINT] = run_print, [STMT_IF] = run_if,
        [STMT_FOR] = run_for,   [STMT_SET] = run_set,
    };
    for (; s; s = s->next) {
        j->at = s->at;
        if (!runs[s->kind](j, s))
            return false;
    }
    return true;
}

/* Converts newlines to \n and removes one at the end, as Jinja's lexer does. */
static char *normalize(struct arena *arena, const char *text)
{
    char *copy = arena_alloc(arena, strlen(text) + 1), *end = copy;
    for (; *text; text++) {
        if (text[0] == '\r' && text[1] == '\n')
            text++;
        *end++ = *text == '\r' ? '\n' : *text;
    }
    if (end > copy && end[-1] == '\n')
        end[-1] = '\0';
    return copy;
}

char *jinja_render(struct arena *arena, const char *text, struct pos pos,
                   json_t *(*lookup)(const char *name, void *data), void *data)
{
    struct jinja j = {.arena = arena, .source = "", .pos = pos, .lookup = lookup, .data = data};
    struct table hidden = {0};
    struct scope scope = {.hidden = &hidden};
    struct stmt *first;
    if (strlen(text) > SOURCE_MAX)
        return jinja_fail(&j, "it is longer than 64 KiB"), NULL;
    if (!unicode_valid(text))
        return jinja_fail(&j, "it is not UTF-8"), NULL;
    j.at = j.source = normalize(arena, text);
    if (!jinja_parse(&j, &first))
        return NULL;
    jinja_hide(arena, first, &hidden);
    j.scope = &scope;
    bool ok = run(&j, first);
    char *result = ok ? arena_strndup(arena, j.output.data, j.output.len) : NULL;
    buf_free(&j.output);
    return result;
}
