#include <jansson.h>
#include <string.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "languages/node_platform.h"
#include "sources/elf.h"
#include "sources/package.h"

const char *node_platform_cpu(const struct package *package)
{
    return strcmp(package->architecture, "arm64") == 0 ? "arm64" : "x64";
}

/* Whether a list such as ["linux", "darwin"] or ["!win32"] allows a value (npm, "os"). */
static bool allows(json_t *list, const char *value)
{
    bool named = false, positive = false;
    if (json_is_string(list))
        return strcmp(json_string_value(list), value) == 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        if (word && *word == '!' && strcmp(word + 1, value) == 0)
            return false;
        positive = positive || (word && *word != '!');
        named = named || (word && (strcmp(word, value) == 0 || strcmp(word, "any") == 0));
    }
    return named || !positive;
}

bool node_platform_fits(const struct package *package, json_t *manifest)
{
    return allows(json_object_get(manifest, "os"), "linux") &&
           allows(json_object_get(manifest, "cpu"), node_platform_cpu(package)) &&
           allows(json_object_get(manifest, "libc"), "glibc");
}

bool node_platform_report(const struct package *package, const char *zip)
{
    return diag_error(EXIT_BUILD, package->pos,
                      "%s of %s is for another platform than the lambda's (linux, %s, glibc); npm "
                      "chooses the platform from version 10.3 on: update it, or install for the "
                      "platform in 'build'",
                      zip, package->reference, node_platform_cpu(package));
}

/* Where node-gyp, prebuild-install and node-pre-gyp leave the one addon that they have made. Other
 * folders, such as prebuilds/, have one for each platform. */
static bool is_made_here(const char *name)
{
    return str_ends(name, ".node") &&
           (strstr(name, "/build/Release/") || strstr(name, "/lib/binding/"));
}

bool node_platform_addon(struct arena *arena, const struct package *package,
                         const struct pack_entry *entry)
{
    struct elf elf;
    if (!is_made_here(entry->name))
        return true;
    const char *fault = elf_read(arena, entry->source, &elf);
    if (!fault && strcmp(elf_machine_name(arena, &elf), package->architecture) == 0)
        return true;
    return diag_error(EXIT_BUILD, package->pos,
                      "%s of %s was compiled on this machine and %s%s, not for %s; take a package "
                      "that has prebuilt files for linux-%s, or build on such a machine",
                      entry->name, package->reference, fault ? "" : "is for ",
                      fault ? fault : elf_machine_name(arena, &elf), package->architecture,
                      node_platform_cpu(package));
}
