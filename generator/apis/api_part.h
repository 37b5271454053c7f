/* api_part.h - the settings of a REST API, by subject: CORS, authorizers, its stage, and so on.
 *
 * A subject is one file, api_<subject>.c, with the tables of its settings, the check of their
 * values, and how they are written. api_word.c has the table of all subjects. */
#ifndef APIS_API_PART_H
#define APIS_API_PART_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct pos */
#include "base/util.h" /* for struct table */

struct api;
struct api_method;
struct cfn;
struct field;
struct model;

/* An API while it is written. */
struct api_writer {
    const struct model *model;
    struct arena *arena;
    struct cfn *cfn;
    const struct api *api;
    struct table paths;        /* path to the id of its resource, if it was made */
    json_t *content;           /* what is deployed: id to resource */
    json_t *deployed;          /* ids of what the deployment must wait for */
    json_t *lambdas;           /* refs to the aliases that the role calls, each once */
    const char *deployment_id; /* set before `write_stage` is called */
};

/* Each function may be NULL. */
struct api_subject {
    const struct field *fields; /* of an API */
    size_t nfields;
    const struct field *method_fields; /* of a path and of a method */
    size_t nmethod_fields;
    /* Check the settings of the API, before its methods are read; of a method; and of both, when
     * all methods are read. False after errors. */
    bool (*read)(const struct model *model, struct api *api);
    bool (*read_method)(const struct model *model, const struct api *api,
                        struct api_method *method);
    bool (*finish)(const struct model *model, struct api *api);
    /* Add to the properties of the RestApi, and of a method. */
    void (*write_api)(struct api_writer *w, json_t *properties);
    void (*write_method)(struct api_writer *w, const struct api_method *method, json_t *properties);
    /* Adds resources that are deployed. */
    void (*write)(struct api_writer *w);
    /* Adds resources beside the deployment. */
    void (*write_stage)(struct api_writer *w);
};

/* Adds a resource that is a part of what is deployed. */
void api_add(struct api_writer *w, struct pos pos, const char *id, json_t *resource);
/* The same for one to which no method refers, so that the deployment must wait for it. */
void api_add_deployed(struct api_writer *w, struct pos pos, const char *id, json_t *resource);
/* Lets the role of the API call the lambda with this ARN (stolen). */
void api_calls(struct api_writer *w, json_t *arn);

/* All settings of an API, and those of paths and methods: *n fields. */
const struct field *api_fields(size_t *n);
const struct field *api_path_fields(size_t *n);
const struct field *api_method_fields(size_t *n);

/* Call the functions of all subjects, in the order of the table. */
bool api_words_read(const struct model *model, struct api *api);
bool api_words_read_method(const struct model *model, const struct api *api,
                           struct api_method *method);
bool api_words_finish(const struct model *model, struct api *api);
void api_words_write_api(struct api_writer *w, json_t *properties);
void api_words_write_method(struct api_writer *w, const struct api_method *method,
                            json_t *properties);
void api_words_write(struct api_writer *w);
void api_words_write_stage(struct api_writer *w);

#endif
