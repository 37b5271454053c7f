#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/util.h"
#include "stacks/description.h"
#include "stacks/digest.h"
#include "template/cfn.h"

enum {
    PARAMETERS_MAX = 200, /* of a template (CloudFormation quotas) */
    DIGITS = 32,          /* of each half */
    ROUNDS = 1 << 16,     /* for secrets: some 30 ms, and years for who tries */
};

static bool has_room(const json_t *template)
{
    return json_object_size(json_object_get(template, "Parameters")) < PARAMETERS_MAX;
}

char *stack_digest_body(const json_t *template)
{
    if (!has_room(template))
        return cfn_dump(template, JSON_COMPACT);
    json_t *copy = json_copy((json_t *)template);
    json_t *parameters = json_copy(json_object_get(template, "Parameters"));
    parameters = parameters ? parameters : json_object();
    json_object_set_new(parameters, STACK_DIGEST,
                        json_pack("{s:s, s:s, s:s}", "Type", "String", "Default", "", "Description",
                                  "What gordon apply knows the stack by"));
    json_object_set_new(copy, "Parameters", parameters);
    char *body = cfn_dump(copy, JSON_COMPACT);
    json_decref(copy);
    return body;
}

static void digest_of(const char *stack, const json_t *json, char hex[SHA256_HEX])
{
    char *text = cfn_dump(json, JSON_COMPACT);
    struct digest digest;
    sha256_init(&digest);
    sha256_add(&digest, stack, strlen(stack) + 1);
    sha256_add(&digest, text, strlen(text));
    sha256_hex(&digest, hex);
    free(text);
}

/* The same again and again. */
static void slow_digest_of(const char *stack, const json_t *json, char hex[SHA256_HEX])
{
    digest_of(stack, json, hex);
    for (int i = 0; i < ROUNDS; i++)
        sha256_text(hex, hex);
}

const char *stack_digest(struct arena *arena, const char *stack, const json_t *template,
                         const json_t *parameters)
{
    char all[SHA256_HEX], hidden[SHA256_HEX] = "";
    const char *name;
    json_t *value, *shown = json_object(), *secret = json_object();
    if (has_room(template)) {
        json_object_foreach((json_t *)parameters, name, value)
            json_object_set(cfn_hides(template, name) ? secret : shown, name, value);
        json_t *both = json_pack("[O, O]", template, shown);
        digest_of(stack, both, all);
        json_decref(both);
        if (json_object_size(secret))
            slow_digest_of(stack, secret, hidden);
    }
    json_decref(shown);
    json_decref(secret);
    return has_room(template) ? arena_printf(arena, "%.*s-%.*s", DIGITS, all, DIGITS, hidden)
                              : NULL;
}

const char *stack_digest_secret(struct arena *arena, const char *place, const char *name,
                                const json_t *value)
{
    char hex[SHA256_HEX];
    json_t *both = json_pack("[s, O]", name, value);
    slow_digest_of(place, both, hex);
    json_decref(both);
    return arena_strdup(arena, hex);
}

/* What was changed behind our back is not what the digest says. */
static bool same_parameters(const json_t *described, const json_t *parameters)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)parameters, name, value) {
        const char *is = stack_parameter(described, name);
        if (!is || (strcmp(is, json_string_value(value)) != 0 && strcmp(is, "****") != 0))
            return false;
    }
    return true;
}

bool stack_digest_holds(const json_t *described, const char *digest, const json_t *parameters)
{
    static const char *const whole[] = {"CREATE_COMPLETE", "UPDATE_COMPLETE",
                                        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"};
    const char *is = stack_parameter(described, STACK_DIGEST);
    bool complete = false;
    for (size_t i = 0; i < countof(whole); i++)
        complete = complete || strcmp(stack_status(described), whole[i]) == 0;
    return complete && digest && is && strcmp(is, digest) == 0 &&
           same_parameters(described, parameters);
}

/* They are the half that begins with the '-'. */
bool stack_digest_other_secrets(const json_t *described, const char *digest)
{
    const char *is = stack_parameter(described, STACK_DIGEST);
    return is && (!digest || strlen(is) <= DIGITS || strcmp(is + DIGITS, digest + DIGITS) != 0);
}
