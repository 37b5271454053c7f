/* merge.h - merges two trees of settings, such as defaults and what is written over them. */
#ifndef SETTINGS_MERGE_H
#define SETTINGS_MERGE_H
#include <stddef.h>

struct arena;
struct node;

/* Returns `base` with `over` on top: maps are merged at any depth, and everything else of `over`
 * replaces what `base` has. A null in `over` takes an entry of `base` away. Values of
 * CloudFormation, such as {Ref: Name}, are not merged. Every node keeps its place; that of a merged
 * map is `over`'s. Both may be NULL. Nothing is copied that is not merged. */
const struct node *node_merge(struct arena *arena, const struct node *base,
                              const struct node *over);
/* Returns a map without `n` of its keys; NULL for NULL. */
const struct node *node_without(struct arena *arena, const struct node *map,
                                const char *const *keys, size_t n);

#endif
