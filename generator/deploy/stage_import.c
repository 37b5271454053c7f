#include <string.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/util.h"
#include "deploy/deployed.h"
#include "deploy/stage_import.h"
#include "stacks/change.h"
#include "template/cfn.h"

static const char stage_type[] = "AWS::ApiGateway::Stage";
static const char deployment_type[] = "AWS::ApiGateway::Deployment";
static const char metadata[] = "GordonImport"; /* marks the stages to import in a template */

static const char taken_over[] = "made by a deployment of the API before, and now imported";

static const json_t *property(const json_t *resource, const char *name)
{
    return json_object_get(json_object_get(resource, "Properties"), name);
}

/* Returns the text of a value: its own, or that of the parameter to which it refers; or NULL. */
static const char *text_of(const json_t *value, const json_t *values)
{
    const char *ref = json_string_value(json_object_get(value, "Ref"));
    return json_string_value(ref ? json_object_get(values, ref) : value);
}

/* Returns the template of a stack as it was sent; NULL after a warning. */
static json_t *deployed_template(struct aws *aws, const char *stack)
{
    json_t *answer =
        aws_call(aws, "cloudformation", "get-template",
                 json_pack("{s:s, s:s}", "StackName", stack, "TemplateStage", "Original"));
    if (!answer) {
        diag_warning((struct pos){0},
                     "stack %s: which stages of APIs exist is not known, so they are not imported: "
                     "%s",
                     stack, aws->error);
        return NULL;
    }
    json_t *body = json_object_get(answer, "TemplateBody");
    json_t *template =
        json_is_string(body) ? json_loads(json_string_value(body), 0, NULL) : json_incref(body);
    json_decref(answer);
    return template;
}

/* Returns the id of the deployment that has made the stage of this name for an API, or NULL. */
static const char *maker_of(const json_t *template, const json_t *api, const char *name,
                            const json_t *values)
{
    const char *id;
    json_t *resource;
    json_object_foreach(json_object_get(template, "Resources"), id, resource) {
        const char *made = text_of(property(resource, "StageName"), values);
        if (strcmp(cfn_text(resource, "Type"), deployment_type) == 0 && made &&
            strcmp(made, name) == 0 && json_equal(property(resource, "RestApiId"), api))
            return id;
    }
    return NULL;
}

/* Adds a stage of the new template to the deployed one, if a deployment of that has made it. */
static bool add(json_t *deployed, const json_t *template, const char *id, const json_t *values)
{
    const json_t *stage = json_object_get(json_object_get(template, "Resources"), id);
    json_t *resources = json_object_get(deployed, "Resources");
    const json_t *api = property(stage, "RestApiId"), *named = property(stage, "StageName");
    const char *name = text_of(named, values);
    const char *maker = name ? maker_of(deployed, api, name, values) : NULL;
    if (!maker || json_object_get(resources, id))
        return false;
    json_object_set_new(resources, id,
                        json_pack("{s:s, s:s, s:{s:b}, s:{s:o, s:O, s:O}}", "Type", stage_type,
                                  "DeletionPolicy", "Delete", "Metadata", metadata, true,
                                  "Properties", "DeploymentId", cfn_ref(maker), "RestApiId", api,
                                  "StageName", named));
    return true;
}

static bool adds_stage(const struct change *change)
{
    return change->kind == CHANGE_ADD && strcmp(change->type, stage_type) == 0;
}

/* Whether a change adds a stage to an API that is there already. */
static bool may_import(const struct changes *changes, const json_t *template)
{
    for (size_t i = 0; i < changes->n; i++) {
        const json_t *stage =
            json_object_get(json_object_get(template, "Resources"), changes->items[i].id);
        const char *api = cfn_text(property(stage, "RestApiId"), "Ref");
        bool is_new = !*api;
        for (size_t k = 0; k < changes->n && !is_new; k++)
            is_new = changes->items[k].kind == CHANGE_ADD && strcmp(changes->items[k].id, api) == 0;
        if (adds_stage(&changes->items[i]) && !is_new)
            return true;
    }
    return false;
}

json_t *stage_import_template(struct aws *aws, const char *stack, const json_t *template,
                              const json_t *values, struct changes *changes)
{
    json_t *deployed = may_import(changes, template) ? deployed_template(aws, stack) : NULL;
    bool any = false;
    for (size_t i = 0; deployed && i < changes->n; i++) {
        struct change *change = &changes->items[i];
        if (adds_stage(change) && add(deployed, template, change->id, values)) {
            change->calmly = taken_over;
            any = true;
        }
    }
    if (any)
        return deployed;
    json_decref(deployed);
    return NULL;
}

void stage_import_done(const json_t *import, struct changes *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        struct change *change = &changes->items[i];
        const json_t *stage = json_object_get(json_object_get(import, "Resources"), change->id);
        bool stays =
            change->kind == CHANGE_MODIFY || change->perhaps; /* its name does not change */
        if (!stays || !json_object_get(json_object_get(stage, "Metadata"), metadata))
            continue;
        change->kind = CHANGE_ADD;
        change->calmly = taken_over;
    }
}

json_t *stage_import_resources(struct aws *aws, const char *stack, const json_t *import,
                               const json_t *values)
{
    json_t *resources = aws_stack_resources(aws, stack), *list = json_array(), *resource;
    const char *id;
    if (!resources)
        diag_warning((struct pos){0}, "stack %s: no stage is imported: %s", stack, aws->error);
    json_object_foreach(json_object_get(import, "Resources"), id, resource) {
        const char *api = cfn_text(property(resource, "RestApiId"), "Ref");
        if (resources && json_object_get(json_object_get(resource, "Metadata"), metadata))
            json_array_append_new(
                list, json_pack("{s:s, s:s, s:{s:s, s:s}}", "ResourceType", stage_type,
                                "LogicalResourceId", id, "ResourceIdentifier", "RestApiId",
                                deployed_physical_in(resources, api), "StageName",
                                text_of(property(resource, "StageName"), values)));
    }
    json_decref(resources);
    if (json_array_size(list))
        return list;
    json_decref(list);
    return NULL;
}
