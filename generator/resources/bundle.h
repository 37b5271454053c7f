/* bundle.h - what is packed into a zip of its own: the code of a lambda, or a layer. */
#ifndef RESOURCES_BUNDLE_H
#define RESOURCES_BUNDLE_H
#include <stdbool.h>

#include "resources/runtime.h" /* for enum language */

struct lambda;
struct layer;
struct model;
struct node;
struct resource;

/* Rows of the tables of fields: how the code is built. */
#define BUNDLE_FIELDS                                                                              \
    {"build", FIELD_TEXTS}, {"build-in-source", FIELD_FLAG}, {"strip", FIELD_FLAG},                \
        {"pip-path", FIELD_NAME}, {"npm-path", FIELD_NAME}, {"gradle-path", FIELD_NAME},           \
        {"pip-install-extra", FIELD_NAME}, {"npm-install-extra", FIELD_NAME},                      \
    {                                                                                              \
        "gradle-build-extra", FIELD_NAME                                                           \
    }

struct bundle {
    const struct resource *resource; /* its app, its name and where the name stands */
    const struct node *settings;     /* of the resource */
    const char *reference;           /* "app.name", or "name" if it is the project's own */
    const char *title;               /* for messages; "the layer app.name" of a layer */
    const char *zip_key;             /* "<app>_<name>.zip" in the bucket, and in code/ */
    const char *action;              /* that uploads the zip */
    const struct node *code;         /* as it stands in the settings */
    const char *code_path;           /* path of the code from the current directory */
    const struct runtime *runtime;   /* that it is packed for */
    enum language language;          /* whose tools install and build; LANG_NONE for none */
    const char *architecture;        /* x86_64 or arm64 */
    const struct lambda *lambda;     /* whose code it is; NULL for a layer */
    const struct layer *layer;       /* NULL for a lambda */
};

/* Returns the name of the CMake target in a `code` "target://name"; else NULL. */
const char *bundle_target(const char *code);
/* Returns the path in a `code` "build://path", of a folder or file that the CMake build makes in
 * its build directory; else NULL. */
const char *bundle_generated(const char *code);

/* Makes the bundle of a resource, which the model lists from now on, with its names. `ending` is
 * that of the zip's name before ".zip". */
struct bundle *bundle_new(struct model *model, const struct resource *resource, const char *ending);
/* The next four functions report an error and return false if something is wrong. */
/* Whether the name can be part of a file's name. */
bool bundle_check_name(const struct bundle *bundle);
/* Whether no other bundle has the same zip. */
bool bundle_check_zip(struct model *model, struct bundle *bundle);
/* Sets `code` and `code_path` by the settings, which must have passed their schema, and checks that
 * the code is part of the project or of its CMake build. */
bool bundle_read_code(const struct model *model, struct bundle *bundle);
/* Whether all settings fit the code: some are only for Gordon's own builds, others only for what
 * CMake builds. */
bool bundle_check_building(const struct bundle *bundle);
/* Whether a setting is an architecture of Lambda, and a description short enough. Both may be
 * NULL. */
bool bundle_check_architecture(const struct node *architecture);
bool bundle_check_description(const struct node *description);

#endif
