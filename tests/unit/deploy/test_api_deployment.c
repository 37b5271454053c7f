#include <jansson.h>
#include <string.h>

#include "base/util.h"
#include "check.h"
#include "deploy/api_deployment.h"
#include "stacks/change.h"

static const char template[] =
    "{\"Parameters\": {\"Backend\": {\"Type\": \"String\"}, \"Stage\": {\"Type\": \"String\"},"
    " \"Other\": {\"Type\": \"String\"}, \"Key\": {\"Type\": \"String\", \"NoEcho\": true}},"
    " \"Resources\": {"
    "  \"Shop\": {\"Type\": \"AWS::ApiGateway::RestApi\", \"Properties\": {\"Name\": \"shop\"}},"
    "  \"ShopGet\": {\"Type\": \"AWS::ApiGateway::Method\", \"Properties\": {\"RestApiId\":"
    "   {\"Ref\": \"Shop\"}, \"Integration\": {\"Uri\": {\"Fn::Join\": [\"\", [{\"Ref\": "
    "\"Backend\"},"
    "   {\"Ref\": \"Stage\"}, {\"Ref\": \"Alias\"}]]}}}},"
    "  \"ShopDeploymentAA\": {\"Type\": \"AWS::ApiGateway::Deployment\", \"DependsOn\": "
    "[\"ShopGet\"],"
    "   \"Properties\": {\"RestApiId\": {\"Ref\": \"Shop\"}, \"StageName\": {\"Ref\": \"Stage\"}}},"
    "  \"ShopStage\": {\"Type\": \"AWS::ApiGateway::Stage\", \"Properties\": {\"RestApiId\":"
    "   {\"Ref\": \"Shop\"}, \"Description\": {\"Ref\": \"Other\"},"
    "   \"DeploymentId\": {\"Ref\": \"ShopDeploymentAA\"}}},"
    "  \"ShopPlan\": {\"Type\": \"AWS::ApiGateway::UsagePlan\", \"DependsOn\": "
    "[\"ShopDeploymentAA\"]},"
    "  \"Safe\": {\"Type\": \"AWS::ApiGateway::RestApi\", \"Properties\": {\"Description\":"
    "   {\"Ref\": \"Key\"}}},"
    "  \"SafeDeploymentBB\": {\"Type\": \"AWS::ApiGateway::Deployment\","
    "   \"Properties\": {\"RestApiId\": {\"Ref\": \"Safe\"}}},"
    "  \"Plain\": {\"Type\": \"AWS::ApiGateway::RestApi\", \"Properties\": {\"Name\": \"plain\"}},"
    "  \"PlainDeploymentCC\": {\"Type\": \"AWS::ApiGateway::Deployment\","
    "   \"Properties\": {\"RestApiId\": {\"Ref\": \"Plain\"}}},"
    "  \"Queue\": {\"Type\": \"AWS::SQS::Queue\", \"Properties\": {\"Name\": {\"Ref\": \"Other\"}}}"
    " }}";

/* New ids by those that were built: Shop, Safe, Plain. */
struct renamed {
    const char *shop, *safe, *plain;
    size_t count;
};

/* Whether the stage and the usage plan name this deployment. */
static bool refers_to(const json_t *resources, const char *deployment)
{
    const char *ref = NULL, *need = NULL;
    CHECK(json_unpack(json_object_get(resources, "ShopStage"), "{s:{s:{s:s}}}", "Properties",
                      "DeploymentId", "Ref", &ref) == 0);
    CHECK(json_unpack(json_object_get(resources, "ShopPlan"), "{s:[s]}", "DependsOn", &need) == 0);
    return deployment && strcmp(ref, deployment) == 0 && strcmp(need, deployment) == 0;
}

static void note(const char *from, const char *to, void *data)
{
    struct renamed *r = data;
    r->count++;
    if (strcmp(from, "ShopDeploymentAA") == 0)
        r->shop = to;
    else if (strcmp(from, "SafeDeploymentBB") == 0)
        r->safe = to;
    else
        r->plain = to;
}

