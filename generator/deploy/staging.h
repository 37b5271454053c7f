/* staging.h - temporary folders, from which apply uploads and in which a release is unpacked. Only
 * the user can read them, because contexts and parameters may hold secrets. Folders that a killed
 * command left are removed by the next command. */
#ifndef DEPLOY_STAGING_H
#define DEPLOY_STAGING_H

struct arena;

/* Removes the folders of killed commands. staging_make does so, too. */
void staging_sweep(struct arena *arena);
/* Makes a folder in TMPDIR, or else in /tmp; the caller removes it with staging_remove. NULL after
 * an error that was reported. */
const char *staging_make(struct arena *arena);
/* Removes such a folder; NULL is ignored. Warns if it cannot be removed. */
void staging_remove(const char *dir);

#endif
