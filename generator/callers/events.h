/* events.h - rules of EventBridge: when they match, and the lambdas that they call. */
#ifndef CALLERS_EVENTS_H
#define CALLERS_EVENTS_H
#include "resources/model.h" /* for struct kind */

extern const struct kind events_kind;

#endif
