#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_environment.h"
#include "lambdas/use.h"
#include "resources/api_look.h"
#include "resources/fragment.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"

static const struct field entry_fields[] = {
    {"access", FIELD_TEXTS, .required = true}, {"as", FIELD_NAME},   {"kind", FIELD_NAME},
    {"arn", FIELD_TEXT, .lambda = true},       {"name", FIELD_TEXT}, {"kms-key", FIELD_TEXT},
};

const char *use_variable_name(struct arena *arena, const char *name)
{
    struct buf text = {0};
    for (const char *c = name; *c; c++) {
        bool lower = *c >= 'a' && *c <= 'z', upper = *c >= 'A' && *c <= 'Z';
        bool digit = *c >= '0' && *c <= '9';
        bool follows = c > name && strchr(STR_LOWER STR_DIGITS, c[-1]);
        if (upper && follows)
            buf_adds(&text, "_");
        if (((unsigned char)*c & 0xC0) != 0x80) /* of a character of UTF-8, the first byte */
            buf_printf(&text, "%c", lower ? *c - 'a' + 'A' : upper || digit ? *c : '_');
    }
    buf_adds(&text, "");
    return buf_text(arena, &text);
}

/* --- what is used ---------------------------------------------------------------------------- */

/* The resource or lambda that is probably meant, or NULL. */
static const char *nearest(const struct model *model, const char *name)
{
    const char **names = NULL;
    size_t n = 0;
    if (!diag_suggests())
        return NULL;
    for (size_t i = 0; i < model->project->nfragments; i++) {
        const struct node *all = node_get(model->project->fragments[i].node, "Resources");
        for (size_t k = 0; node_set(all) && k < all->count; k++)
            array_push(model->arena, names, n, all->entries[k].key->text);
    }
    for (size_t i = 0; i < model->count; i++)
        if (lambda_of(model->resources[i]) || api_is(model->resources[i]))
            array_push(model->arena, names, n,
                       resource_reference(model->arena, model->resources[i]));
    return str_nearest(name, names, n);
}

static bool not_there(const struct model *model, const struct node *key)
{
    const char *name = key->text + (str_starts(key->text, "ref://") ? strlen("ref://") : 0);
    const char *near = nearest(model, name);
    if (near)
        return diag_error(EXIT_NOT_FOUND, key->pos,
                          "there is no resource, lambda or API '%s'; did you mean '%s'?", key->text,
                          near);
    return diag_error(EXIT_NOT_FOUND, key->pos,
                      "there is no resource, lambda or API '%s'; for one that the project does not "
                      "make, set its 'arn', or its 'name' and 'kind'",
                      key->text);
}

static bool kind_fits(const struct use *use, const struct use_kind *given, const struct node *node)
{
    return !given || given == use->kind ||
           diag_error(EXIT_RESOURCE, node->pos, "this is %s, not %s", use->kind->words,
                      given->words);
}

static bool use_resource(struct use *use, const struct declared *resource, const struct node *place)
{
    use->resource = resource;
    use->kind = use_kind_of_type(resource->type);
    if (use->kind)
        return true;
    diag_error(EXIT_RESOURCE, place->pos,
               "'%s' is of the type %s, which uses does not know; allow what the lambda needs by "
               "policies",
               resource->key->text, resource->type);
    diag_note(resource->key->pos, "it is here");
    return false;
}

/* The kind of a value that only CloudFormation knows; `given` is the setting `kind`, or NULL. */
static bool use_dynamic(const struct model *model, struct use *use, const struct use_kind *given)
{
    const char *rest;
    const struct declared *resource = reference_resource(model, use->arn);
    if (resource) {
        const struct node *place = use->arn;
        use->arn = NULL;
        return use_resource(use, resource, place);
    }
    use->kind =
        reference_of(use->arn, &rest) == REFERENCE_LAMBDA ? use_kind_named("lambda") : given;
    return use->kind || diag_error(EXIT_REQUIRED, use->arn->pos,
                                   "only CloudFormation knows this ARN; set its 'kind': %s",
                                   use_kinds_words(model->arena));
}

/* Text of settings is written into policies and variables as it is. */
static bool check_holes(const struct node *node)
{
    return !strstr(node->text, "${") ||
           diag_error(EXIT_VALUE, node->pos,
                      "${...} is replaced only in sub://, as in arn: sub://... or name: sub://... "
                      "of an entry with its kind");
}

static bool check_arn(const struct node *node)
{
    return check_holes(node) &&
           (str_is_made_of(node->text, STR_ALNUM ":/._-+=@$*?") ||
            diag_error(EXIT_VALUE, node->pos, "'%s' is no ARN: it has signs that no ARN has",
                       node->text));
}

