#include <fnmatch.h>
#include <string.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/mapping.h"
#include "base/util.h"
#include "sources/credential.h"

static const char *const names[] = {
    ".env*",   ".npmrc",           ".yarnrc.yml", ".pypirc",   ".netrc",
    ".pgpass", ".git-credentials", ".dockercfg",  "*.tfstate", "*.tfstate.backup",
};
static const char *const folder_names[] = {".env*", ".aws", ".ssh", ".gnupg", ".docker", ".kube"};
static const char *const key_names[] = {
    "*.pem", "*.key", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*",
};

static bool matches(const char *name, const char *const *patterns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fnmatch(patterns[i], name, FNM_CASEFOLD) == 0)
            return true;
    return false;
}

bool credential_is_named(const char *name, bool is_folder)
{
    return is_folder ? matches(name, folder_names, countof(folder_names))
                     : matches(name, names, countof(names));
}

bool credential_may_be(const char *name)
{
    return matches(name, key_names, countof(key_names));
}

/* Whether a line such as "-----BEGIN RSA PRIVATE KEY-----" is in the text (RFC 7468). */
static bool has_pem_key(const char *text, size_t len)
{
    static const char begin[] = "BEGIN ", key[] = "PRIVATE KEY";
    const char *end = text + len;
    while ((text = memmem(text, (size_t)(end - text), begin, strlen(begin)))) {
        const char *line = memchr(text, '\n', (size_t)(end - text));
        if (memmem(text, (size_t)((line ? line : end) - text), key, strlen(key)))
            return true;
        text += strlen(begin);
    }
    return false;
}

/* Whether this is a DER sequence that begins with the version of a key, 0 or 1: PKCS #1 (RFC 8017,
 * A.1.2), PKCS #8 (RFC 5208) and SEC 1 keys do, certificates and public keys do not. */
static bool is_der_key(const unsigned char *data, size_t len)
{
    if (len < 8 || data[0] != 0x30)
        return false;
    size_t at = data[1] < 0x80 ? 2 : 2 + (size_t)(data[1] & 0x7F);
    return at + 3 < len && data[at] == 0x02 && data[at + 1] == 0x01 && data[at + 2] <= 1;
}

bool credential_has_key(const char *path)
{
    struct mapping file;
    if (!mapping_open(&file, path))
        return false;
    bool has = has_pem_key((const char *)file.data, file.len) || is_der_key(file.data, file.len);
    mapping_close(&file);
    return has;
}

void credential_add(struct arena *arena, struct credentials *credentials, const char *path,
                    const char *name, bool is_folder)
{
    struct credential found = {
        arena_strdup(arena, path),
        arena_printf(arena, "%s%s", name, is_folder ? "/" : ""),
    };
    array_push(arena, credentials->found, credentials->n, found);
}

static bool same_content(const char *a, const char *b)
{
    struct mapping one, other;
    if (!mapping_open(&one, a))
        return false;
    bool same = mapping_open(&other, b);
    if (same) {
        same = one.len == other.len && memcmp(one.data, other.data, one.len) == 0;
        mapping_close(&other);
    }
    mapping_close(&one);
    return same;
}

static bool is_copy(const struct credential *of, const struct pack_entry *entry)
{
    return strcmp(path_base(of->path), path_base(entry->name)) == 0 &&
           same_content(of->path, entry->source);
}

void credential_remove(struct credentials *credentials, struct pack_entry *entries, size_t *n)
{
    size_t copied = 0;
    for (size_t i = 0; i < credentials->n; i++) {
        size_t kept = 0;
        for (size_t k = 0; k < *n; k++)
            if (!is_copy(&credentials->found[i], &entries[k]))
                entries[kept++] = entries[k];
        if (kept < *n)
            credentials->found[copied++] = credentials->found[i];
        *n = kept;
    }
    credentials->n = copied;
}

void credential_warn(struct arena *arena, const struct credentials *credentials,
                     const char *reference)
{
    for (size_t i = 0; i < credentials->n; i++)
        diag_warning((struct pos){.file = arena_strdup(arena, credentials->found[i].path)},
                     "this is not in the zip of %s, because it may hold keys or passwords; to pack "
                     "it, write '!/%s' in .gordonignore",
                     reference, credentials->found[i].name);
}
