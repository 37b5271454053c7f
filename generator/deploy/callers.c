#include <string.h>

#include "base/util.h"
#include "deploy/callers.h"
#include "deploy/deployed.h"
#include "deploy/deployment.h"
#include "lambdas/lambda.h"
#include "resources/model.h"
#include "template/cfn.h"

/* A type of resource that calls lambdas. */
struct type {
    const char *name;
    const char *kind;   /* NULL: caller_service of the value at `what` */
    const char *lambda; /* the path of the value that refers to lambdas */
    const char *what;   /* the path of what calls; NULL: the resource itself */
    /* Returns the text for people, if what is at `what` is not enough, or "". */
    const char *(*text)(const struct caller_scope *c, const json_t *properties);
    bool each; /* each key of the value at `lambda` calls for itself, and is shown */
};

static const char *join(const struct caller_scope *c, const char *a, const char *b)
{
    return *a && *b ? arena_printf(c->deployment->arena, "%s %s", a, b) : *a ? a : b;
}

static const char *text_at(const struct caller_scope *c, const json_t *properties, const char *path)
{
    const json_t *value = caller_value(properties, path);
    return value ? caller_text(c, value) : "";
}

static const char *text_of_mapping(const struct caller_scope *c, const json_t *properties)
{
    const json_t *arn = caller_value(properties, "EventSourceArn");
    const char *source =
        arn ? caller_text(c, arn)
            : text_at(c, properties, "SelfManagedEventSource.Endpoints.KafkaBootstrapServers");
    return join(c, source,
                join(c, text_at(c, properties, "Topics"), text_at(c, properties, "Queues")));
}

static const char *text_of_schedule(const struct caller_scope *c, const json_t *properties)
{
    return join(c, text_at(c, properties, "ScheduleExpression"),
                text_at(c, properties, "ScheduleExpressionTimezone"));
}

/* The sources and the types of the events of a rule. */
static const char *text_of_pattern(const struct caller_scope *c, const json_t *properties)
{
    return join(c, text_at(c, properties, "EventPattern.source"),
                text_at(c, properties, "EventPattern.detail-type"));
}

static const char *text_of_method(const struct caller_scope *c, const json_t *properties)
{
    const char *route = join(c, text_at(c, properties, "HttpMethod"),
                             caller_path(c, caller_value(properties, "ResourceId")));
    return join(c, caller_api(c, caller_value(properties, "RestApiId")), route);
}

static const char *text_of_route(const struct caller_scope *c, const json_t *properties)
{
    return join(c, caller_api(c, caller_value(properties, "ApiId")),
                text_at(c, properties, "RouteKey"));
}

static const char *text_of_authorizer(const struct caller_scope *c, const json_t *properties)
{
    const json_t *rest = caller_value(properties, "RestApiId");
    return join(c, caller_api(c, rest ? rest : caller_value(properties, "ApiId")),
                text_at(c, properties, "Name"));
}

/* The values of the first condition. */
static const char *text_of_listener(const struct caller_scope *c, const json_t *properties)
{
    const json_t *condition = caller_value(properties, "Conditions.0");
    const char *key;
    json_t *config;
    json_object_foreach((json_t *)condition, key, config)
        if (json_is_array(json_object_get(config, "Values")) &&
            !json_is_object(caller_value(config, "Values.0")))
            return join(c, text_at(c, properties, "ListenerArn"), text_at(c, config, "Values"));
    return text_at(c, properties, "ListenerArn");
}

static const struct type types[] = {
    {"AWS::Lambda::EventSourceMapping", NULL, "FunctionName", "EventSourceArn", text_of_mapping},
    {"AWS::SNS::Subscription", "topic", "Endpoint", "TopicArn"},
    {"AWS::SNS::Topic", "topic", "Subscription", NULL},
    {"AWS::Scheduler::Schedule", "schedule", "Target.Arn", NULL, text_of_schedule},
    {"AWS::Events::Rule", "schedule", "Targets", "ScheduleExpression"},
    {"AWS::Events::Rule", "event", "Targets", "EventPattern", text_of_pattern},
    {"Custom::S3BucketNotificationConfiguration", "bucket", "LambdaFunctionConfigurations",
     "Bucket"},
    {"AWS::S3::Bucket", "bucket", "NotificationConfiguration.LambdaConfigurations", NULL},
    {"AWS::Logs::SubscriptionFilter", "logs", "DestinationArn", "LogGroupName"},
    {"AWS::Cognito::UserPool", "cognito", "LambdaConfig", NULL, .each = true},
    {"AWS::IoT::TopicRule", "iot", "TopicRulePayload", "TopicRulePayload.Sql"},
    {"AWS::ElasticLoadBalancingV2::ListenerRule", "alb", "Actions", NULL, text_of_listener},
    {"AWS::ElasticLoadBalancingV2::Listener", "alb", "DefaultActions", NULL},
    {"AWS::ApiGateway::Method", "route", "Integration.Uri", NULL, text_of_method},
    {"AWS::ApiGatewayV2::Route", "route", "Target", NULL, text_of_route},
    {"AWS::ApiGateway::RestApi", "route", "Body.paths", NULL, .each = true},
    {"AWS::ApiGatewayV2::Api", "route", "Body.paths", NULL, .each = true},
    {"AWS::ApiGateway::Authorizer", "authorizer", "AuthorizerUri", NULL, text_of_authorizer},
    {"AWS::ApiGatewayV2::Authorizer", "authorizer", "AuthorizerUri", NULL, text_of_authorizer},
};

