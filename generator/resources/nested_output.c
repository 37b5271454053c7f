#include <string.h>

#include "base/util.h"
#include "resources/link_place.h"
#include "resources/model.h"
#include "resources/nested.h"
#include "resources/nested_output.h"
#include "settings/node.h"
#include "template/cfn.h"

/* The template of a stack of the model; NULL if it is not the project's, or none. */
static const struct nested *template_of(const struct model *model, const char *id)
{
    for (size_t i = 0; i < model->nstacks; i++)
        if (!model->stacks[i].set && strcmp(model->stacks[i].id, id) == 0)
            return model->stacks[i].nested;
    return NULL;
}

/* Whether a transform may add names to a section of a template. */
static bool is_open(const struct nested *nested, const struct node *section)
{
    bool open = nested->transformed;
    for (size_t i = 0; section && i < section->count; i++)
        open = open || str_starts(section->entries[i].key->text, "Fn::");
    return open;
}

/* CloudFormation Template Reference, "AWS::CloudFormation::Stack", "Return values". */
void nested_output_check(const struct model *model, const struct cfn *cfn, const struct link *link)
{
    static const char outputs[] = "Outputs.";
    static const char *const others[] = {"ChangeSetId", "CreationTime",     "LastUpdateTime",
                                         "ParentId",    "RootId",           "StackId",
                                         "StackStatus", "StackStatusReason"};
    const json_t *resource = json_object_get(cfn->resources, link->name);
    const char *attribute = link->attribute;
    if (!attribute || strcmp(cfn_text(resource, "Type"), "AWS::CloudFormation::Stack") != 0 ||
        str_one_of(attribute, others, countof(others)))
        return;
    const struct nested *nested = template_of(model, link->name);
    const struct node *section = nested ? node_get(nested->map, "Outputs") : NULL;
    const char *output = str_starts(attribute, outputs) ? attribute + strlen(outputs) : NULL;
    if (!output)
        diag_error(EXIT_NOT_FOUND, link_place_argument(model, cfn, link, 1),
                   "a nested stack has no attribute '%s'; its outputs are attributes such as "
                   "'Outputs.%s'",
                   attribute, node_get(section, attribute) ? attribute : "Name");
    else if (nested && !is_open(nested, section) && !node_get(section, output))
        diag_error(EXIT_NOT_FOUND, link_place_argument(model, cfn, link, 1),
                   "the template %s has no output '%s'%s", nested->path, output,
                   node_suggestion(model->arena, section, output));
}