static bool use_arn(const struct model *model, struct use *use, const struct use_kind *given)
{
    const struct node *node = use->arn;
    if (node_dynamic(node))
        return use_dynamic(model, use, given) && kind_fits(use, given, node);
    if (!check_arn(node))
        return false;
    if (given && !use_kind_arn_name(given, use->arn->text))
        return diag_error(EXIT_VALUE, use->arn->pos, "this is not the ARN of %s", given->words);
    use->kind = given ? given : use_kind_of_arn(use->arn->text);
    return use->kind || diag_error(EXIT_VALUE, use->arn->pos,
                                   "this is not the ARN of a resource that uses knows: %s",
                                   use_kinds_words(model->arena));
}

static bool use_name(const struct model *model, struct use *use, const struct use_kind *given)
{
    use->kind = given;
    return given || diag_error(EXIT_REQUIRED, use->name->pos, "a name needs its 'kind': %s",
                               use_kinds_words(model->arena));
}

/* Looks for a lambda or an API that has no app in its key in the app of the lambda that uses it. */
static void look_in_app(const struct model *model, struct use *use)
{
    if (!*use->app->name || strchr(use->key->text, '.'))
        return;
    const char *reference = arena_printf(model->arena, "%s.%s", use->app->name, use->key->text);
    use->lambda = lambda_look(model, reference);
    use->api = use->lambda ? NULL : api_look(model, reference);
}

/* A resource of a fragment, a lambda or an API, by the key. */
static bool use_of_project(const struct model *model, struct use *use, const struct use_kind *given)
{
    const struct node *key = use->key;
    const struct declared *resource = model_declared(model, "Resources", key->text);
    use->lambda = lambda_look(model, key->text);
    if (resource && use->lambda) {
        diag_error(EXIT_DUPLICATE, key->pos,
                   "'%s' is a resource and a lambda; write {arn: ref://%s, ...} or {arn: "
                   "lambda://%s, ...}",
                   key->text, key->text, key->text);
        diag_note(resource->key->pos, "the resource is here");
        diag_note(use->lambda->key->pos, "the lambda is here");
        return false;
    }
    if (resource && resource->type)
        return use_resource(use, resource, key) && kind_fits(use, given, key);
    use->api = use->lambda ? NULL : api_look(model, key->text);
    if (!use->lambda && !use->api)
        look_in_app(model, use);
    use->kind = use_kind_named(use->api ? USE_API : "lambda");
    if (use->lambda || use->api)
        return kind_fits(use, given, key);
    return not_there(model, key);
}

static bool read_target(const struct model *model, struct use *use, const struct node *map)
{
    const struct node *kind = node_get(map, "kind"), *arn = node_get(map, "arn");
    const struct node *name = node_get(map, "name");
    const struct use_kind *given = node_set(kind) ? use_kind_named(kind->text) : NULL;
    if (node_set(kind) && !given)
        return diag_error(EXIT_VALUE, kind->pos, "kind must be %s, not '%s'",
                          use_kinds_words(model->arena), kind->text);
    if (node_set(arn) && node_set(name))
        return diag_error(EXIT_RESOURCE, name->pos, "'arn' says what is used; leave 'name' out");
    use->name = node_set(name) ? name : NULL;
    use->arn = node_set(arn)                                      ? arn
               : !use->name && str_starts(use->key->text, "arn:") ? use->key
                                                                  : NULL;
    if (use->arn)
        return use_arn(model, use, given);
    return use->name ? use_name(model, use, given) : use_of_project(model, use, given);
}

/* --- what the lambda may do ------------------------------------------------------------------ */

static void add_access(struct use *use, const struct use_access *access)
{
    for (size_t i = 0; i < use->naccesses; i++)
        if (use->accesses[i] == access)
            return;
    use->accesses[use->naccesses++] = access;
}

static bool read_access(struct arena *arena, struct use *use, const struct node *node)
{
    const char *text = node_text(node);
    const struct use_access *access = text ? use_access_named(use->kind, text) : NULL;
    if (access) {
        add_access(use, access);
        return true;
    }
    if (text && strcmp(text, USE_READ_WRITE) == 0 && use_kind_reads_and_writes(use->kind)) {
        add_access(use, use_access_named(use->kind, "read"));
        add_access(use, use_access_named(use->kind, "write"));
        return true;
    }
    return diag_error(EXIT_VALUE, node->pos, "the access to %s is %s, not %s%s%s", use->kind->words,
                      use_accesses_words(arena, use->kind), text ? "'" : "",
                      text ? text : node_kind_words(node), text ? "'" : "");
}

