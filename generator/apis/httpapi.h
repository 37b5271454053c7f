/* httpapi.h - the kind `httpapi`: HTTP APIs of API Gateway (API Gateway Developer Guide, "API
 * Gateway HTTP APIs"). */
#ifndef APIS_HTTPAPI_H
#define APIS_HTTPAPI_H
#include "resources/model.h" /* for struct kind */

extern const struct kind httpapi_kind;

#endif
