/* registry.h - how the environment configures pip and npm: which packages they take from where. */
#ifndef SOURCES_REGISTRY_H
#define SOURCES_REGISTRY_H

struct arena;

/* A digest of the environment variables and of the user's and the machine's configuration files
 * that decide what `installer` ("pip", "npm") installs; "" for another installer. Passwords and
 * tokens are not part of it: they do not decide this, and may change every hour. */
const char *registry_digest(struct arena *arena, const char *installer);

#endif