/* Resources between a caller and its lambda: to which it refers, and where these name it. */
static const struct {
    const char *type, *lambda;
} between[] = {
    {"AWS::ApiGatewayV2::Integration", "IntegrationUri"},
    {"AWS::ElasticLoadBalancingV2::TargetGroup", "Targets"},
};

/* --- lambdas ------------------------------------------------------------------------------ */

/* Returns the lambda of a function, version or alias with this id; NULL if it is something else. */
static const char *lambda_by_id(const struct callers *c, const char *id)
{
    const char *type = cfn_text(json_object_get(c->in.resources, id), "Type");
    for (size_t i = 0; i < c->in.model->count; i++) {
        const struct lambda *lambda = lambda_of(c->in.model->resources[i]);
        if (lambda && (strcmp(lambda->id, id) == 0 ||
                       (lambda->alias_id && strcmp(lambda->alias_id, id) == 0)))
            return lambda->reference;
    }
    bool is = str_starts(type, "AWS::Lambda::") || strcmp(type, "AWS::Serverless::Function") == 0;
    return is ? id : NULL;
}

/* Inserts a caller behind the last one of its kind. */
static void insert(struct callers *c, const struct caller *caller)
{
    size_t at = c->n;
    while (at > 0 && strcmp(c->list[at - 1].kind, caller->kind) != 0)
        at--;
    at = at ? at : c->n;
    array_push(c->in.deployment->arena, c->list, c->n, *caller);
    memmove(&c->list[at + 1], &c->list[at], (c->n - 1 - at) * sizeof *c->list);
    c->list[at] = *caller;
}

static void add(struct callers *c, const struct type *type, const char *id, const char *source,
                const char *lambda)
{
    const json_t *properties = json_object_get(json_object_get(c->in.resources, id), "Properties");
    const struct caller caller = {
        .kind =
            type->kind ? type->kind : caller_service(&c->in, caller_value(properties, type->what)),
        .id = id,
        .source = source,
        .lambda = lambda,
        .applied = deployed_physical(c->in.deployed, id) != NULL,
    };
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->list[i].id, id) == 0 && strcmp(c->list[i].lambda, lambda) == 0 &&
            strcmp(c->list[i].source, source) == 0)
            return;
    insert(c, &caller);
}

/* Adds each lambda that `value` refers to, or a resource between. */
static void add_lambdas(struct callers *c, const struct type *type, const char *id,
                        const char *source, const json_t *value, bool direct)
{
    struct links links = {.arena = c->in.deployment->arena};
    json_t *entries = json_pack("{s:{s:O}}", "x", "Properties", value);
    links_add(&links, "", entries);
    for (size_t i = 0; i < links.n; i++) {
        const char *name = arena_strdup(links.arena, links.list[i].name);
        const char *lambda = lambda_by_id(c, name);
        const json_t *resource = json_object_get(c->in.resources, name);
        if (lambda)
            add(c, type, id, source, lambda);
        for (size_t k = 0; direct && k < countof(between); k++) {
            const json_t *next =
                caller_value(json_object_get(resource, "Properties"), between[k].lambda);
            if (next && strcmp(cfn_text(resource, "Type"), between[k].type) == 0)
                add_lambdas(c, type, id, source, next, false);
        }
    }
    json_decref(entries);
}

/* --- resources ---------------------------------------------------------------------------- */

/* Adds the methods of an OpenAPI document's path. */
static void add_path(struct callers *c, const struct type *type, const char *id, const char *path,
                     const json_t *methods)
{
    json_t *ref = cfn_ref(id), *method;
    const char *name, *api = caller_api(&c->in, ref);
    json_object_foreach((json_t *)methods, name, method) {
        const char *source = arena_printf(c->in.deployment->arena, "%s %s %s", api, name, path);
        if (json_is_object(method))
            add_lambdas(c, type, id, source, method, true);
    }
    json_decref(ref);
}

static void add_each(struct callers *c, const struct type *type, const char *id,
                     const json_t *values)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)values, key, value) {
        if (*key == '/')
            add_path(c, type, id, key, value);
        else
            add_lambdas(c, type, id, join(&c->in, id, key), value, true);
    }
}

static void add_resource(struct callers *c, const struct type *type, const char *id,
                         const json_t *properties)
{
    const json_t *value = caller_value(properties, type->lambda);
    const json_t *what = type->what ? caller_value(properties, type->what) : NULL;
    if (!value || (type->kind && type->what && !what))
        return;
    if (type->each) {
        add_each(c, type, id, value);
        return;
    }
    const char *source = type->text ? type->text(&c->in, properties) : "";
    source = *source ? source : what ? caller_text(&c->in, what) : id;
    add_lambdas(c, type, id, source, value, true);
}

void callers_find(struct callers *c)
{
    const char *id;
    json_t *resource;
    for (size_t i = 0; i < countof(types); i++)
        json_object_foreach((json_t *)c->in.resources, id, resource)
            if (strcmp(cfn_text(resource, "Type"), types[i].name) == 0)
                add_resource(c, &types[i], arena_strdup(c->in.deployment->arena, id),
                             json_object_get(resource, "Properties"));
}
