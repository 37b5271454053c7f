#include <string.h>
#include <strings.h>

#include "apis/api.h"
#include "apis/api_parameter.h"
#include "base/util.h"
#include "settings/node.h"

static const char path_prefix[] = "method.request.path.";

/* What stands on one side of a mapping: the beginnings of its forms, of which those with a '.' at
 * the end need a name; and the forms as a message names them. */
struct side {
    const char *forms[10]; /* NULL behind the last one */
    const char *words;
};

static const struct side request_keys = {
    {"method.request.path.", "method.request.querystring.", "method.request.header."},
    "method.request.path, querystring or header and a name"};

static const struct side request_targets = {
    {"integration.request.path.", "integration.request.querystring.",
     "integration.request.header."},
    "integration.request.path, querystring or header and a name"};

static const struct side request_sources = {
    {path_prefix, "method.request.querystring.", "method.request.header.",
     "method.request.multivaluequerystring.", "method.request.multivalueheader.",
     "method.request.body", "stageVariables.", "context."},
    "method.request.<place>.<name>, method.request.body, context.<name>, stageVariables.<name> or "
    "a text in '...'"};

static const struct side response_keys = {{"method.response.header."},
                                          "method.response.header and a name"};

static const struct side response_sources = {
    {"integration.response.header.", "integration.response.multivalueheader.",
     "integration.response.body", "stageVariables.", "context."},
    "integration.response.header.<name>, integration.response.body, context.<name>, "
    "stageVariables.<name> or a text in '...'"};

static const struct side gateway_keys = {
    {"gatewayresponse.header.", "gatewayresponse.path.", "gatewayresponse.querystring."},
    "gatewayresponse.header and a name"};

static const struct side gateway_sources = {
    {path_prefix, "method.request.querystring.", "method.request.header.",
     "method.request.multivaluequerystring.", "method.request.multivalueheader.", "stageVariables.",
     "context."},
    "method.request.<place>.<name>, context.<name>, stageVariables.<name> or a text in '...'"};

static bool has_form(const struct side *side, const char *text)
{
    for (const char *const *form = side->forms; *form; form++)
        if (str_starts(text, *form) && (!str_ends(*form, ".") || text[strlen(*form)]))
            return true;
    return false;
}

static bool check_key(const struct side *side, const struct node *key)
{
    return has_form(side, key->text) ||
           diag_error(EXIT_VALUE, key->pos, "a parameter is %s here, not '%s'", side->words,
                      key->text);
}

static bool check_source(const struct side *side, const struct node *value)
{
    size_t len = strlen(value->text);
    if (node_dynamic(value) || has_form(side, value->text) ||
        (len >= 2 && value->text[0] == '\'' && value->text[len - 1] == '\''))
        return true;
    return diag_error(EXIT_VALUE, value->pos, "a parameter is set to %s, not to %s", side->words,
                      *value->text ? value->text : "nothing");
}

/* Checks a map from keys to sources. */
static bool check_mapping(const struct node *map, const struct side *keys,
                          const struct side *sources)
{
    bool ok = true;
    for (size_t i = 0; node_set(map) && i < map->count; i++) {
        ok = check_key(keys, map->entries[i].key) && ok;
        ok = check_source(sources, map->entries[i].value) && ok;
    }
    return ok;
}

/* Checks a map from keys to true or false: whether the parameter is required. Gordon 0.7 took any
 * text, of which CloudFormation makes false. */
static bool check_declared(const struct node *map, const struct side *keys)
{
    bool ok = true;
    for (size_t i = 0; node_set(map) && i < map->count; i++) {
        const struct node *value = map->entries[i].value;
        ok = check_key(keys, map->entries[i].key) && ok;
        if (value->kind != NODE_BOOL && !node_dynamic(value) &&
            strcasecmp(value->text, "true") != 0 && strcasecmp(value->text, "false") != 0)
            diag_warning(value->pos, "'%s' is true, if it is required, or false, not '%s'",
                         map->entries[i].key->text, value->text);
    }
    return ok;
}

/* Whether the path has the variable {name} or {name+}. */
static bool has_variable(const char *path, const char *name)
{
    size_t len = strlen(name);
    while ((path = strchr(path, '{'))) {
        path++;
        if (strncmp(path, name, len) == 0 && (path[len] == '}' || path[len] == '+'))
            return true;
    }
    return false;
}

/* `node` names a parameter of the request: one of the path is there. */
static bool check_variable(const struct api_method *method, const struct node *node)
{
    const char *text = node->text;
    return !str_starts(text, path_prefix) ||
           has_variable(method->path, text + strlen(path_prefix)) ||
           diag_error(EXIT_RESOURCE, node->pos, "the path %s has no variable {%s}", method->path,
                      text + strlen(path_prefix));
}

/* API Gateway maps only what the method declares. */
static bool check_use(const struct api_method *method, const struct node *source)
{
    const struct node *declared = node_get(method->settings, "parameters");
    if (node_dynamic(source) || !has_form(&request_keys, source->text))
        return true;
    return check_variable(method, source) &&
           (node_get(declared, source->text) ||
            diag_error(EXIT_RESOURCE, source->pos,
                       "'%s' is mapped, but not declared; add it to the 'parameters' of the "
                       "method, as in %s: true",
                       source->text, source->text));
}

static bool check_request(const struct api_method *method)
{
    const struct node *declared = node_get(method->settings, "parameters");
    const struct node *mapped = node_get(method->integration, "parameters");
    bool ok = check_declared(declared, &request_keys);
    ok = check_mapping(mapped, &request_targets, &request_sources) && ok;
    for (size_t i = 0; node_set(declared) && i < declared->count; i++)
        ok = check_variable(method, declared->entries[i].key) && ok;
    for (size_t i = 0; node_set(mapped) && i < mapped->count; i++)
        ok = check_use(method, mapped->entries[i].value) && ok;
    return ok;
}

bool api_parameters_check(const struct api_method *method)
{
    const struct node *responses = node_get(method->settings, "responses"), *item;
    bool ok = check_request(method);
    for (size_t i = 0; (item = node_item(responses, i)); i++)
        ok = check_declared(node_get(item, "parameters"), &response_keys) && ok;
    responses = node_get(method->integration, "responses");
    for (size_t i = 0; (item = node_item(responses, i)); i++)
        ok = check_mapping(node_get(item, "parameters"), &response_keys, &response_sources) && ok;
    return ok;
}

bool api_gateway_parameters_check(const struct node *parameters)
{
    return check_mapping(parameters, &gateway_keys, &gateway_sources);
}
