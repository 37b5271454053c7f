#include "lambdas/lambda_image.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "settings/merge.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { DIRECTORY_MAX = 1000 }; /* characters (Lambda API Reference, "ImageConfig") */

static const struct field fields[] = {{"image", FIELD_ANY}};

static const struct field image_fields[] = {
    {"uri", FIELD_TEXT, .required = true},
    {"command", FIELD_TEXTS},
    {"entry-point", FIELD_TEXTS},
    {"working-directory", FIELD_TEXT},
};

static const struct field build_fields[] = {BUNDLE_FIELDS};

/* What is for zips only, besides how they are built. */
static const char *const zip_keys[] = {
    "code",
    "handler",
    "runtime",
    "layers",
    "libc",
    "context",
    "context-destination",
    "context-destinaton",
    "check-handler",
    "snap-start",
};

static const char *zip_key(size_t i)
{
    if (i < countof(zip_keys))
        return zip_keys[i];
    i -= countof(zip_keys);
    return i < countof(build_fields) ? build_fields[i].key : NULL;
}

bool lambda_is_image(const struct node *settings)
{
    return node_set(node_get(settings, "image"));
}

const struct node *lambda_image_defaults(struct arena *arena, const struct node *defaults,
                                         const struct node *own)
{
    const char *keys[countof(zip_keys) + countof(build_fields)];
    size_t n = 0;
    if (node_set(node_get(own, "code")))
        keys[n++] = "image";
    else if (lambda_is_image(own) || lambda_is_image(defaults))
        for (; zip_key(n); n++)
            keys[n] = zip_key(n);
    return n ? node_without(arena, defaults, keys, n) : defaults;
}

static const struct node *get(const struct node *image, const char *key)
{
    if (image->kind == NODE_MAP && !node_dynamic(image))
        return node_get(image, key);
    return strcmp(key, "uri") == 0 ? image : NULL;
}

bool lambda_image_fits(const struct node *settings)
{
    const char *key;
    bool ok = true;
    for (size_t i = 0; (key = zip_key(i)); i++) {
        const struct node *value = node_get(settings, key);
        if (!node_set(value))
            continue;
        ok = strcmp(key, "code") == 0
                 ? diag_error(EXIT_RESOURCE, value->pos,
                              "a lambda has a 'code' or an 'image', not both")
                 : diag_error(EXIT_RESOURCE, value->pos,
                              "'%s' is for a lambda with 'code', and does not fit an image", key);
    }
    return ok;
}

/* Lambda takes images of private repositories in Amazon ECR, in its own region. */
static bool check_uri(const struct node *uri)
{
    const char *text = node_text(uri), *host = text ? strstr(text, ".dkr.ecr") : NULL;
    if (node_dynamic(uri))
        return true;
    if (host && host - text == 12 && strspn(text, STR_DIGITS) == 12 && strchr(host, '/') &&
        !strpbrk(text, " \t\n"))
        return true;
    return diag_error(EXIT_VALUE, uri->pos,
                      "an image is a ref, or the URI of an image in Amazon ECR, "
                      "<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>, not %s",
                      text ? text : node_kind_words(uri));
}

static bool check_directory(const struct node *directory)
{
    const char *text = node_dynamic(directory) ? NULL : node_text(directory);
    return !text || (*text == '/' && strlen(text) <= DIRECTORY_MAX) ||
           diag_error(EXIT_VALUE, directory->pos,
                      "working-directory is an absolute path in the image, of at most %d "
                      "characters, not '%s'",
                      DIRECTORY_MAX, text);
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *image = node_get(lambda->settings, "image");
    (void)model;
    if (image->kind == NODE_MAP && !node_dynamic(image) &&
        !schema_check(image_fields, countof(image_fields), image, image, "an image"))
        return false;
    bool ok = check_uri(get(image, "uri"));
    return check_directory(get(image, "working-directory")) && ok;
}

/* Returns a list of words; NULL if there are none. */
static json_t *words(const struct node *texts)
{
    if (!node_set(texts))
        return NULL;
    json_t *value = cfn_value(texts);
    return texts->kind == NODE_LIST ? value : json_pack("[o]", value);
}

static json_t *config(const struct node *image)
{
    json_t *config = json_pack("{s:o*, s:o*, s:o*}", "Command", words(get(image, "command")),
                               "EntryPoint", words(get(image, "entry-point")), "WorkingDirectory",
                               cfn_value(get(image, "working-directory")));
    if (json_object_size(config))
        return config;
    json_decref(config);
    return NULL;
}

static void write(struct lambda_parts *parts)
{
    const struct node *image = node_get(parts->lambda->settings, "image");
    lambda_property(parts->function, "Code",
                    json_pack("{s:o}", "ImageUri", cfn_value(get(image, "uri"))));
    lambda_property(parts->function, "ImageConfig", config(image));
    lambda_property(parts->function, "PackageType", json_string("Image"));
}

const struct lambda_subject lambda_image = {fields, countof(fields), .check = check,
                                            .write = write};
