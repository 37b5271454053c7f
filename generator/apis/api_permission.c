#include "apis/api_permission.h"
#include "base/util.h"
#include "lambdas/invoke.h"
#include "lambdas/lambda.h"
#include "template/cfn.h"

void api_permission(struct cfn *cfn, struct pos pos, const char *api_id, const char *name,
                    const struct lambda *lambda, bool authorizer)
{
    const char *id = arena_printf(cfn->arena, "%s%sPermission%s", name,
                                  authorizer ? "Authorizer" : "", lambda->short_id);
    const char *source = arena_printf(
        cfn->arena, "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${%s}/%s",
        api_id, authorizer ? "authorizers/*" : "*/*");
    json_t *permission = invoke_permission(lambda, "apigateway.amazonaws.com", cfn_sub(source));
    const json_t *before = json_object_get(cfn->resources, id);
    if (before && json_equal(json_object_get(before, "Properties"),
                             json_object_get(permission, "Properties")))
        json_decref(permission);
    else
        cfn_add(cfn, pos, id, permission);
}
