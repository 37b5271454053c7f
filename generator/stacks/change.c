#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/term.h"
#include "base/util.h"
#include "stacks/change.h"
#include "stacks/report.h"
#include "template/cfn.h"

static const struct {
    const char *action; /* of --json */
    const char *sign, *color;
} looks[CHANGE_KINDS] = {
    [CHANGE_ADD] = {"add", "+", TERM_GREEN},
    [CHANGE_MODIFY] = {"modify", "~", TERM_CYAN},
    [CHANGE_REPLACE] = {"replace", "!", TERM_RED},
    [CHANGE_REMOVE] = {"remove", "-", TERM_RED},
};

static enum change_kind kind_of(const json_t *change)
{
    const char *action = cfn_text(change, "Action"), *replaced = cfn_text(change, "Replacement");
    if (strcmp(action, "Add") == 0 || strcmp(action, "Import") == 0)
        return CHANGE_ADD;
    if (strcmp(action, "Remove") == 0)
        return CHANGE_REMOVE;
    return *replaced && strcmp(replaced, "False") != 0 ? CHANGE_REPLACE : CHANGE_MODIFY;
}

/* Returns the properties that change, and attributes such as Tags or Metadata; for a replacement
 * only those that cause it. */
static const char *why(struct arena *arena, const json_t *change, bool replaced)
{
    struct table listed = {0};
    struct buf list = {0};
    size_t i;
    const json_t *detail;
    json_array_foreach(json_object_get(change, "Details"), i, detail) {
        const json_t *target = json_object_get(detail, "Target");
        const char *name = cfn_text(target, "Name"), *attribute = cfn_text(target, "Attribute");
        name = *name ? name : strcmp(attribute, "Properties") != 0 ? attribute : "";
        bool recreates = strcmp(cfn_text(target, "RequiresRecreation"), "Never") != 0;
        if (*name && (!replaced || recreates) && !table_set(arena, &listed, name, &listed))
            buf_add_item(&list, ", ", name);
    }
    return buf_text(arena, &list);
}

/* Changes that AWS calls a certain or a possible replacement, but that lose nothing: an old version
 * stays when the next one is published. */
static const struct harmless {
    const char *type, *property; /* property: the only one that changes; NULL: any */
    const char *words;
} harmless[] = {
    {"AWS::Lambda::Version", NULL, "a new version"},
    {"Custom::LambdaVersion", NULL, "a new version"},
    {"AWS::Lambda::Alias", "FunctionVersion", "goes to the new version"},
};

static void calm(struct change *change)
{
    for (size_t i = 0; change->kind == CHANGE_REPLACE && i < countof(harmless); i++)
        if (strcmp(change->type, harmless[i].type) == 0 &&
            (!harmless[i].property || strcmp(change->why, harmless[i].property) == 0)) {
            change->kind = CHANGE_MODIFY;
            change->perhaps = false;
            change->calmly = harmless[i].words;
        }
}

static int by_kind(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->id, y->id);
}

struct changes changes_of_set(struct arena *arena, const json_t *answer)
{
    struct changes changes = {0};
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(answer, "Changes"), i, item) {
        const json_t *resource = json_object_get(item, "ResourceChange");
        struct change change = {
            .kind = kind_of(resource),
            .id = arena_strdup(arena, cfn_text(resource, "LogicalResourceId")),
            .type = arena_strdup(arena, cfn_text(resource, "ResourceType")),
            .why = why(arena, resource, kind_of(resource) == CHANGE_REPLACE),
            .perhaps = strcmp(cfn_text(resource, "Replacement"), "Conditional") == 0,
            .kept = strcmp(cfn_text(resource, "PolicyAction"), "Retain") == 0,
        };
        calm(&change);
        if (*change.id)
            array_push(arena, changes.items, changes.n, change);
    }
    if (changes.n)
        qsort(changes.items, changes.n, sizeof *changes.items, by_kind);
    return changes;
}

