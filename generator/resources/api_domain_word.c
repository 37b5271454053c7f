#include "resources/api_domain_word.h"

#include <string.h>

#include "base/util.h"
#include "resources/arn.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"

const char *const domain_policies[] = {"TLS_1_0", "TLS_1_2", NULL};
const char *const domain_endpoints[] = {"REGIONAL", "EDGE", NULL};
const char *const domain_address_types[] = {"ipv4", "dualstack", NULL};

const struct field domain_words[DOMAIN_WORDS] = {
    {"name", FIELD_TEXT, .required = true},
    {"base_path", FIELD_TEXT},
    {"certificate", FIELD_TEXT},
    {"ownership_certificate", FIELD_TEXT},
    {"zone", FIELD_TEXT},
    {"tls", FIELD_CHOICE, .choices = domain_policies},
    {"mutual_tls", FIELD_MAP},
    {"endpoint", FIELD_CHOICE, .choices = domain_endpoints},
    {"ip_address_type", FIELD_CHOICE, .choices = domain_address_types},
};

static const struct field mutual_fields[] = {
    {"truststore", FIELD_TEXT, .required = true},
    {"version", FIELD_TEXT, .filled = true},
};

/* The text of a value that the build knows; else NULL. */
static const char *known(const struct node *node)
{
    return node_dynamic(node) ? NULL : node_text(node);
}

/* The last part of a domain name has letters: 1.5 is a number. */
static bool is_domain(const char *text)
{
    const char *last = strrchr(text, '.');
    return str_is_made_of(text, STR_LOWER STR_DIGITS ".-") && last && *text != '.' && last[1] &&
           !strstr(text, "..") && last[1 + strspn(last + 1, STR_DIGITS)];
}

static bool check_name(const struct node *name)
{
    const char *text = known(name);
    const char *rest = text && str_starts(text, "*.") ? text + 2 : text;
    return !text || is_domain(rest) ||
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
           schema_choice(endpoint, domain_endpoints) != domain_endpoints[1] ||
           diag_error(EXIT_RESOURCE, endpoint->pos,
                      "only a REST API has a domain name for edge locations; take REGIONAL");
}

bool api_domain_check(const struct model *model, const struct resource *resource,
                      const struct node *entry)
{
    if (!schema_check(domain_words, DOMAIN_WORDS, entry, entry, "domain"))
        return false;
    bool ok = check_name(node_get(entry, "name"));
    ok = check_base_path(node_get(entry, "base_path")) && ok;
    ok = check_certificate(model, node_get(entry, "certificate")) && ok;
    ok = check_certificate(model, node_get(entry, "ownership_certificate")) && ok;
    ok = check_zone(model, node_get(entry, "zone")) && ok;
    ok = check_mutual(resource, node_get(entry, "mutual_tls")) && ok;
    return check_endpoint(resource, node_get(entry, "endpoint")) && ok;
}
