/* stage_import.h - stages of REST APIs that become resources of the stack.
 *
 * A deployment with a StageName makes the stage, which is no resource of the stack then. When the
 * template begins to have an AWS::ApiGateway::Stage of that name, CloudFormation refuses to make
 * it, because it exists. So it is imported before the change (CloudFormation User Guide, "Import
 * AWS resources into a CloudFormation stack"): by a change set that adds only the stage to the
 * template that is deployed. */
#ifndef DEPLOY_STAGE_IMPORT_H
#define DEPLOY_STAGE_IMPORT_H
#include <jansson.h>
#include <stdbool.h>

struct aws;
struct changes;

/* If the changes to `template` add stages that deployments have made, says so in these changes, and
 * returns the deployed template (new) with the stages in it. NULL otherwise, or after a warning.
 * `values` are those of parameters, names to strings. */
json_t *stage_import_template(struct aws *aws, const char *stack, const json_t *template,
                              const json_t *values, struct changes *changes);
/* Returns what CloudFormation needs to find the stages of such a template (new): the list
 * ResourcesToImport. NULL after a warning. */
json_t *stage_import_resources(struct aws *aws, const char *stack, const json_t *import,
                               const json_t *values);
/* After the import, the stages are changed and not added. This makes the changes as they were
 * before, which the user has seen. */
void stage_import_done(const json_t *import, struct changes *changes);

#endif
