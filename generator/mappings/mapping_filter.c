#include "mappings/mapping_filter.h"

#include "base/diag.h"
#include "base/util.h"
#include "resources/event_filter.h"
#include "settings/node.h"
#include "template/cfn.h"
#include "template/json_text.h"

/* CloudFormation Template Reference, "AWS::Lambda::EventSourceMapping FilterCriteria". */
enum { FILTERS_MAX = 20, PATTERN_MAX = 4096 };

static json_t *pattern(const struct node *node)
{
    return node->kind == NODE_MAP && !node_dynamic(node) ? json_text(cfn_convert(node, cfn_ref))
                                                         : cfn_value(node);
}

static bool check_text(const struct node *filter)
{
    json_t *json = json_loads(filter->text, 0, NULL);
    bool object = json_is_object(json);
    json_decref(json);
    return object || diag_error(EXIT_VALUE, filter->pos,
                                "a filter is a map, or the JSON text of one, as in '{\"body\": "
                                "{\"kind\": [\"order\"]}}'");
}

static bool check_size(const struct node *filter)
{
    json_t *text = pattern(filter);
    size_t size = json_is_string(text) ? str_characters(json_string_value(text)) : 0;
    json_decref(text);
    return size <= PATTERN_MAX ||
           diag_error(EXIT_VALUE, filter->pos, "a filter has at most %d characters, not %zu",
                      PATTERN_MAX, size);
}

static bool check_filter(const struct node *filter)
{
    if (node_dynamic(filter))
        return true;
    if (filter->kind == NODE_MAP)
        return event_filter_check(filter, FILTER_RECORD) && check_size(filter);
    if (filter->kind == NODE_STRING)
        return check_text(filter) && check_size(filter);
    return diag_error(EXIT_VALUE, filter->pos, "a filter is a map, or the JSON text of one, not %s",
                      node_kind_words(filter));
}

bool mapping_filters_check(const struct model *model, const struct mapping *mapping,
                           const struct node *node)
{
    size_t n = node_items(node);
    bool ok =
        (n && n <= FILTERS_MAX) ||
        diag_error(EXIT_VALUE, node->pos, "filters has 1 to %d filters, not %zu", FILTERS_MAX, n);
    (void)model, (void)mapping;
    for (size_t i = 0; i < n; i++)
        ok = check_filter(node_item(node, i)) && ok;
    return ok;
}

json_t *mapping_filters(const struct model *model, const struct node *node)
{
    json_t *filters = json_array();
    (void)model;
    for (size_t i = 0; i < node_items(node); i++)
        json_array_append_new(filters, json_pack("{s:o}", "Pattern", pattern(node_item(node, i))));
    return json_pack("{s:o}", "Filters", filters);
}
