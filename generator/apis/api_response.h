/* api_response.h - `gateway_responses` of an API: what it answers where no integration does. */
#ifndef APIS_API_RESPONSE_H
#define APIS_API_RESPONSE_H

extern const struct api_subject api_responses;

#endif
