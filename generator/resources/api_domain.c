#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "resources/api_domain.h"
#include "resources/arn.h"
#include "resources/model.h"
#include "resources/output.h"
#include "resources/reference.h"
#include "resources/verbatim.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const char *const policies[] = {"TLS_1_0", "TLS_1_2", NULL};
static const char *const endpoints[] = {"REGIONAL", "EDGE", NULL};
static const char *const address_types[] = {"ipv4", "dualstack", NULL};

/* Those up to base_path are of one API; the others are of the domain name. */
static const struct field fields[] = {
    {"name", FIELD_TEXT, .required = true},
    {"base_path", FIELD_TEXT},
    {"certificate", FIELD_TEXT},
    {"ownership_certificate", FIELD_TEXT},
    {"zone", FIELD_TEXT},
    {"tls", FIELD_CHOICE, .choices = policies},
    {"mutual_tls", FIELD_MAP},
    {"endpoint", FIELD_CHOICE, .choices = endpoints},
    {"ip_address_type", FIELD_CHOICE, .choices = address_types},
};
enum { SHARED = 2 };

static const struct field mutual_fields[] = {
    {"truststore", FIELD_TEXT, .required = true},
    {"version", FIELD_TEXT},
};

/* An API under a domain name. */
struct mapping {
    const struct resource *resource;
    const struct node *settings; /* an entry of `domain` */
};

struct api_domain {
    const char *id;
    const struct node *name;
    const struct node *shared[countof(fields)]; /* by the index of their fields, or NULL */
    struct mapping *mappings;
    size_t n;
};

static const struct node *setting(const struct api_domain *domain, const char *key)
{
    for (size_t i = SHARED; i < countof(fields); i++)
        if (strcmp(fields[i].key, key) == 0)
            return domain->shared[i];
    return NULL;
}

static bool is_edge(const struct api_domain *domain)
{
    return schema_choice(setting(domain, "endpoint"), endpoints) == endpoints[1];
}

/* --- reading --------------------------------------------------------------------------------- */

/* The text of a value that the build knows; else NULL. */
static const char *known(const struct node *node)
{
    return node_dynamic(node) ? NULL : node_text(node);
}

static bool check_name(const struct node *name)
{
    const char *text = known(name);
    const char *rest = text && str_starts(text, "*.") ? text + 2 : text;
    return !text ||
           (str_is_made_of(rest, STR_LOWER STR_DIGITS ".-") && strchr(rest, '.') && *rest != '.' &&
            !str_ends(rest, ".") && !strstr(rest, "..")) ||
           diag_error(EXIT_VALUE, name->pos,
                      "a domain name has small letters, digits, '-' and '.', as in "
                      "api.example.com, not '%s'",
                      text);
}

static bool check_certificate(const struct model *model, const struct node *certificate)
{
    static const char *const types[] = {"AWS::CertificateManager::Certificate", NULL};
    const char *text = known(certificate);
    const char *resource = text ? arn_resource(text, "acm") : NULL;
    return (!text && reference_check(model, certificate, types, "a certificate")) ||
           (resource && str_starts(resource, "certificate/")) || !node_set(certificate) ||
           (text && diag_error(EXIT_VALUE, certificate->pos,
                               "a certificate is an ARN of ACM, "
                               "arn:aws:acm:<region>:<account>:certificate/<id>, or a ref, not "
                               "'%s'",
                               text));
}

/* API Gateway Developer Guide, "Map API stages to a custom domain name for REST APIs". */
static bool check_base_path(const struct node *path)
{
    const char *text = known(path);
    if (!text || !*text)
        return true;
    bool good = str_is_made_of(text, STR_ALNUM "-._~!$&'()*+,;=:@%/") && *text != '/' &&
                !str_ends(text, "/") && !strstr(text, "//");
    return good || diag_error(EXIT_VALUE, path->pos,
                              "a base path has no '/' at its ends, and letters, digits and - . _ ~ "
                              "between them, not '%s'",
                              text);
}

static bool check_zone(const struct model *model, const struct node *zone)
{
    static const char *const types[] = {"AWS::Route53::HostedZone", NULL};
    const char *text = known(zone);
    if (!text)
        return reference_check(model, zone, types, "a hosted zone");
    return strchr(text, '.') || (*text == 'Z' && str_is_made_of(text, STR_UPPER STR_DIGITS)) ||
           diag_error(EXIT_VALUE, zone->pos,
                      "a zone is the id of a hosted zone, as in Z0123456789ABC, its name, as in "
                      "example.com, or a ref, not '%s'",
                      text);
}

