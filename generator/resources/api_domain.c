#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "resources/api_domain.h"
#include "resources/api_domain_word.h"
#include "resources/model.h"
#include "resources/output.h"
#include "resources/reference.h"
#include "resources/verbatim.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* An API under a domain name. */
struct mapping {
    const struct resource *resource;
    const struct node *settings; /* an entry of `domain` */
};

struct api_domain {
    const char *id;
    const struct node *name;
    const struct node *shared[DOMAIN_WORDS]; /* by the index of their fields, or NULL */
    struct mapping *mappings;
    size_t n;
};

/* The text of a value that the build knows; else NULL. */
static const char *known(const struct node *node)
{
    return node_dynamic(node) ? NULL : node_text(node);
}

static const struct node *setting(const struct api_domain *domain, const char *key)
{
    for (size_t i = DOMAIN_SHARED; i < DOMAIN_WORDS; i++)
        if (strcmp(domain_words[i].key, key) == 0)
            return domain->shared[i];
    return NULL;
}

static bool is_edge(const struct api_domain *domain)
{
    return schema_choice(setting(domain, "endpoint"), domain_endpoints) == domain_endpoints[1];
}

/* --- reading --------------------------------------------------------------------------------- */

/* Returns the domain name, which a new one becomes; NULL if an error was reported. */
static struct api_domain *domain_of(struct model *model, const struct node *name)
{
    json_t *value = cfn_value(name);
    if (!value)
        return NULL;
    value = json_pack("[o]", value);
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
    for (size_t i = DOMAIN_SHARED; i < DOMAIN_WORDS; i++) {
        const struct node *value = node_get(entry, domain_words[i].key);
        if (!node_set(value))
            continue;
        if (!domain->shared[i]) {
            domain->shared[i] = value;
        } else if (!same(&domain_words[i], domain->shared[i], value)) {
            ok = diag_error(EXIT_RESOURCE, value->pos,
                            "'%s' of this domain name has another value at another API; one of "
                            "them is enough",
                            domain_words[i].key);
            diag_note(domain->shared[i]->pos, "the other value is here");
        }
    }
    return ok;
}

/* The base path of an entry; NULL if it has none. */
static const struct node *base_path(const struct node *entry)
{
    const struct node *path = node_get(entry, "base_path");
    return node_set(path) && (!known(path) || *path->text) ? path : NULL;
}

static bool same_path(const struct node *one, const struct node *other)
{
    return one && other ? reference_same(one, other) : one == other;
}

/* APIs with conditions may exclude each other. */
static bool check_path_once(const struct api_domain *domain, const struct resource *resource,
                            const struct node *entry)
{
    for (size_t i = 0; i < domain->n && !verbatim_condition(resource->settings); i++) {
        const struct node *other = domain->mappings[i].settings;
        if (verbatim_condition(domain->mappings[i].resource->settings) ||
            !same_path(base_path(other), base_path(entry)))
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
    if (!api_domain_check(model, resource, entry))
        return false;
    struct api_domain *domain = domain_of(model, node_get(entry, "name"));
    if (!domain)
        return false;
    bool ok = share(domain, entry);
    ok = check_path_once(domain, resource, entry) && ok;
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
        const struct node *path = base_path(entry);
        if (path && known(path) && strchr(path->text, '/'))
            ok = diag_error(EXIT_VALUE, path->pos,
                            "a base path has one level at edge locations; take endpoint: REGIONAL");
    }
    return ok;
}

/* Whether one of its APIs has a certificate, even if the API itself has errors and was not read. */
static bool has_certificate(const struct model *model, const struct api_domain *domain)
{
    if (setting(domain, "certificate"))
        return true;
    for (size_t i = 0; i < model->count; i++) {
        const struct node *all = node_get(model->resources[i]->settings, "domain"), *item;
        for (size_t k = 0; (item = node_item(all, k)); k++)
            if (node_set(node_get(item, "certificate")) && node_set(node_get(item, "name")) &&
                reference_same(node_get(item, "name"), domain->name))
                return true;
    }
    return false;
}

bool api_domains_check(const struct model *model)
{
    bool ok = true;
    for (size_t i = 0; i < model->ndomains; i++) {
        const struct api_domain *domain = model->domains[i];
        ok = check_kinds(domain) && ok;
        ok = check_edge(domain) && ok;
        if (!has_certificate(model, domain))
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
    bool edge = is_edge(domain);
    return json_pack("{s:s, s:{s:o*, s:o, s:o, s:o}}",
        "Type", edge ? "AWS::ApiGateway::BasePathMapping" : "AWS::ApiGatewayV2::ApiMapping",
        "Properties",
            edge ? "BasePath" : "ApiMappingKey", cfn_value(base_path(entry)),
            "DomainName", cfn_ref(domain->id),
            edge ? "RestApiId" : "ApiId", cfn_ref(api_id),
            "Stage", stage);
}
/* clang-format on */

static json_t *url(const struct node *entry, const char *scheme)
{
    const struct node *path = base_path(entry);
    json_t *parts = json_pack("[s, o]", scheme, cfn_value(node_get(entry, "name")));
    if (path) {
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

/* Returns the domain name that an entry was read into. */
static const struct api_domain *domain_with(const struct model *model, const struct node *entry)
{
    for (size_t i = 0; i < model->ndomains; i++)
        for (size_t m = 0; m < model->domains[i]->n; m++)
            if (model->domains[i]->mappings[m].settings == entry)
                return model->domains[i];
    return NULL;
}

static void write_mapping(const struct model *model, struct cfn *cfn,
                          const struct resource *resource, const struct node *entry,
                          const char *api_id, const json_t *stage)
{
    const struct api_domain *domain = domain_with(model, entry);
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
    return tls ? cfn_choice(tls, domain_policies) : json_string(domain_policies[1]);
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
                "IpAddressType", cfn_choice(setting(domain, "ip_address_type"), domain_address_types),
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
