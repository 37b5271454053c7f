#include "resources/arn.h"
#include <string.h>

#include "base/util.h"

const char *arn_resource(const char *text, const char *service)
{
    size_t len = strlen(service);
    if (!str_starts(text, "arn:"))
        return NULL;
    for (int part = 0; part < 5; part++) { /* arn:partition:service:region:account:resource */
        if (part == 2 && (strncmp(text, service, len) != 0 || text[len] != ':'))
            return NULL;
        text = strchr(text, ':');
        if (!text)
            return NULL;
        text++;
    }
    return *text ? text : NULL;
}