static bool check_mutual(const struct resource *resource, const struct node *mutual)
{
    const struct node *store = node_get(mutual, "truststore");
    if (!node_set(mutual))
        return true;
    if (resource_is(resource, "websocket"))
        return diag_error(EXIT_RESOURCE, mutual->pos, "a WebSocket API has no mutual_tls");
    return schema_check(mutual_fields, countof(mutual_fields), mutual, mutual, "mutual_tls") &&
           (!known(store) || str_starts(store->text, "s3://") ||
            diag_error(EXIT_VALUE, store->pos,
                       "a truststore is a file in S3, s3://bucket/key, not '%s'", store->text));
}

static bool check_endpoint(const struct resource *resource, const struct node *endpoint)
{
    return resource_is(resource, "apigateway") ||
           schema_choice(endpoint, endpoints) != endpoints[1] ||
           diag_error(EXIT_RESOURCE, endpoint->pos,
                      "only a REST API has a domain name for edge locations; take REGIONAL");
}

static bool check_entry(const struct model *model, const struct resource *resource,
                        const struct node *entry)
{
    if (!schema_check(fields, countof(fields), entry, entry, "domain"))
        return false;
    bool ok = check_name(node_get(entry, "name"));
    ok = check_base_path(node_get(entry, "base_path")) && ok;
    ok = check_certificate(model, node_get(entry, "certificate")) && ok;
    ok = check_certificate(model, node_get(entry, "ownership_certificate")) && ok;
    ok = check_zone(model, node_get(entry, "zone")) && ok;
    ok = check_mutual(resource, node_get(entry, "mutual_tls")) && ok;
    return check_endpoint(resource, node_get(entry, "endpoint")) && ok;
}

/* Returns the domain name, which a new one becomes. */
static struct api_domain *domain_of(struct model *model, const struct node *name)
{
    json_t *value = json_pack("[o]", cfn_value(name));
    const char *digest = cfn_digest(model->arena, value);
    const char *id = arena_printf(model->arena, "Domain%s", digest);
    json_decref(value);
    for (size_t i = 0; i < model->ndomains; i++)
        if (strcmp(model->domains[i]->id, id) == 0)
            return model->domains[i];
    struct api_domain *domain = arena_alloc(model->arena, sizeof *domain);
    domain->id = id;
    domain->name = name;
    array_push(model->arena, model->domains, model->ndomains, domain);
    return domain;
}

static bool same(const struct field *field, const struct node *one, const struct node *other)
{
    if (field->kind == FIELD_CHOICE && known(one) && known(other))
        return schema_choice(one, field->choices) == schema_choice(other, field->choices);
    json_t *a = cfn_value(one), *b = cfn_value(other);
    bool equal = json_equal(a, b);
    json_decref(a), json_decref(b);
    return equal;
}

/* What several APIs say of one domain name must be the same. */
static bool share(struct api_domain *domain, const struct node *entry)
{
    bool ok = true;
    for (size_t i = SHARED; i < countof(fields); i++) {
        const struct node *value = node_get(entry, fields[i].key);
        if (!node_set(value))
            continue;
        if (!domain->shared[i]) {
            domain->shared[i] = value;
        } else if (!same(&fields[i], domain->shared[i], value)) {
            ok = diag_error(EXIT_RESOURCE, value->pos,
                            "'%s' of this domain name has another value at another API; one of "
                            "them is enough",
                            fields[i].key);
            diag_note(domain->shared[i]->pos, "the other value is here");
        }
    }
    return ok;
}

static const char *base_path(const struct node *entry)
{
    const char *path = node_text(node_get(entry, "base_path"));
    return path ? path : "";
}

static bool check_path_once(const struct api_domain *domain, const struct node *entry)
{
    for (size_t i = 0; i < domain->n; i++) {
        const struct node *other = domain->mappings[i].settings;
        if (strcmp(base_path(other), base_path(entry)) != 0)
            continue;
        diag_error(EXIT_DUPLICATE, entry->pos,
                   "two APIs have one base path of this domain name; set another 'base_path'");
        diag_note(other->pos, "the other one is here");
        return false;
    }
    return true;
}

static bool read_entry(struct model *model, const struct resource *resource,
                       const struct node *entry)
{
    if (!check_entry(model, resource, entry))
        return false;
    struct api_domain *domain = domain_of(model, node_get(entry, "name"));
    bool ok = share(domain, entry);
    ok = check_path_once(domain, entry) && ok;
    struct mapping mapping = {resource, entry};
    array_push(model->arena, domain->mappings, domain->n, mapping);
    return ok;
}

bool api_domain_read(struct model *model, const struct resource *resource)
{
    const struct node *domain = node_get(resource->settings, "domain"), *item;
    bool ok = true;
    for (size_t i = 0; (item = node_item(domain, i)); i++)
        ok = read_entry(model, resource, item) && ok;
    return ok;
}

