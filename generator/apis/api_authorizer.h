/* api_authorizer.h - who may call the methods of an API: `authorizers`, and the authorizer of each
 * method. */
#ifndef APIS_API_AUTHORIZER_H
#define APIS_API_AUTHORIZER_H

extern const struct api_subject api_authorizers;

#endif
