/* events.h - rules of EventBridge: when they match, and the lambdas that they call. */
#ifndef EVENTS_H
#define EVENTS_H
#include "model.h" /* for struct kind */

extern const struct kind events_kind;

#endif
