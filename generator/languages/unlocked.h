/* unlocked.h - lambdas of Node whose packages no lock file fixes. */
#ifndef LANGUAGES_UNLOCKED_H
#define LANGUAGES_UNLOCKED_H

struct model;

/* Warns, once for all of them: another version may be installed in the next build. Reports nothing
 * else: errors in a manifest are reported where it is installed. */
void unlocked_warn(const struct model *model);

#endif
