#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "check.h"
#include "stacks/digest.h"

enum { DIGITS = 32, PARAMETERS_MAX = 200 };

static json_t *template_of(const char *description)
{
    return json_pack("{s:s, s:{s:{s:s}, s:{s:s, s:b}}}", "Description", description, "Parameters",
                     "Shown", "Type", "String", "Hidden", "Type", "String", "NoEcho", 1);
}

static const char *digest(struct arena *arena, const char *stack, const char *description,
                          const char *shown, const char *hidden)
{
    json_t *template = template_of(description);
    json_t *parameters = json_pack("{s:s, s:s}", "Shown", shown, "Hidden", hidden);
    const char *digest = stack_digest(arena, stack, template, parameters);
    json_decref(template);
    json_decref(parameters);
    return digest;
}

static bool same(const char *a, const char *b, bool first)
{
    return first ? strncmp(a, b, DIGITS) == 0 : strcmp(a + DIGITS, b + DIGITS) == 0;
}

/* Made once, because digests are slow. */
static const char *one, *other, *hidden;

/* The parts of the digest, and what changes them. */
static void test_halves(struct arena *arena)
{
    const char *again = digest(arena, "s", "d", "a", "b");
    const char *shown = digest(arena, "s", "d", "x", "b");
    const char *stack = digest(arena, "t", "d", "a", "b");
    CHECK(strlen(one) == 2 * DIGITS + 1 && strcmp(one, again) == 0);
    CHECK(!same(one, other, true) && same(one, other, false));
    CHECK(!same(one, shown, true) && same(one, shown, false));
    CHECK(same(one, hidden, true) && !same(one, hidden, false));
    CHECK(!same(one, stack, true) &&
          !same(one, stack, false)); /* secrets are compared by their own part */
}

static json_t *described(const char *status, const char *digest, const char *shown)
{
    return json_pack("{s:s, s:[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}]}", "StackStatus", status,
                     "Parameters", "ParameterKey", STACK_DIGEST, "ParameterValue", digest,
                     "ParameterKey", "Shown", "ParameterValue", shown, "ParameterKey", "Hidden",
                     "ParameterValue", "****");
}

static bool holds(const char *status, const char *is, const char *shown, const char *digest)
{
    json_t *stack = described(status, is, shown);
    json_t *parameters = json_pack("{s:s, s:s}", "Shown", "a", "Hidden", "b");
    bool holds = stack_digest_holds(stack, digest, parameters);
    json_decref(stack);
    json_decref(parameters);
    return holds;
}

static void test_holds(void)
{
    CHECK(holds("CREATE_COMPLETE", one, "a", one));
    CHECK(holds("UPDATE_COMPLETE", one, "a", one));
    CHECK(!holds("UPDATE_COMPLETE", other, "a", one));
    CHECK(!holds("UPDATE_COMPLETE", one, "changed behind our back", one));
    CHECK(!holds("UPDATE_ROLLBACK_COMPLETE", one, "a", one));
    CHECK(!holds("UPDATE_COMPLETE", one, "a", NULL));
    CHECK(!stack_digest_holds(json_null(), one, json_null()));
}

static void test_secrets(void)
{
    json_t *stack = described("UPDATE_COMPLETE", one, "a"), *empty = json_object();
    CHECK(stack_digest_other_secrets(stack, hidden) && !stack_digest_other_secrets(stack, one));
    CHECK(!stack_digest_other_secrets(empty, one)); /* unknown for a stack without a digest */
    json_decref(stack);
    json_decref(empty);
}

/* The parameter is sent if the template can have one more. */
static void test_room(struct arena *arena)
{
    json_t *template = json_pack("{s:{}}", "Parameters"), *none = json_object();
    json_t *parameters = json_object_get(template, "Parameters");
    for (int i = 0; i < PARAMETERS_MAX - 1; i++)
        json_object_set_new(parameters, arena_printf(arena, "P%d", i), json_object());
    char *body = stack_digest_body(template), *bare = stack_digest_body(none);
    CHECK(strstr(body, STACK_DIGEST) && strstr(bare, STACK_DIGEST));
    CHECK(json_object_size(parameters) == PARAMETERS_MAX - 1); /* the template is not changed */
    CHECK(stack_digest(arena, "s", template, none));
    free(body);
    free(bare);
    json_object_set_new(parameters, "Last", json_object());
    body = stack_digest_body(template);
    CHECK(!strstr(body, STACK_DIGEST) && !stack_digest(arena, "s", template, none));
    free(body);
    json_decref(template);
    json_decref(none);
}

int main(void)
{
    struct arena *arena = arena_new();
    one = digest(arena, "s", "d", "a", "b");
    other = digest(arena, "s", "e", "a", "b");
    hidden = digest(arena, "s", "d", "a", "x");
    test_halves(arena);
    test_holds();
    test_secrets();
    test_room(arena);
    arena_free(arena);
    return check_result();
}
