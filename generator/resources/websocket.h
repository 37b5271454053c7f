/* websocket.h - the kind `websocket`: WebSocket APIs of API Gateway (API Gateway Developer Guide,
 * "API Gateway WebSocket APIs"). */
#ifndef RESOURCES_WEBSOCKET_H
#define RESOURCES_WEBSOCKET_H
#include "resources/model.h" /* for struct kind */

extern const struct kind websocket_kind;

#endif