static bool read_accesses(struct arena *arena, struct use *use, const struct node *access)
{
    bool ok = true;
    if (access->kind != NODE_LIST)
        return read_access(arena, use, access);
    for (size_t i = 0; i < access->count; i++)
        ok = read_access(arena, use, access->items[i]) && ok;
    return ok &&
           (use->naccesses || diag_error(EXIT_VALUE, access->pos, "the access to %s is %s",
                                         use->kind->words, use_accesses_words(arena, use->kind)));
}

/* A table of a fragment must have the stream that the lambda reads. */
static bool check_stream(const struct use *use)
{
    const struct node *properties =
        use->resource ? node_get(use->resource->value, "Properties") : NULL;
    const struct use_access *stream = use_access_named(use->kind, "stream");
    bool reads = false;
    for (size_t i = 0; i < use->naccesses; i++)
        reads = reads || use->accesses[i] == stream;
    if (!stream || !reads || !use->resource || node_dynamic(properties) ||
        node_get(properties, "StreamSpecification"))
        return true;
    diag_error(EXIT_RESOURCE, use->key->pos,
               "the table '%s' has no stream; set StreamSpecification", use->resource->key->text);
    diag_note(use->resource->key->pos, "the table is here");
    return false;
}

/* A literal name, or that of a literal ARN. A pattern has no name that a variable could tell. */
static bool check_name(struct arena *arena, const struct use *use)
{
    const struct node *node = use->name ? use->name : use->arn;
    if (!node || node_dynamic(node))
        return true;
    if (!check_holes(node))
        return false;
    const char *name = use->name ? node->text : use_kind_arn_name(use->kind, node->text);
    const char *signs = arena_printf(arena, STR_ALNUM "%s*?", use->kind->signs);
    if (!str_is_made_of(name, signs))
        return diag_error(EXIT_VALUE, node->pos, "'%s' is no name of %s", name, use->kind->words);
    return !use->variable || !strpbrk(name, "*?") ||
           diag_error(EXIT_VALUE, node->pos,
                      "'%s' is a pattern, which is no value of a variable; leave the variable out "
                      "by as: ''",
                      name);
}

static bool check_kms_key(const struct model *model, const struct use *use)
{
    static const char *const types[] = {"AWS::KMS::Key", "AWS::KMS::ReplicaKey", NULL};
    const struct node *key = use->kms_key;
    const struct use_kind *kms = use_kind_named("key");
    bool needed = false;
    for (size_t i = 0; i < use->naccesses; i++)
        needed = needed || use->accesses[i]->kms[0];
    if (!key)
        return true;
    if (!needed)
        return diag_error(EXIT_RESOURCE, key->pos, "this access to %s needs no key of KMS",
                          use->kind->words);
    if (node_dynamic(key))
        return reference_check(model, key, types, "a key of KMS");
    return !*key->text || use_kind_arn_name(kms, key->text) ||
           diag_error(EXIT_VALUE, key->pos, "kms-key is the ARN of a key or a ref, not '%s'",
                      key->text);
}

/* --- the variable ---------------------------------------------------------------------------- */

/* The name in an ARN, without the six characters that Secrets Manager adds to that of a secret. */
static const char *label_of_arn(struct arena *arena, const struct use *use)
{
    enum { SECRET_TAIL = 7 }; /* "-AbCdEf" */
    const char *name = use_kind_arn_name(use->kind, use->arn->text);
    size_t len = strlen(name);
    const char *end = len > SECRET_TAIL ? name + len - SECRET_TAIL : "";
    bool secret = strcmp(use->kind->service, "secretsmanager") == 0;
    name += strspn(name, "/");
    return secret && *end == '-' && str_is_made_of(end + 1, STR_ALNUM)
               ? arena_strndup(arena, name, (size_t)(end - name))
               : name;
}

static bool read_variable(struct arena *arena, struct use *use, const struct node *as)
{
    use->decides = node_set(as) ? as : use->key;
    if (node_set(as)) {
        use->variable = *as->text ? as->text : NULL;
        return !use->variable || lambda_variable_check(as->pos, use->variable);
    }
    const char *name = use->arn == use->key ? label_of_arn(arena, use) : use->key->text;
    use->variable = use_variable_name(arena, name);
    if (lambda_variable_check(use->key->pos, use->variable))
        return true;
    diag_note(use->key->pos, "this variable is made of '%s'; set another one by 'as'", name);
    return false;
}

