/* The small languages of settings: a map whose keys say how each value is read. What is accepted
 * has a shape that a second, simpler reading accepts too, and is read twice alike. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "apis/apiv2_key.h"
#include "apis/route_path.h"
#include "apis/stage_variable.h"
#include "base/diag.h"
#include "base/root.h"
#include "base/util.h"
#include "callers/log_pattern.h"
#include "callers/schedule.h"
#include "callers/time_zone.h"
#include "fuzz.h"
#include "languages/handler_form.h"
#include "mappings/mapping_filter.h"
#include "resources/cors_origin.h"
#include "resources/event_filter.h"
#include "settings/node.h"
#include "template/cfn.h"

/* --- filters ------------------------------------------------------------------------------ */

static bool check_filter(const struct node *value, enum event_filter form)
{
    return value->kind == NODE_MAP && !node_dynamic(value) && event_filter_check(value, form);
}

static bool read_event(const struct node *value)
{
    return check_filter(value, FILTER_EVENT);
}

static bool read_attributes(const struct node *value)
{
    return check_filter(value, FILTER_ATTRIBUTES);
}

static bool read_body(const struct node *value)
{
    return check_filter(value, FILTER_BODY);
}

/* AWS gets each filter as the text of a JSON object. */
static bool read_record(const struct node *value)
{
    cfn_begin_values();
    if (!mapping_filters_check(NULL, NULL, value))
        return false;
    json_t *criteria = mapping_filters(NULL, value), *filter;
    size_t i;
    json_array_foreach(json_object_get(criteria, "Filters"), i, filter) {
        const json_t *pattern = json_object_get(filter, "Pattern");
        json_t *read =
            json_is_string(pattern) ? json_loads(json_string_value(pattern), 0, NULL) : NULL;
        fuzz_expect(json_is_object(pattern) || json_is_object(read), "a filter is an object");
        json_decref(read);
    }
    json_decref(criteria);
    return true;
}

/* --- texts -------------------------------------------------------------------------------- */

static bool read_log(const struct node *value)
{
    bool ok = log_pattern_check(value);
    const char *text = node_dynamic(value) ? NULL : node_text(value);
    size_t quotes = 0;
    for (const char *c = ok && text && *text == '{' ? text : ""; *c; c++)
        quotes += *c == '"' && (c == text || c[-1] != '\\');
    fuzz_expect(!ok || !text || strlen(text) <= 1024, "a pattern is short");
    fuzz_expect(quotes % 2 == 0 || strpbrk(text, "\\%"), "its quotes have an end");
    return ok;
}

static bool read_path(const struct node *value)
{
    if (!node_text(value) || !route_path_check(fuzz_arena, value->pos, value->text))
        return false;
    const char *text = value->text, *meaning = route_path_meaning(fuzz_arena, text);
    size_t opened = 0, closed = 0;
    for (const char *c = text; *c; c++) {
        opened += *c == '{';
        closed += *c == '}';
    }
    fuzz_expect(*text == '/' && !strstr(text, "//") && opened == closed, "a path has parts");
    fuzz_expect(strcmp(route_path_meaning(fuzz_arena, meaning), meaning) == 0,
                "a meaning means itself");
    return true;
}

static bool check_key(const struct node *value, bool websocket)
{
    if (value->kind != NODE_STRING)
        return false;
    const char *key = apiv2_key_read(fuzz_arena, value, websocket);
    if (!key)
        return false;
    struct node *again = node_string(fuzz_arena, value->pos, key);
    const char *second = apiv2_key_read(fuzz_arena, again, websocket);
    fuzz_expect(second && strcmp(second, key) == 0, "a key is read to itself");
    fuzz_expect(str_is_made_of(apiv2_key_id(fuzz_arena, key), STR_ALNUM), "an id is of letters");
    apiv2_key_meaning(fuzz_arena, key);
    return true;
}

static bool read_route(const struct node *value)
{
    return check_key(value, false);
}

static bool read_message(const struct node *value)
{
    return check_key(value, true);
}

