#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/alias.h"
#include "base/diag.h"
#include "base/say.h"
#include "base/status_line.h"
#include "base/util.h"
#include "deploy/deployed.h"
#include "deploy/deployment.h"
#include "deploy/move.h"
#include "deploy/rollback.h"
#include "lambdas/lambda.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/cfn.h"

static const struct pos nowhere = {0};

/* --- what is to be moved ------------------------------------------------------------------ */

struct move {
    const struct lambda *lambda;
    const char *from; /* the version that `current` points to */
    long to;          /* 0: there is no such version, and the alias stays */
    long newest;
    bool done;
};

/* Returns the number of a version; 0 for $LATEST. */
static long number_of(const char *version)
{
    return strtol(version, NULL, 10);
}

static bool is_there(const struct move *move)
{
    return move->to == number_of(move->from);
}

struct moves {
    struct deployment *d;
    const struct move_options *options;
    struct deployed deployed;
    struct move *list;
    struct alias *aliases; /* of the list */
    size_t n;
};

/* Adds a lambda, unless it was added before. */
static void add_move(struct moves *m, const struct lambda *lambda)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->list[i].lambda == lambda)
            return;
    const struct move move = {.lambda = lambda};
    array_push(m->d->arena, m->list, m->n, move);
}

static bool add_named(struct moves *m, const struct model *model)
{
    bool ok = true;
    for (size_t i = 0; i < m->options->n; i++) {
        const struct node name = {.text = m->options->lambdas[i],
                                  .pos = {.file = m->d->project->file}};
        const struct lambda *lambda = lambda_find(model, &name);
        if (lambda)
            add_move(m, lambda);
        ok = ok && lambda;
    }
    return ok;
}

/* Adds all lambdas but those of Gordon's contrib apps: these are moved only if they are named. */
static bool add_all(struct moves *m, const struct model *model)
{
    for (size_t i = 0; i < model->count; i++) {
        const struct lambda *lambda = lambda_of(model->resources[i]);
        if (lambda && !lambda->app->contrib)
            add_move(m, lambda);
    }
    return m->n || diag_error(EXIT_NOT_FOUND, (struct pos){.file = m->d->project->file},
                              "the project has no lambda of its own");
}

/* Refuses a stack that another operation changes, because that may move aliases too. */
static bool check_stack(const struct moves *m)
{
    const struct deployed_stack *stack = &m->deployed.stacks[DEPLOYED_RESOURCES];
    if (!stack->json)
        return diag_error(EXIT_NOT_FOUND, nowhere,
                          "the stack %s is not in %s; gordon apply --stage %s makes it",
                          stack->name, m->d->region, m->d->stage);
    if (!str_ends(stack->status, "_IN_PROGRESS") || str_ends(stack->status, "_CLEANUP_IN_PROGRESS"))
        return true;
    return diag_error(EXIT_STACK_BUSY, nowhere,
                      "stack %s is %s: another operation changes it; roll back when that has "
                      "finished",
                      stack->name, stack->status);
}

/* Finds the functions. A lambda that is not applied is an error if it was named, and is left out
 * otherwise. */
static bool find_functions(struct moves *m)
{
    const char *stack = m->deployed.stacks[DEPLOYED_RESOURCES].name;
    size_t n = m->n;
    bool ok = true;
    m->aliases = arena_alloc(m->d->arena, n * sizeof *m->aliases);
    m->n = 0;
    for (size_t i = 0; i < n; i++) {
        const struct lambda *lambda = m->list[i].lambda;
        const char *function = deployed_physical(&m->deployed, lambda->id);
        if (!function && m->options->n)
            ok = diag_error(EXIT_NOT_FOUND, nowhere, "the lambda '%s' is not in the stack %s",
                            lambda->reference, stack);
        if (!function)
            continue;
        m->aliases[m->n] = (struct alias){.function = function};
        m->list[m->n++] = m->list[i];
    }
    return ok && (m->n || diag_error(EXIT_NOT_FOUND, nowhere,
                                     "the stack %s has none of the project's lambdas", stack));
}

/* --- where to ----------------------------------------------------------------------------- */

static const char *list_words(struct arena *arena, const long *versions, size_t n)
{
    enum { SHOWN = 10 }; /* the last ones */
    const char *words = n > SHOWN ? "..., " : "";
    for (size_t i = n > SHOWN ? n - SHOWN : 0; i < n; i++)
        words = arena_printf(arena, "%s%ld%s", words, versions[i], i + 1 < n ? ", " : "");
    return words;
}

/* Returns the version asked for, or the highest below `from`; 0 if there is none. */
static long choose(const char *to, long from, const long *versions, size_t n)
{
    long chosen = 0, wanted = to ? number_of(to) : 0;
    if (to && strcmp(to, MOVE_NEWEST) == 0)
        return n ? versions[n - 1] : 0;
    for (size_t i = 0; i < n; i++)
        if (to ? versions[i] == wanted : versions[i] < from)
            chosen = versions[i];
    return chosen;
}

static bool plan_one(struct moves *m, struct move *move, const struct alias *alias)
{
    const char *name = move->lambda->reference, *to = m->options->to;
    size_t n;
    const long *versions = alias_versions(&m->d->aws, alias->function, &n);
    if (!versions)
        return false;
    if (!alias->version)
        return diag_error(EXIT_NOT_FOUND, nowhere,
                          "the lambda '%s' has no alias 'current'; somebody else deleted it", name);
    long from = number_of(alias->version);
    move->from = alias->version;
    move->newest = n ? versions[n - 1] : 0;
    move->to = choose(to, from ? from : LONG_MAX, versions, n); /* $LATEST is above all */
    if (move->to || (!to && !m->options->n))
        return true;
    if (to)
        return diag_error(EXIT_NOT_FOUND, nowhere, "the lambda '%s' has no version %s; there %s %s",
                          name, to, n == 1 ? "is" : "are", list_words(m->d->arena, versions, n));
    return diag_error(EXIT_NOT_FOUND, nowhere,
                      "the lambda '%s' is at version %s, and there is none before it", name,
                      alias->version);
}

