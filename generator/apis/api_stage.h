/* api_stage.h - the stage of an API: its name and variables, throttling, caching, logs, traces.
 *
 * Without these settings the deployment makes the stage. With one of them the stage is a resource
 * of its own, AWS::ApiGateway::Stage. A change of it makes no new deployment. */
#ifndef APIS_API_STAGE_H
#define APIS_API_STAGE_H

extern const struct api_subject api_stage;

#endif
