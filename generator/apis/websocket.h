/* websocket.h - the kind `websocket`: WebSocket APIs of API Gateway (API Gateway Developer Guide,
 * "API Gateway WebSocket APIs"). */
#ifndef APIS_WEBSOCKET_H
#define APIS_WEBSOCKET_H
#include "resources/model.h" /* for struct kind */

extern const struct kind websocket_kind;

#endif
