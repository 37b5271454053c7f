/* source.h - the sources that events can be made of: the files events/<source>.json of Gordon's
 * data. event.h has their format. */
#ifndef EVENTS_SOURCE_H
#define EVENTS_SOURCE_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Returns the names of all sources, sorted. Ends the program if Gordon's data cannot be read. */
const char *const *source_names(struct arena *arena, size_t *n);
/* Returns the file of a source (new); NULL after an error about its name, which was reported. Ends
 * the program if the file cannot be read. */
json_t *source_load(struct arena *arena, const char *name);
/* Whether the command line may give this value of a file's "values". */
bool source_takes(const char *value);
/* Adds the values that events of all sources have, for this region and stage. */
void source_add_common(json_t *values, const char *region, const char *stage);

#endif
