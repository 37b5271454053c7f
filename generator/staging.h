/* staging.h - the folder from which apply uploads. Contexts may hold secrets, so only the user can
 * look into it, and it does not outlive apply; what a killed apply left goes with the next one. */
#ifndef STAGING_H
#define STAGING_H

struct arena;

/* Makes it under TMPDIR; the caller takes it away by file_remove. NULL after an error. */
const char *staging_make(struct arena *arena);

#endif
