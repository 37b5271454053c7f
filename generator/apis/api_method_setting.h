/* api_method_setting.h - what a stage does with the requests of all methods or of one: throttling,
 * caching, logging, metrics. */
#ifndef APIS_API_METHOD_SETTING_H
#define APIS_API_METHOD_SETTING_H
#include <jansson.h>
#include <stdbool.h>

struct api;
struct api_method;
struct node;

/* Rows of the tables of fields: of an API, and of its methods. */
#define API_METHOD_SETTINGS                                                                        \
    {"throttling", FIELD_MAP}, {"caching", FIELD_ANY}, {"logging", FIELD_ANY},                     \
    {                                                                                              \
        "metrics", FIELD_FLAG                                                                      \
    }

/* Checks the settings of an API, or of a method if it is not NULL; false after errors. */
bool api_method_settings_check(const struct api *api, const struct api_method *method);
/* Returns the property MethodSettings of a stage; NULL if there are none. */
json_t *api_method_settings_cfn(const struct api *api);
/* The size of the cache, as AWS writes it. `caching` is on. */
const char *api_cache_size(const struct node *caching);

#endif
