/* credential.h - files of a code folder that hold keys and passwords of their author, such as
 * .npmrc, and do not belong into a zip. docs/settings.md has the list. */
#ifndef SOURCES_CREDENTIAL_H
#define SOURCES_CREDENTIAL_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct pack_entry;

/* What was found in a code folder. */
struct credentials {
    bool packed; /* they are collected all the same, because build commands may read them */
    struct credential {
        const char *path, *name; /* `name`: in the code folder; ends with '/' for a folder */
    } * found;
    size_t n;
};

/* Whether a file or folder with this name holds credentials, whatever is in it. Small and capital
 * letters are the same. */
bool credential_is_named(const char *name, bool is_folder);
/* Whether the content of a file with this name decides: one for keys and certificates. */
bool credential_may_be(const char *name);
/* Whether the file has a private key, encrypted or not, as PEM, as OpenSSH writes it, or as DER.
 * One that cannot be read has none: packing reports it. */
bool credential_has_key(const char *path);
void credential_add(struct arena *arena, struct credentials *credentials, const char *path,
                    const char *name, bool is_folder);
/* Removes those of `entries` that are copies of what was found: of the same base name and content.
 * Keeps in `found` only what was copied. */
void credential_remove(struct credentials *credentials, struct pack_entry *entries, size_t *n);
/* Warns of each one that was found, because the zip of the lambda `reference` does not have it. */
void credential_warn(struct arena *arena, const struct credentials *credentials,
                     const char *reference);

#endif
