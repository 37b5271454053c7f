#include <string.h>

#include "stacks/description.h"
#include "template/cfn.h"

const char *stack_status(const json_t *stack)
{
    const char *status = json_string_value(json_object_get(stack, "StackStatus"));
    return status ? status : "";
}

const char *stack_output(const json_t *stack, const char *name)
{
    size_t i;
    json_t *output;
    json_array_foreach(json_object_get(stack, "Outputs"), i, output) {
        const char *key = json_string_value(json_object_get(output, "OutputKey"));
        if (key && strcmp(key, name) == 0)
            return json_string_value(json_object_get(output, "OutputValue"));
    }
    return NULL;
}

const char *stack_parameter(const json_t *described, const char *name)
{
    size_t i;
    json_t *parameter;
    json_array_foreach(json_object_get(described, "Parameters"), i, parameter)
        if (strcmp(cfn_text(parameter, "ParameterKey"), name) == 0)
            return cfn_text(parameter, "ParameterValue");
    return NULL;
}