static bool read_origin(const struct node *value)
{
    return value->kind == NODE_STRING && cors_origin_check(value, false) &&
           cors_origin_check(value, true);
}

static bool read_variables(const struct node *value)
{
    bool ok = value->kind == NODE_MAP;
    for (size_t i = 0; ok && i < value->count; i++)
        ok = stage_variable_check(&value->entries[i]);
    return ok;
}

static bool read_zone(const struct node *value)
{
    const char *text = node_text(value);
    if (!text)
        return false;
    const char *near = time_zone_near(fuzz_arena, text);
    fuzz_expect(!near || time_zone_is(near), "what is suggested is a time zone");
    fuzz_expect(!time_zone_is(text) || str_is_made_of(text, STR_ALNUM "_+-/"), "it has a name");
    return time_zone_is(text);
}

/* A date that CloudFormation takes is one when it is read again. */
static bool read_moment(const struct node *value)
{
    const char *text = node_text(value);
    const char *moment = text ? schedule_moment(fuzz_arena, text) : NULL;
    const char *again = moment ? schedule_moment(fuzz_arena, moment) : NULL;
    fuzz_expect(!moment || (again && strcmp(again, moment) == 0), "a date is read to itself");
    return moment;
}

static bool read_schedule(const struct node *value)
{
    const char *text = node_text(value);
    const char *problem = text ? schedule_problem_of_scheduler(fuzz_arena, text) : "";
    fuzz_expect(!text || !problem || *problem, "a refusal has words");
    fuzz_expect(problem || str_starts(text, "at(") == schedule_is_once(text), "at(...) is once");
    return !problem;
}

static bool read_handler(const struct node *value)
{
    static const enum language languages[] = {LANG_PYTHON, LANG_NODE, LANG_RUBY,
                                              LANG_JAVA,   LANG_GO,   LANG_DOTNET};
    const char *text = node_text(value);
    for (size_t i = 0; text && i < countof(languages); i++) {
        const struct handler_forms forms = handler_forms(fuzz_arena, languages[i], text);
        fuzz_expect(forms.n || forms.fault || !forms.wanted, "a file is wanted, or there is none");
        for (size_t k = 0; k < forms.n; k++)
            fuzz_expect(forms.list[k].before && strlen(forms.list[k].before) < 100000,
                        "a file has a name");
    }
    return text;
}

static const struct {
    const char *key;
    bool (*read)(const struct node *value);
    bool silent; /* the caller reports refusals */
} readers[] = {
    {"event", read_event, true},
    {"attributes", read_attributes, true},
    {"body", read_body, true},
    {"record", read_record},
    {"log", read_log},
    {"path", read_path, true},
    {"route", read_route, true},
    {"message", read_message, true},
    {"origin", read_origin, true},
    {"variables", read_variables, true},
    {"zone", read_zone, true},
    {"moment", read_moment, true},
    {"schedule", read_schedule, true},
    {"handler", read_handler, true},
};

static void read(const struct node *key, const struct node *value)
{
    for (size_t i = 0; i < countof(readers); i++) {
        if (!key->text || strcmp(readers[i].key, key->text) != 0)
            continue;
        size_t errors = diag_errors();
        bool ok = readers[i].read(value);
        fuzz_expect(!ok || diag_errors() == errors, "what is accepted is no error");
        fuzz_expect(ok || readers[i].silent || diag_errors() > errors, "a refusal is reported");
        fuzz_expect(readers[i].read(value) == ok, "it is read twice alike");
    }
}

void fuzz_target(const char *data, size_t len)
{
    static const char file[] = "settings.yml";
    const struct root root = {".", EXIT_OTHER};
    struct node_schemes schemes = {0};
    const struct node *node;
    fuzz_write(file, data, len);
    if (!node_load_settings(fuzz_arena, &root, file, &schemes, &node) || !node)
        return;
    for (size_t i = 0; i < node->count; i++)
        read(node->entries[i].key, node->entries[i].value);
}
