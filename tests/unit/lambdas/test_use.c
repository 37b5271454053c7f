#include <string.h>

#include "base/util.h"
#include "check.h"
#include "lambdas/use.h"
#include "lambdas/use_kind.h"

static struct arena *arena;

static void same(const char *found, const char *expected)
{
    if (!CHECK(strcmp(found, expected) == 0))
        fprintf(stderr, "'%s', not '%s'\n", found, expected);
}

static void test_variables(void)
{
    static const struct {
        const char *name, *variable;
    } cases[] = {
        {"OrdersTable", "ORDERS_TABLE"},
        {"Mail", "MAIL"},
        {"app.accounts", "APP_ACCOUNTS"},
        {"prices-in", "PRICES_IN"},
        {"S3Bucket", "S3_BUCKET"},
        {"HTTPQueue", "HTTPQUEUE"},
        {"a--B", "A__B"},
        {"\303\234nit", "_NIT"}, /* one '_' for a character of two bytes */
        {"", ""},
    };
    for (size_t i = 0; i < countof(cases); i++)
        same(use_variable_name(arena, cases[i].name), cases[i].variable);
}

static const char *name_in(const char *arn)
{
    const struct use_kind *kind = use_kind_of_arn(arn);
    return kind ? arena_printf(arena, "%s %s", kind->name, use_kind_arn_name(kind, arn)) : "none";
}

static void test_arns(void)
{
    same(name_in("arn:aws:dynamodb:eu-west-1:1:table/orders"), "table orders");
    same(name_in("arn:aws-cn:s3:::uploads"), "bucket uploads");
    same(name_in("arn:aws:ssm:eu-west-1:1:parameter/flat"), "parameter flat");
    same(name_in("arn:aws:ssm:eu-west-1:1:parameter/app/level"), "parameter /app/level");
    same(name_in("arn:aws:lambda:eu-west-1:1:function:mailer:live"), "lambda mailer:live");
    same(name_in("arn:aws:lambda:eu-west-1:1:layer:common:1"), "none");
    same(name_in("arn:aws:dynamodb:eu-west-1:1"), "none");
    same(name_in("table/orders"), "none");
}

int main(void)
{
    arena = arena_new();
    test_variables();
    test_arns();
    arena_free(arena);
    return check_result();
}
