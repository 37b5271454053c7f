/* api_usage.h - API keys, and the usage plans that say how much each key may call. */
#ifndef APIS_API_USAGE_H
#define APIS_API_USAGE_H

extern const struct api_subject api_usage;

#endif