/* A domain name of WebSocket APIs has no APIs of other kinds. */
static bool check_kinds(const struct api_domain *domain)
{
    const struct mapping *first = &domain->mappings[0];
    for (size_t i = 1; i < domain->n; i++) {
        const struct mapping *mapping = &domain->mappings[i];
        if (resource_is(mapping->resource, "websocket") ==
            resource_is(first->resource, "websocket"))
            continue;
        diag_error(EXIT_RESOURCE, mapping->settings->pos,
                   "WebSocket APIs share no domain name with other APIs; give one of them another "
                   "name");
        diag_note(first->settings->pos, "the other API has it here");
        return false;
    }
    return true;
}

/* Only a regional domain name has mutual TLS, several levels of base paths and HTTP APIs. */
static bool check_edge(const struct api_domain *domain)
{
    const struct node *mutual = setting(domain, "mutual_tls");
    bool ok = true;
    if (!is_edge(domain))
        return true;
    if (mutual)
        ok = diag_error(EXIT_RESOURCE, mutual->pos,
                        "a domain name for edge locations has no mutual_tls");
    for (size_t i = 0; i < domain->n; i++) {
        const struct node *entry = domain->mappings[i].settings;
        if (!resource_is(domain->mappings[i].resource, "apigateway"))
            ok = diag_error(EXIT_RESOURCE, entry->pos,
                            "this domain name is for edge locations, which only REST APIs have");
        if (strchr(base_path(entry), '/') && known(node_get(entry, "base_path")))
            ok = diag_error(EXIT_VALUE, node_get(entry, "base_path")->pos,
                            "a base path has one level at edge locations; take endpoint: REGIONAL");
    }
    return ok;
}

bool api_domains_check(const struct model *model)
{
    bool ok = true;
    for (size_t i = 0; i < model->ndomains; i++) {
        const struct api_domain *domain = model->domains[i];
        ok = check_kinds(domain) && ok;
        ok = check_edge(domain) && ok;
        if (!setting(domain, "certificate"))
            ok = diag_error(EXIT_REQUIRED, domain->name->pos,
                            "a domain name needs a 'certificate', at one of its APIs");
    }
    return ok;
}

/* --- writing --------------------------------------------------------------------------------- */

/* clang-format off */
static json_t *mapping_cfn(const struct api_domain *domain, const struct node *entry,
                           const char *api_id, json_t *stage)
{
    const struct node *path = node_get(entry, "base_path");
    bool edge = is_edge(domain), has_path = node_set(path) && (!known(path) || *path->text);
    return json_pack("{s:s, s:{s:o*, s:o, s:o, s:o}}",
        "Type", edge ? "AWS::ApiGateway::BasePathMapping" : "AWS::ApiGatewayV2::ApiMapping",
        "Properties",
            edge ? "BasePath" : "ApiMappingKey", has_path ? cfn_value(path) : NULL,
            "DomainName", cfn_ref(domain->id),
            edge ? "RestApiId" : "ApiId", cfn_ref(api_id),
            "Stage", stage);
}
/* clang-format on */

static json_t *url(const struct node *entry, const char *scheme)
{
    const struct node *path = node_get(entry, "base_path");
    json_t *parts = json_pack("[s, o]", scheme, cfn_value(node_get(entry, "name")));
    if (node_set(path) && (!known(path) || *path->text)) {
        json_array_append_new(parts, json_string("/"));
        json_array_append_new(parts, cfn_value(path));
    }
    return cfn_join("", parts);
}

json_t *api_domain_url(const struct model *model, const struct resource *resource,
                       const char *scheme)
{
    const struct node *first = node_item(node_get(resource->settings, "domain"), 0);
    return first ? url(first, arena_printf(model->arena, "%s://", scheme)) : NULL;
}

static void write_mapping(const struct model *model, struct cfn *cfn,
                          const struct resource *resource, const struct node *entry,
                          const char *api_id, const json_t *stage)
{
    const struct api_domain *domain = domain_of((struct model *)model, node_get(entry, "name"));
    const char *name = resource_id(model, resource);
    const char *scheme = resource_is(resource, "websocket") ? "wss://" : "https://";
    json_t *mapping = mapping_cfn(domain, entry, api_id, json_deep_copy(stage));
    json_t *address = url(entry, scheme);
    const char *digest = cfn_digest(model->arena, address);
    cfn_add(cfn, entry->pos, arena_printf(model->arena, "%sMapping%s", name, digest), mapping);
    if (schema_flag(node_get(resource->settings, "cli-output"), true))
        cfn_output(cfn, entry->pos,
                   arena_printf(model->arena, OUTPUT_OWN "%s%sDomain%s",
                                name_id(model->arena, resource->kind->key, NULL), api_id, digest),
                   json_pack("{s:O}", "Value", address));
    json_decref(address);
}