static bool taken(const struct use *use, const struct node *by, const char *what)
{
    diag_error(
        EXIT_DUPLICATE, use->decides->pos,
        "%s sets the variable '%s', too; name another one by 'as', or leave it out by as: ''", what,
        use->variable);
    diag_note(by->pos, "it is set here");
    return false;
}

static bool check_variables(const struct lambda *lambda, const struct use *uses, size_t n)
{
    const struct node *environment = node_get(lambda->settings, "environment");
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; uses[i].variable && environment && k < environment->count; k++)
            if (strcmp(environment->entries[k].key->text, uses[i].variable) == 0)
                ok = taken(&uses[i], environment->entries[k].key, "environment");
        for (size_t k = 0; uses[i].variable && k < i; k++)
            if (uses[k].variable && strcmp(uses[k].variable, uses[i].variable) == 0)
                ok = taken(&uses[i], uses[k].decides, "another entry of uses");
    }
    return ok;
}

/* --- entries --------------------------------------------------------------------------------- */

/* Only a WebSocket API has connections. */
static bool check_connections(const struct use *use)
{
    const struct use_access *connections = use_access_named(use->kind, USE_CONNECTIONS);
    for (size_t i = 0; use->api && i < use->naccesses; i++)
        if (use->accesses[i] == connections && !resource_is(use->api, "websocket")) {
            diag_error(EXIT_RESOURCE, use->key->pos,
                       "only a WebSocket API has connections; the access to this API is call");
            diag_note(use->api->key->pos, "the API is here");
            return false;
        }
    return true;
}

/* A lambda that exists always can use a resource that exists only under a condition. */
static bool read_condition(const struct lambda *lambda, struct use *use)
{
    const char *own = verbatim_condition(lambda->settings);
    const char *theirs = use->lambda     ? verbatim_condition(use->lambda->settings)
                         : use->api      ? verbatim_condition(use->api->settings)
                         : use->resource ? node_text(node_get(use->resource->value, "Condition"))
                                         : NULL;
    if (!theirs || (own && strcmp(own, theirs) == 0))
        return true;
    use->condition = theirs;
    return !own || diag_error(EXIT_RESOURCE, use->key->pos,
                              "this exists only if the condition '%s' is true, and the lambda only "
                              "if '%s' is; give both the same condition",
                              theirs, own);
}

/* Its own ARN in its own properties is a circle. */
static bool check_itself(const struct lambda *lambda, const struct use *use)
{
    return use->lambda != lambda || !use->variable ||
           diag_error(EXIT_RESOURCE, use->key->pos,
                      "a lambda cannot have its own ARN in a variable; set as: '', or in its own "
                      "settings null if this is a default. AWS_LAMBDA_FUNCTION_NAME is its name");
}

static bool read_entry(const struct model *model, const struct lambda *lambda,
                       const struct entry *entry, struct use *use)
{
    const struct node *value = entry->value;
    const struct node *map = value->kind == NODE_MAP && !node_dynamic(value) ? value : NULL;
    const struct node *key = node_get(map, "kms-key");
    if (!map && value->kind != NODE_LIST && !node_text(value))
        return diag_error(EXIT_VALUE, value->pos,
                          "this is an access such as read, a list of them, or a map with 'access', "
                          "not %s",
                          node_kind_words(value));
    if (map &&
        !schema_check(entry_fields, countof(entry_fields), map, entry->key, "an entry of uses"))
        return false;
    use->key = entry->key;
    use->app = lambda->app;
    use->kms_key = node_set(key) ? key : NULL;
    if (!read_target(model, use, map))
        return false;
    bool ok = read_accesses(model->arena, use, map ? node_get(map, "access") : value);
    ok = read_variable(model->arena, use, node_get(map, "as")) && ok;
    ok = check_name(model->arena, use) && check_kms_key(model, use) && check_stream(use) &&
         check_connections(use) && ok;
    return read_condition(lambda, use) && check_itself(lambda, use) && ok;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct use *)a)->key->text, ((const struct use *)b)->key->text);
}

struct use *uses_read(const struct model *model, const struct lambda *lambda, size_t *n, bool *ok)
{
    const struct node *map = node_get(lambda->settings, "uses");
    struct use *uses = NULL;
    *n = 0;
    *ok = true;
    for (size_t i = 0; node_set(map) && i < map->count; i++) {
        struct use use = {0};
        if (!node_set(map->entries[i].value))
            continue;
        if (read_entry(model, lambda, &map->entries[i], &use))
            array_push(model->arena, uses, *n, use);
        else
            *ok = false;
    }
    if (*n)
        qsort(uses, *n, sizeof *uses, by_key);
    *ok = check_variables(lambda, uses, *n) && *ok;
    return uses;
}
