/* function.h - values of the settings that are known only to CloudFormation: its intrinsic
 * functions, as maps ({"Fn::Sub": text}) and as tags of YAML (!Sub text), and Gordon's own short
 * forms, strings such as "ref://Name" (docs/settings.md, "References"). */
#ifndef SETTINGS_FUNCTION_H
#define SETTINGS_FUNCTION_H
struct arena;
struct node;

/* Returns the name of the function with this tag, as "Fn::Sub" for "!Sub"; or NULL. */
const char *function_of_tag(const char *tag);
/* Returns the tag that is probably meant, or NULL. */
const char *function_nearest_tag(const char *tag);
/* Returns the long form of function `name` (function_of_tag) of `value`. !GetAtt a.b becomes a
 * list, and !Ref a the string "ref://a". */
const struct node *function_make(struct arena *arena, const char *name, const struct node *value);

#endif
