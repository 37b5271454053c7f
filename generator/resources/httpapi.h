/* httpapi.h - the kind `httpapi`: HTTP APIs of API Gateway (API Gateway Developer Guide, "API
 * Gateway HTTP APIs"). */
#ifndef RESOURCES_HTTPAPI_H
#define RESOURCES_HTTPAPI_H
#include "resources/model.h" /* for struct kind */

extern const struct kind httpapi_kind;

#endif