static bool plan(struct moves *m)
{
    bool ok = alias_read(&m->d->aws, m->aliases, m->n), any = false;
    for (size_t i = 0; ok && i < m->n; i++) {
        ok = plan_one(m, &m->list[i], &m->aliases[i]);
        any = any || m->list[i].to;
    }
    return ok && (any || diag_error(EXIT_NOT_FOUND, nowhere,
                                    "every lambda of the stage '%s' is at its first version",
                                    m->d->stage));
}

/* --- marks -------------------------------------------------------------------------------- */

/* Writes and deletes marks, so that they are right for the lambdas in the list. */
static bool settle_marks(struct moves *m)
{
    struct arena *arena = m->d->arena;
    struct rollback *marks, *old = NULL, *new = NULL;
    size_t n, nold = 0, nnew = 0;
    if (!m->deployed.bucket)
        return diag_error(EXIT_NOT_FOUND, nowhere, "the stack %s is not there",
                          m->deployed.stacks[DEPLOYED_PROJECT].name);
    rollback_read(arena, m->deployed.listing, &marks, &n);
    for (size_t i = 0; i < m->n; i++) {
        const struct move *move = &m->list[i];
        const struct rollback mark = {.id = move->lambda->id,
                                      .function = m->aliases[i].function,
                                      .version = move->done ? move->to : number_of(move->from),
                                      .newest = move->newest};
        bool missing = mark.version && mark.version < mark.newest;
        for (size_t k = 0; k < n; k++) {
            if (strcmp(marks[k].id, mark.id) != 0)
                continue;
            if (missing && strcmp(rollback_key(arena, &mark), marks[k].key) == 0)
                missing = false;
            else
                array_push(arena, old, nold, marks[k]);
        }
        if (missing)
            array_push(arena, new, nnew, mark);
    }
    return rollback_forget(&m->d->aws, m->deployed.bucket, old, nold) &&
           rollback_write(&m->d->aws, m->deployed.bucket, new, nnew);
}

/* --- output ------------------------------------------------------------------------------- */

static int name_width(const struct moves *m)
{
    int width = 0;
    for (size_t i = 0; i < m->n; i++) {
        int len = (int)str_characters(m->list[i].lambda->reference);
        width = len > width ? len : width;
    }
    return width;
}

static void print_move(const struct moves *m, size_t i)
{
    const struct move *move = &m->list[i];
    const char *name = say_word(move->lambda->reference), *to = " already";
    const char *before = m->options->dry_run ? "" : "  ";
    if (!move->to)
        to = ", and none before it";
    else if (!is_there(move))
        to = arena_printf(m->d->arena, " -> %ld", move->to);
    say(stdout, "  %s%s%*s  %s%s", move->done ? "✓ " : before, name,
        name_width(m) - (int)str_characters(name), "", move->from, to);
}

static void print_plan(const struct moves *m)
{
    printf("Would move current:\n");
    for (size_t i = 0; i < m->n; i++)
        print_move(m, i);
    printf("Nothing was moved; leave out --dry-run to do it.\n");
}

static bool print_json(const struct moves *m)
{
    json_t *lambdas = json_array();
    for (size_t i = 0; i < m->n; i++) {
        const struct move *move = &m->list[i];
        json_t *to = move->to ? json_sprintf("%ld", move->to) : json_null();
        json_array_append_new(lambdas,
                              json_pack("{s:s, s:s, s:s, s:o, s:b}", "lambda",
                                        move->lambda->reference, "function", m->aliases[i].function,
                                        "from", move->from, "to", to, "moved", move->done));
    }
    return cfn_print(json_pack("{s:s, s:s, s:o}", "stage", m->d->stage, "region", m->d->region,
                               "lambdas", lambdas));
}

/* --- moving ------------------------------------------------------------------------------- */

static bool move_one(struct moves *m, size_t i)
{
    struct move *move = &m->list[i];
    if (move->to && !is_there(move))
        move->done = alias_move(&m->d->aws, m->aliases[i].function, move->to);
    return move->done || !move->to || is_there(move);
}

static bool move_all(struct moves *m)
{
    bool ok = true, done = false, tells = !m->options->json;
    if (tells)
        printf("Moving current...\n");
    for (size_t i = 0; ok && i < m->n; i++) {
        ok = move_one(m, i);
        done = done || m->list[i].done;
        if (ok && tells)
            print_move(m, i);
    }
    bool settled = settle_marks(m);
    if (!settled && done)
        diag_note(nowhere,
                  "current was moved, but gordon apply and gordon status may not know about it");
    return ok && settled;
}

bool move_run(struct deployment *d, const struct model *model, const struct move_options *options)
{
    struct moves m = {.d = d, .options = options};
    bool ok = (options->n ? add_named(&m, model) : add_all(&m, model)) &&
              deployed_load(d, &m.deployed) && check_stack(&m) && find_functions(&m) && plan(&m);
    bool planned = ok;
    status_line_phase(NULL);
    if (planned && options->dry_run && !options->json)
        print_plan(&m);
    if (planned && !options->dry_run)
        ok = move_all(&m);
    if (planned && options->json)
        ok = print_json(&m) && ok;
    deployed_release(&m.deployed);
    return ok;
}
