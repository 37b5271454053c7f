#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "resources/artifact.h"
#include "resources/fragment.h"
#include "resources/link_check.h"
#include "resources/model.h"
#include "resources/nested.h"
#include "resources/nested_read.h"
#include "resources/transform.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/capability.h"
#include "template/cfn.h"

enum { DEPTH_MAX = 100 }; /* each level is on the stack */

/* Reports that `setting` names a template in which it stands. */
static void report_circle(const struct nested *around, const struct nested *again,
                          const struct node *setting)
{
    struct buf path = {0};
    const struct nested *step = around;
    buf_adds(&path, again->path);
    for (; step != again; step = step->around) {
        struct buf longer = {0};
        buf_printf(&longer, "%s -> %s", step->path, path.data);
        buf_free(&path);
        path = longer;
    }
    diag_error(EXIT_RESOURCE, setting->pos,
               "these templates contain each other in a circle: %s -> %s", again->path, path.data);
    buf_free(&path);
    for (step = around; step != again; step = step->around)
        diag_note(step->place->pos, "%s is named here", step->path);
}

static const char *needs_of(struct arena *arena, const json_t *template)
{
    json_t *list = capabilities_of(template), *item;
    struct buf words = {0};
    size_t i;
    json_array_foreach(list, i, item)
        buf_add_item(&words, " ", json_string_value(item));
    json_decref(list);
    return buf_text(arena, &words);
}

/* Sets the text of the template. */
static void write_template(struct model *model, struct cfn *cfn, struct nested *nested)
{
    size_t errors = diag_errors();
    cfn_reserve(cfn, (struct pos){0}, NESTED_BUCKET);
    fragment_write(nested->map, cfn);
    nested_write(model, cfn);
    nested->takes_bucket = model->takes_bucket;
    if (nested->takes_bucket)
        json_object_set_new(cfn->parameters, NESTED_BUCKET, cfn_known_parameter("CodeBucket"));
    if (diag_errors() == errors)
        link_check_all(model, cfn);
    if (diag_errors() > errors)
        return;
    json_t *template = cfn_template(cfn);
    char *text = cfn_dump(template, JSON_COMPACT);
    if (!text)
        fatal("%s: cannot be written as JSON", nested->path);
    nested->text = arena_strdup(model->arena, text);
    nested->needs = needs_of(model->arena, template);
    free(text);
    json_decref(template);
}

static bool read_template(struct project *project, struct model *parent, struct nested *nested)
{
    struct model *model = model_new(project);
    struct cfn cfn;
    model->artifacts = parent->artifacts;
    model->bucket = NESTED_BUCKET;
    model->template = nested;
    bool ok = project_read_template(project, nested->place, nested->place->text, &nested->map);
    ok = nested->map && fragment_read(project, model, nested->map) && ok;
    ok = nested_check_parameters(model) && ok;
    if (!transform_check(&model->transforms) || !ok)
        return false;
    const struct node *resources = node_get(nested->map, "Resources");
    if (!resources || !resources->count)
        return diag_error(EXIT_REQUIRED, nested->map->pos, "a template needs Resources");
    cfn_init(&cfn, model->arena);
    write_template(model, &cfn, nested);
    struct table *places = arena_alloc(model->arena, sizeof *places);
    *places = cfn.places;
    nested->places = places;
    nested->transformed = model->transformed;
    cfn_release(&cfn);
    return nested->text;
}

struct nested *nested_read(struct project *project, struct model *model, const struct node *setting,
                           const char *path)
{
    char *real = realpath(path, NULL);
    if (!real)
        return NULL;
    struct nested *nested = table_get(&model->artifacts->templates, real);
    if (nested && nested->place) {
        report_circle(model->template, nested, setting);
        nested = NULL;
    } else if (!nested && model->template && model->template->depth == DEPTH_MAX) {
        diag_error(EXIT_VALUE, setting->pos, "templates are nested deeper than %d levels here",
                   DEPTH_MAX);
    } else if (!nested) {
        nested = arena_alloc(model->arena, sizeof *nested);
        *nested = (struct nested){.path = path, .place = setting, .around = model->template};
        nested->depth = nested->around ? nested->around->depth + 1 : 1;
        table_set(model->arena, &model->artifacts->templates, arena_strdup(model->arena, real),
                  nested);
        read_template(project, model, nested);
        nested->place = NULL;
    }
    free(real);
    return nested && nested->text ? nested : NULL;
}
