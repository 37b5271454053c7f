/* unzipped.h - Lambda's limit of what a zip may have unzipped: 250 MB, layers included (Lambda
 * quotas, "Deployment package size"). Layers that are not of the project are not known here. */
#ifndef BUILD_UNZIPPED_H
#define BUILD_UNZIPPED_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct pos */

struct arena;
struct table;

enum { UNZIPPED_MAX = 262144000 };

/* Whether the zip, named `name` in messages, keeps the limit. If not, warns at `pos`, or reports an
 * error (EXIT_RESOURCE) there if `refuse`, with the largest parts. A zip that cannot be read keeps
 * it: who needs the zip reports that. */
bool unzipped_check(struct arena *arena, const char *zip, const char *name, struct pos pos,
                    bool refuse);
/* The same of a lambda's zip and those of its layers together: `n` zips, the lambda's first. Each
 * of them alone keeps the limit, or was reported. `known` keeps their sizes for the next lambda. */
bool unzipped_check_layers(struct arena *arena, struct table *known, const char *const *zips,
                           size_t n, struct pos pos, bool refuse);

#endif
