#include "apis/vpc_link.h"

#include "base/diag.h"
#include "base/util.h"
#include "resources/reference.h"
#include "settings/node.h"

bool vpc_link_check(const struct model *model, const struct node *link, bool rest)
{
    static const char *const http[] = {"AWS::ApiGatewayV2::VpcLink", NULL};
    static const char *const both[] = {"AWS::ApiGateway::VpcLink", "AWS::ApiGatewayV2::VpcLink",
                                       NULL};
    if (node_dynamic(link))
        return reference_check(model, link, rest ? both : http, "a VPC link");
    return str_is_made_of(link->text, STR_ALNUM) ||
           (rest && str_starts(link->text, "${stageVariables.")) ||
           diag_error(EXIT_VALUE, link->pos,
                      "vpc_link is the id of a VPC link, as in abc123, or a ref, not '%s'",
                      link->text);
}