void api_domain_write(const struct model *model, struct cfn *cfn, const struct resource *resource,
                      const char *api_id, json_t *stage)
{
    const struct node *domain = node_get(resource->settings, "domain"), *item;
    for (size_t i = 0; (item = node_item(domain, i)); i++)
        write_mapping(model, cfn, resource, item, api_id, stage);
    json_decref(stage);
}

static json_t *policy(const struct api_domain *domain)
{
    const struct node *tls = setting(domain, "tls");
    return tls ? cfn_choice(tls, policies) : json_string(policies[1]);
}

/* clang-format off */
static json_t *edge_cfn(const struct api_domain *domain)
{
    return json_pack("{s:s, s:{s:o, s:o, s:{s:[s]}, s:o}}",
        "Type", "AWS::ApiGateway::DomainName",
        "Properties",
            "CertificateArn", cfn_value(setting(domain, "certificate")),
            "DomainName", cfn_value(domain->name),
            "EndpointConfiguration", "Types", "EDGE",
            "SecurityPolicy", policy(domain));
}

static json_t *mutual_tls(const struct node *mutual)
{
    return !mutual ? NULL : json_pack("{s:o, s:o*}",
        "TruststoreUri", cfn_value(node_get(mutual, "truststore")),
        "TruststoreVersion", cfn_value(node_get(mutual, "version")));
}

static json_t *regional_cfn(const struct api_domain *domain)
{
    return json_pack("{s:s, s:{s:o, s:[{s:o, s:s, s:o*, s:o*, s:o}], s:o*}}",
        "Type", "AWS::ApiGatewayV2::DomainName",
        "Properties",
            "DomainName", cfn_value(domain->name),
            "DomainNameConfigurations",
                "CertificateArn", cfn_value(setting(domain, "certificate")),
                "EndpointType", "REGIONAL",
                "IpAddressType", cfn_choice(setting(domain, "ip_address_type"), address_types),
                "OwnershipVerificationCertificateArn", cfn_value(setting(domain, "ownership_certificate")),
                "SecurityPolicy", policy(domain),
            "MutualTlsAuthentication", mutual_tls(setting(domain, "mutual_tls")));
}

static json_t *record(const struct api_domain *domain, const char *type)
{
    bool edge = is_edge(domain);
    return json_pack("{s:{s:o, s:o}, s:o, s:s}",
        "AliasTarget",
            "DNSName", cfn_att(domain->id, edge ? "DistributionDomainName" : "RegionalDomainName"),
            "HostedZoneId", cfn_att(domain->id, edge ? "DistributionHostedZoneId" : "RegionalHostedZoneId"),
        "Name", cfn_value(domain->name),
        "Type", type);
}
/* clang-format on */

/* The name of a zone has a dot at its end for Route 53. */
static json_t *records_cfn(const struct model *model, const struct api_domain *domain)
{
    const struct node *zone = setting(domain, "zone");
    bool by_name = known(zone) && strchr(zone->text, '.');
    json_t *value = by_name ? json_string(arena_printf(model->arena, "%s%s", zone->text,
                                                       str_ends(zone->text, ".") ? "" : "."))
                            : reference_value(model, zone, WANT_ID);
    return json_pack("{s:s, s:{s:o, s:[o, o]}}", "Type", "AWS::Route53::RecordSetGroup",
                     "Properties", by_name ? "HostedZoneName" : "HostedZoneId", value, "RecordSets",
                     record(domain, "A"), record(domain, "AAAA"));
}

/* Returns the condition that all APIs of a domain name have; NULL if one of them has another one or
 * none, so that the domain name is needed without it. */
static const char *condition_of(const struct api_domain *domain)
{
    const char *condition = verbatim_condition(domain->mappings[0].resource->settings);
    for (size_t i = 1; condition && i < domain->n; i++) {
        const char *other = verbatim_condition(domain->mappings[i].resource->settings);
        condition = other && strcmp(condition, other) == 0 ? condition : NULL;
    }
    return condition;
}

void api_domains_write(const struct model *model, struct cfn *cfn)
{
    for (size_t i = 0; i < model->ndomains; i++) {
        const struct api_domain *domain = model->domains[i];
        struct pos pos = domain->name->pos;
        cfn->condition = condition_of(domain);
        cfn_add(cfn, pos, domain->id, is_edge(domain) ? edge_cfn(domain) : regional_cfn(domain));
        if (setting(domain, "zone"))
            cfn_add(cfn, pos, arena_printf(model->arena, "%sRecords", domain->id),
                    records_cfn(model, domain));
    }
    cfn->condition = NULL;
}
