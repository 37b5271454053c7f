/* registry.h - what the user's surroundings tell pip and npm: from where to take packages, and
 * which. */
#ifndef BUILD_REGISTRY_H
#define BUILD_REGISTRY_H

struct arena;

/* A digest of the variables and of the user's and the machine's files that decide what `installer`
 * ("pip", "npm") installs; "" for another one. Passwords and tokens are no part of it: they are not
 * what decides, and may be new every hour. */
const char *registry_digest(struct arena *arena, const char *installer);

#endif
