#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "resources/parameter_check.h"
#include "settings/node.h"
#include "settings/schema.h"

static const struct field fields[] = {
    {"Type", FIELD_NAME, .required = true},
    {"Default", FIELD_NAME},
    {"AllowedPattern", FIELD_NAME},
    {"AllowedValues", FIELD_LIST},
    {"ConstraintDescription", FIELD_TEXT},
    {"Description", FIELD_TEXT},
    {"MaxLength", FIELD_ANY},
    {"MaxValue", FIELD_ANY},
    {"MinLength", FIELD_ANY},
    {"MinValue", FIELD_ANY},
    {"NoEcho", FIELD_FLAG},
};

/* --- the type ----------------------------------------------------------------------------- */

static const char *const plain_types[] = {"String", "Number", "List<Number>", "List<String>",
                                          "CommaDelimitedList"};
/* Template Reference, "Parameters", "AWS-specific parameter types"; each also as List<...>, and
 * AWS::SSM::Parameter::Value<...>. */
static const char *const aws_types[] = {
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::Image::Id",
    "AWS::EC2::Instance::Id",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::GroupName",
    "AWS::EC2::SecurityGroup::Id",
    "AWS::EC2::Subnet::Id",
    "AWS::EC2::VPC::Id",
    "AWS::EC2::Volume::Id",
    "AWS::Route53::HostedZone::Id",
    "AWS::SSM::Parameter::Name",
};
static const char ssm_value[] = "AWS::SSM::Parameter::Value<";

/* The text between a prefix and a last '>', of `*len` bytes; else the whole text. */
static const char *within(const char *text, size_t *len, const char *prefix)
{
    size_t before = strlen(prefix);
    if (*len <= before + 1 || strncmp(text, prefix, before) != 0 || text[*len - 1] != '>')
        return text;
    *len -= before + 1;
    return text + before;
}

static bool check_type(const struct node *type)
{
    const char *text = node_text(type);
    size_t len = text ? strlen(text) : 0;
    if (!text || str_one_of(text, plain_types, countof(plain_types)))
        return true;
    if (!str_starts(text, "AWS::") && !str_starts(text, "List<AWS::"))
        return diag_error(EXIT_VALUE, type->pos,
                          "the type of a parameter is of AWS, or it is String, Number, "
                          "List<Number>, List<String> or CommaDelimitedList");
    const char *inner = within(text, &len, ssm_value);
    inner = within(inner, &len, "List<");
    char *name = memory_text(inner, len);
    const char *near = str_one_of(name, aws_types, countof(aws_types))
                           ? NULL
                           : str_nearest(name, aws_types, countof(aws_types));
    if (near) /* AWS may have more types than are known here */
        diag_error(EXIT_VALUE, type->pos, "CloudFormation has no type '%s'; did you mean '%s'?",
                   name, near);
    free(name);
    return !near;
}

/* --- limits ------------------------------------------------------------------------------- */

static bool is_number(const char *text, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return *text && !*end && strspn(text, STR_DIGITS "+-.eE") == strlen(text);
}

/* Returns the number under a key, or `otherwise`; reports one that is none. */
static double limit(const struct node *parameter, const char *key, double otherwise, bool *ok)
{
    const struct node *node = node_get(parameter, key);
    double number = otherwise;
    if (node_set(node) && (!node_text(node) || !is_number(node->text, &number))) {
        *ok = diag_error(EXIT_VALUE, node->pos, "%s is a number, not %s", key,
                         node_text(node) ? "other text" : node_kind_words(node));
        return otherwise;
    }
    return number;
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static const struct range {
    const char *type, *min, *max;
} ranges[] = {
    {"String", "MinLength", "MaxLength"},
    {"Number", "MinValue", "MaxValue"},
};

/* Checks limits of one kind, and the Default by them, which are of this type only. */
static bool check_range(const struct range *range, const struct node *parameter, const char *type,
                        const struct node *value)
{
    bool ok = true, has_min = node_set(node_get(parameter, range->min)),
         has_max = node_set(node_get(parameter, range->max));
    double min = limit(parameter, range->min, 0, &ok), max = limit(parameter, range->max, 0, &ok);
    double number = 0;
    if (!ok)
        return false;
    if (has_min && has_max && min > max)
        return diag_error(EXIT_VALUE, node_get(parameter, range->max)->pos,
                          "%s is at least %s, which is %g", range->max, range->min, min);
    if (strcmp(type, range->type) != 0 || !node_text(value))
        return true;
    if (strcmp(type, "String") == 0)
        number = (double)characters(value->text);
    else if (!is_number(value->text, &number))
        return true; /* it is reported as no number */
    if ((!has_min || number >= min) && (!has_max || number <= max))
        return true;
    return diag_error(EXIT_VALUE, value->pos, "the Default '%s' is not within %s and %s",
                      value->text, range->min, range->max);
}

/* --- the default -------------------------------------------------------------------------- */

/* Whether `text`, of `len` bytes, is one of the values of a list. */
static bool is_allowed(const struct node *allowed, const char *text, size_t len)
{
    const struct node *item;
    double a, b;
    bool found = false;
    char *value = memory_text(text, len);
    for (size_t i = 0; !found && (item = node_item(allowed, i)); i++)
        found = node_text(item) && (strcmp(item->text, value) == 0 ||
                                    (is_number(item->text, &a) && is_number(value, &b) && a == b));
    free(value);
    return found;
}

/* Of a list, each item must be allowed; blanks around it do not count. */
static bool check_allowed(const struct node *allowed, const char *type, const struct node *value)
{
    bool list = strcmp(type, "String") != 0 && strcmp(type, "Number") != 0;
    if (!node_set(allowed) || !node_text(value) ||
        !str_one_of(type, plain_types, countof(plain_types)) ||
        is_allowed(allowed, value->text, strlen(value->text)))
        return true;
    for (const char *item = value->text; item;) {
        const char *end = list ? strchr(item, ',') : NULL;
        item += list ? strspn(item, " ") : 0;
        size_t len = end ? (size_t)(end - item) : strlen(item);
        while (list && len && item[len - 1] == ' ')
            len--;
        if (!is_allowed(allowed, item, len))
            return diag_error(EXIT_VALUE, value->pos,
                              "the Default '%s' is not one of AllowedValues", value->text);
        item = end ? end + 1 : NULL;
    }
    return true;
}

static bool check_number(const char *type, const struct node *value)
{
    double number;
    return strcmp(type, "Number") != 0 || !node_text(value) || value->kind == NODE_INT ||
           value->kind == NODE_REAL || is_number(value->text, &number) ||
           diag_error(EXIT_VALUE, value->pos, "the Default of a Number is a number, not '%s'",
                      value->text);
}

bool parameter_check(const struct entry *parameter)
{
    const struct node *map = parameter->value, *value = node_get(map, "Default");
    const struct node *allowed = node_get(map, "AllowedValues");
    const char *type = node_text(node_get(map, "Type"));
    if (!schema_check(fields, countof(fields), map, parameter->key, "a parameter") || !type)
        return false;
    bool ok = check_type(node_get(map, "Type"));
    for (size_t i = 0; i < countof(ranges); i++)
        ok = check_range(&ranges[i], map, type, value) && ok;
    if (node_set(allowed) && !allowed->count)
        ok = diag_error(EXIT_VALUE, allowed->pos, "AllowedValues has at least one value");
    return check_number(type, value) && check_allowed(allowed, type, value) && ok;
}
