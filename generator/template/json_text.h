/* json_text.h - JSON as a text in a template, in which CloudFormation fills in functions. */
#ifndef TEMPLATE_JSON_TEXT_H
#define TEMPLATE_JSON_TEXT_H
#include <jansson.h>

/* Returns `value` (stolen; may be NULL) as JSON text with sorted keys, for a property that AWS
 * takes as such: a string, or Fn::Join of its parts if there are functions in it. What a function
 * gives stands in quotes. NULL for NULL. By Fn::Join, because Fn::Sub would take every "${" in the
 * text for a reference. */
json_t *json_text(json_t *value);

#endif
