#include "apis/api.h"
#include "apis/api_authorizer.h"
#include "apis/api_cors.h"
#include "apis/api_endpoint.h"
#include "apis/api_method.h"
#include "apis/api_model.h"
#include "apis/api_part.h"
#include "apis/api_response.h"
#include "apis/api_stage.h"
#include "apis/api_usage.h"
#include "apis/apigateway.h"
#include "base/util.h"
#include "settings/schema.h"

/* The subjects in the order in which they are read and written. */
/* clang-format off */
static const struct api_subject *const subjects[] = {
    &api_basics,
    &api_methods,
    &api_endpoint,
    &api_authorizers,
    &api_models,
    &api_cors,
    &api_responses,
    &api_stage,
    &api_usage,
};
/* clang-format on */

enum { FIELDS_MAX = 64 };

/* Fields of all subjects in one array. */
struct words {
    struct field fields[FIELDS_MAX];
    size_t n;
};

static void add(struct words *words, const struct field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (words->n == FIELDS_MAX)
            fatal("the settings of an API are more than %d", FIELDS_MAX);
        words->fields[words->n++] = fields[i];
    }
}

const struct field *api_fields(size_t *n)
{
    static struct words words;
    if (!words.n)
        for (size_t s = 0; s < countof(subjects); s++)
            add(&words, subjects[s]->fields, subjects[s]->nfields);
    *n = words.n;
    return words.fields;
}

const struct field *api_method_fields(size_t *n)
{
    static struct words words;
    if (!words.n)
        for (size_t s = 0; s < countof(subjects); s++)
            add(&words, subjects[s]->method_fields, subjects[s]->nmethod_fields);
    *n = words.n;
    return words.fields;
}

const struct field *api_path_fields(size_t *n)
{
    static const struct field methods = {"methods", FIELD_ANY, .required = true};
    static struct words words;
    if (!words.n) {
        size_t count;
        const struct field *fields = api_method_fields(&count);
        add(&words, &methods, 1);
        add(&words, fields, count);
    }
    *n = words.n;
    return words.fields;
}

bool api_words_read(const struct model *model, struct api *api)
{
    bool ok = true;
    for (size_t s = 0; s < countof(subjects); s++)
        if (subjects[s]->read)
            ok = subjects[s]->read(model, api) && ok;
    return ok;
}

bool api_words_read_method(const struct model *model, const struct api *api,
                           struct api_method *method)
{
    bool ok = true;
    for (size_t s = 0; s < countof(subjects); s++)
        if (subjects[s]->read_method)
            ok = subjects[s]->read_method(model, api, method) && ok;
    return ok;
}

bool api_words_finish(const struct model *model, struct api *api)
{
    bool ok = true;
    for (size_t s = 0; s < countof(subjects); s++)
        if (subjects[s]->finish)
            ok = subjects[s]->finish(model, api) && ok;
    return ok;
}

void api_words_write_api(struct api_writer *w, json_t *properties)
{
    for (size_t s = 0; s < countof(subjects); s++)
        if (subjects[s]->write_api)
            subjects[s]->write_api(w, properties);
}

void api_words_write_method(struct api_writer *w, const struct api_method *method,
                            json_t *properties)
{
    for (size_t s = 0; s < countof(subjects); s++)
        if (subjects[s]->write_method)
            subjects[s]->write_method(w, method, properties);
}

void api_words_write(struct api_writer *w)
{
    for (size_t s = 0; s < countof(subjects); s++)
        if (subjects[s]->write)
            subjects[s]->write(w);
}

void api_words_write_stage(struct api_writer *w)
{
    for (size_t s = 0; s < countof(subjects); s++)
        if (subjects[s]->write_stage)
            subjects[s]->write_stage(w);
}
