/* api_authorizer.h - who may call the methods of an API: `authorizers`, and the authorizer of each
 * method. */
#ifndef RESOURCES_API_AUTHORIZER_H
#define RESOURCES_API_AUTHORIZER_H

extern const struct api_subject api_authorizers;

#endif