/* `key` may be NULL; a secret takes long. */
static struct renamed rename_with(struct arena *arena, const char *stack, const char *backend,
                                  const char *key, const char *stage)
{
    struct renamed r = {0};
    json_t *json = json_loads(template, 0, NULL);
    json_t *values = json_pack("{s:s, s:s*, s:s, s:s}", "Backend", backend, "Key", key, "Stage",
                               stage, "Other", stage);
    CHECK(json != NULL);
    api_deployment_rename(arena, json, values, stack, note, &r);
    const json_t *resources = json_object_get(json, "Resources");
    CHECK(json_object_size(resources) == 10);
    CHECK(refers_to(resources, r.shop));
    CHECK(r.shop && json_object_get(resources, r.shop) &&
          !json_object_get(resources, "ShopDeploymentAA"));
    CHECK(json_object_get(resources, "PlainDeploymentCC"));
    json_decref(json);
    json_decref(values);
    return r;
}

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Whether a change of the API of `template` is made in two, if this resource changes too. */
static bool twice(struct change other)
{
    struct change items[] = {
        {.kind = CHANGE_ADD, .id = "ShopDeploymentAA", .type = "AWS::ApiGateway::Deployment"},
        {.kind = CHANGE_REMOVE, .id = "ShopDeployment99", .type = "AWS::ApiGateway::Deployment"},
        {.kind = CHANGE_REMOVE, .id = "ShopperDeployment9", .type = "AWS::ApiGateway::Deployment"},
        other,
    };
    json_t *json = json_loads(template, 0, NULL);
    json_t *before = api_deployment_before(json, &(struct changes){items, countof(items)});
    bool made = before != NULL;
    if (made) {
        const json_t *resources = json_object_get(before, "Resources");
        CHECK(json_object_size(resources) == 10);
        CHECK(refers_to(resources, "ShopDeployment99"));
        CHECK(json_equal(json_object_get(resources, "ShopDeployment99"),
                         json_object_get(json_object_get(json, "Resources"), "ShopDeploymentAA")));
        CHECK(!json_object_get(resources, "ShopDeploymentAA"));
        CHECK(!json_object_get(resources, "ShopperDeployment9"));
        CHECK(json_object_get(resources, "PlainDeploymentCC"));
    }
    json_decref(before);
    json_decref(json);
    return made;
}

static void test_before(void)
{
    static const char method[] = "AWS::ApiGateway::Method";
    CHECK(twice((struct change){.kind = CHANGE_REMOVE, .id = "ShopGet", .type = method}));
    CHECK(twice((struct change){.kind = CHANGE_REPLACE, .id = "ShopGet", .type = method}));
    CHECK(!twice(
        (struct change){.kind = CHANGE_REPLACE, .id = "ShopGet", .type = method, .perhaps = true}));
    CHECK(!twice((struct change){.kind = CHANGE_MODIFY, .id = "ShopGet", .type = method}));
    CHECK(!twice((struct change){.kind = CHANGE_ADD, .id = "ShopGet", .type = method}));
    CHECK(!twice((struct change){.kind = CHANGE_REMOVE, .id = "Q", .type = "AWS::SQS::Queue"}));
    static const char stage[] = "AWS::ApiGateway::Stage";
    CHECK(twice((struct change){.kind = CHANGE_REMOVE, .id = "S", .type = stage}));
    CHECK(!twice((struct change){.kind = CHANGE_REPLACE, .id = "S", .type = stage}));
    CHECK(twice((struct change){
        .kind = CHANGE_REMOVE, .id = "G", .type = "AWS::ApiGateway::GatewayResponse"}));
}

int main(void)
{
    struct arena *arena = arena_new();
    test_before();
    struct renamed first = rename_with(arena, "dev-shop-r", "http://a", NULL, "dev");
    CHECK(first.count == 1 && !first.plain && !first.safe);
    CHECK(str_starts(first.shop, "ShopDeploymentAA"));
    CHECK(str_is_made_of(first.shop + strlen("ShopDeploymentAA"), STR_UPPER STR_DIGITS));
    /* what the API does not refer to, and the stage, which belongs to the stack, change nothing */
    CHECK(same(rename_with(arena, "dev-shop-r", "http://a", NULL, "prod").shop, first.shop));
    CHECK(!same(rename_with(arena, "dev-shop-r", "http://b", NULL, "dev").shop, first.shop));
    /* a secret is salted with the stack */
    struct renamed secret = rename_with(arena, "dev-shop-r", "http://a", "k", "dev");
    struct renamed other = rename_with(arena, "dev-shop-r", "http://a", "l", "dev");
    struct renamed stack = rename_with(arena, "prod-shop-r", "http://a", "k", "dev");
    CHECK(secret.count == 2 && same(secret.shop, first.shop));
    CHECK(secret.safe && !same(other.safe, secret.safe) && !same(stack.safe, secret.safe));
    arena_free(arena);
    return check_result();
}
