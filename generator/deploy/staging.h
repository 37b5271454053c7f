/* staging.h - folders that do not outlive the command: from which apply uploads, and in which a
 * release is unpacked. Contexts and parameters may hold secrets, so only the user can look into
 * them; what a killed command left goes with the next one. */
#ifndef DEPLOY_STAGING_H
#define DEPLOY_STAGING_H

struct arena;

/* Makes one under TMPDIR; the caller takes it away by remove_path. NULL after an error. */
const char *staging_make(struct arena *arena);

#endif
