#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/mask.h"
#include "base/root.h"
#include "build/built.h"
#include "build/secret.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/protocol.h"
#include "template/cfn.h"

/* --- parameter files ---------------------------------------------------------------------- */

static bool is_jinja(const char *text)
{
    return strstr(text, "{{") || strstr(text, "{%") || strstr(text, "{#");
}

/* Whether the name that ends at `end` is that of a secret protocol. Sets `*start` to its start. */
static bool ends_protocol(struct arena *arena, const char *text, const char *end,
                          const char **start)
{
    *start = end;
    while (*start > text && strchr(STR_LOWER STR_DIGITS "-", (*start)[-1]))
        --*start;
    return protocol_secret(arena_strndup(arena, *start, (size_t)(end - *start)));
}

static bool is_secret_text(struct arena *arena, const char *text)
{
    const char *start;
    bool jinja = is_jinja(text);
    for (const char *end = text; (end = strstr(end, "://")); end++)
        if (ends_protocol(arena, text, end, &start) && (jinja || start == text))
            return true;
    return false;
}

/* A list with one secret is secret, because it is one text for CloudFormation. */
static bool is_secret(struct arena *arena, const struct node *node)
{
    bool secret = node->kind == NODE_STRING && is_secret_text(arena, node->text);
    for (size_t i = 0; i < node->count && !secret; i++)
        secret =
            is_secret(arena, node->kind == NODE_LIST ? node->items[i] : node->entries[i].value);
    return secret;
}

void secrets_add(struct arena *arena, struct secrets *secrets, const struct node *file)
{
    for (size_t i = 0; i < file->count; i++) {
        const struct entry *entry = &file->entries[i];
        if (is_secret(arena, entry->value) && !table_get(&secrets->parameters, entry->key->text))
            table_set(arena, &secrets->parameters, entry->key->text, (struct node *)entry->value);
    }
}

/* Whether apply may read the file: it is common.yml or has the name of a stage. */
static bool is_read(struct arena *arena, const char *name)
{
    const char *extension = path_extension(name);
    return strcmp(extension, ".yml") == 0 &&
           name_is_stage(arena_strndup(arena, name, strlen(name) - strlen(extension)));
}

static bool load_file(struct arena *arena, struct secrets *secrets, const struct root *root,
                      const char *path)
{
    const struct node *file;
    collect_input(&secrets->inputs, path_absolute(arena, path));
    collect_links(&secrets->inputs, path, root->folder);
    diag_conceal(path);
    if (!node_load(arena, root, path, &file))
        return false;
    if (file)
        secrets_add(arena, secrets, file);
    return true;
}

bool secrets_load(struct arena *arena, const struct project *project, struct secrets *secrets)
{
    const char *shown = path_join(arena, project->dir, "parameters");
    const struct root root = {project->dir, EXIT_OTHER};
    char **names;
    size_t n;
    *secrets = (struct secrets){.inputs = {.arena = arena, .stamped = true},
                                .folder = path_absolute(arena, shown)};
    secrets->stamp = file_stamp(secrets->folder);
    bool ok = root_list(arena, &root, shown, &names, &n);
    secrets->exists = names != NULL;
    for (size_t i = 0; names && i < n; i++)
        if (is_read(arena, names[i]))
            ok = load_file(arena, secrets, &root, path_join(arena, shown, names[i])) && ok;
    collect_links(&secrets->inputs, shown, project->dir);
    return ok;
}

const char *secrets_listing(struct arena *arena, const struct secrets *secrets)
{
    return secrets->exists ? secrets->folder : path_dir(arena, secrets->folder);
}

/* --- templates ---------------------------------------------------------------------------- */

struct output {
    const struct secrets *secrets;
    const char *name;
    struct pos pos;
};

/* CloudFormation hides parameters, but not outputs that contain them (Parameters, NoEcho). */
static void warn_of_ref(const char *name, void *data)
{
    const struct output *output = data;
    const struct node *secret = table_get(&output->secrets->parameters, name);
    if (!secret)
        return;
    diag_warning(
        output->pos,
        "the output '%s' of the stack shows the secret parameter '%s' to everybody who may "
        "describe the stack; use a parameter here that is not secret",
        output->name, name);
    diag_note(secret->pos, "it is secret because of this value");
}

static void hide(const struct secrets *secrets, const struct step_file *file)
{
    struct output output = {.secrets = secrets};
    json_t *template = file->json, *parameter, *value;
    const char *name;
    json_object_foreach(json_object_get(template, "Parameters"), name, parameter)
        if (table_get(&secrets->parameters, name))
            json_object_set_new(parameter, "NoEcho", json_true());
    json_object_foreach(json_object_get(template, "Outputs"), output.name, value) {
        const struct pos *place = table_get(&file->output_places, output.name);
        output.pos = place ? *place : (struct pos){0};
        link_each_ref(value, warn_of_ref, &output);
    }
}

void secrets_hide(const struct secrets *secrets, struct step_file files[STEP_COUNT])
{
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (!step_is_custom(step) && files[step].json)
            hide(secrets, &files[step]);
}

/* --- what was built ----------------------------------------------------------------------- */

static bool shows(const char *name, const struct node *secret)
{
    struct arena *arena = arena_new();
    bool known = is_secret(arena, secret);
    arena_free(arena);
    if (known)
        return diag_error(EXIT_NOT_BUILT, secret->pos,
                          "the parameter '%s' is secret, but was not when the project was built; "
                          "build it again",
                          name);
    return diag_error(EXIT_VALUE, secret->pos,
                      "the parameter '%s' turns out to be secret, which the build must know; write "
                      "the name of the protocol and :// in the template in one piece",
                      name);
}

bool secrets_check(const struct table *parameters, const struct built *built)
{
    bool ok = true;
    for (size_t i = 0; i < built->count; i++) {
        const json_t *template = built->steps[i].json;
        const char *name;
        json_t *declared;
        json_object_foreach(json_object_get(template, "Parameters"), name, declared) {
            const struct node *secret = table_get(parameters, name);
            if (secret && !cfn_hides(template, name))
                ok = shows(name, secret);
        }
    }
    return ok;
}

void secrets_mask(const json_t *values, const struct built *built)
{
    for (size_t i = 0; i < built->count; i++) {
        const char *name;
        json_t *value;
        json_object_foreach((json_t *)values, name, value)
            if (cfn_hides(built->steps[i].json, name))
                mask_add(json_string_value(value), MASK_EVERYWHERE);
    }
}