struct changes changes_of_template(struct arena *arena, const json_t *template)
{
    struct changes changes = {0};
    const char *id;
    const json_t *resource;
    json_object_foreach(json_object_get(template, "Resources"), id, resource) {
        const struct change change = {.kind = CHANGE_ADD,
                                      .id = arena_strdup(arena, id),
                                      .type = arena_strdup(arena, cfn_text(resource, "Type")),
                                      .why = ""};
        array_push(arena, changes.items, changes.n, change);
    }
    if (changes.n)
        qsort(changes.items, changes.n, sizeof *changes.items, by_kind);
    return changes;
}

static const struct change *find(const struct changes *changes, const char *id)
{
    for (size_t i = 0; i < changes->n; i++)
        if (strcmp(changes->items[i].id, id) == 0)
            return &changes->items[i];
    return NULL;
}

/* Whether a change is worse than before: of a worse kind, certain and not only possible, or a
 * deletion of a resource that was to be kept. */
static bool is_worse(const struct change *now, const struct change *was)
{
    return now->kind > was->kind || (now->kind == was->kind && ((was->perhaps && !now->perhaps) ||
                                                                (was->kept && !now->kept)));
}

bool changes_within(const struct changes *now, const struct changes *shown)
{
    for (size_t i = 0; i < now->n; i++) {
        const struct change *was = find(shown, now->items[i].id);
        if (!was || is_worse(&now->items[i], was))
            return false;
    }
    return true;
}

/* Returns what happens in words, or "" if the sign is enough. */
static const char *words(struct arena *arena, const struct change *change)
{
    if (change->kind == CHANGE_REMOVE)
        return change->kept ? "let go, and kept in AWS" : "REMOVED";
    if (change->kind != CHANGE_REPLACE)
        return change->calmly ? change->calmly : change->why;
    return arena_printf(arena, "%s%s%s", change->perhaps ? "PERHAPS REPLACED" : "REPLACED",
                        *change->why ? ", because of " : "", change->why);
}

static json_t *to_json(const struct change *change, const char *place)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s*}", "action", looks[change->kind].action,
                     "id", change->id, "resource", change->type, "properties", change->why,
                     "perhaps", change->perhaps, "kept", change->kept, "place", place);
}

static int longest(const struct changes *changes, bool types)
{
    size_t most = 0;
    for (size_t i = 0; i < changes->n; i++) {
        size_t len = strlen(types ? changes->items[i].type : changes->items[i].id);
        most = len > most ? len : most;
    }
    return (int)most;
}

/* The place of a change, in `arena`, or NULL. */
static const char *where(struct arena *arena, const struct change *change, change_place *place,
                         bool *alone, void *data)
{
    struct pos pos = {0};
    *alone = false;
    if (!place || change->kind == CHANGE_REMOVE || !place(change->id, &pos, alone, data) ||
        !pos.file)
        return NULL;
    return arena_printf(arena, "%s:%d", pos.file, pos.line);
}

void changes_report(const struct changes *changes, change_place *place, void *data)
{
    struct arena *arena = arena_new();
    int ids = longest(changes, false), types = longest(changes, true);
    for (size_t i = 0; i < changes->n; i++) {
        const struct change *change = &changes->items[i];
        bool alone;
        const char *at = where(arena, change, place, &alone, data);
        const char *text = words(arena, change);
        report_colored(looks[change->kind].color, alone ? at : NULL, "change", to_json(change, at),
                       "%s %-*s  %-*s%s%s", looks[change->kind].sign, ids, change->id,
                       *text || alone ? types : 0, change->type, *text ? "  " : "", text);
    }
    arena_free(arena);
}

void changes_count(const struct changes *changes, size_t counts[CHANGE_KINDS])
{
    for (size_t i = 0; i < changes->n; i++)
        counts[changes->items[i].kind]++;
}
