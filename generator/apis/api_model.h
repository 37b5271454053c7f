/* api_model.h - what the requests of an API must be: models, and what is validated. */
#ifndef APIS_API_MODEL_H
#define APIS_API_MODEL_H

extern const struct api_subject api_models;

#endif
