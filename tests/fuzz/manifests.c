/* Manifests of dependencies, one in each part: requirements.txt, other.txt, package.json, go.mod
 * and RECORD; and then the arguments of the settings. */
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "fuzz.h"
#include "languages/go_module.h"
#include "languages/installers.h"
#include "languages/python.h"
#include "languages/requirements.h"
#include "sources/collect.h"
#include "sources/package.h"
#include "sources/registry.h"

static void look(struct package *package, enum language language)
{
    package->language = language;
    package->nmanifests = 0;
    bool all;
    const struct installer *installer = package_look(package) ? installer_of(package) : NULL;
    if (!installer)
        return;
    if (installer->needs_all)
        installer->needs_all(fuzz_arena, package, &all);
    const char **argv = installer_argv(fuzz_arena, installer, package, "into");
    for (size_t i = 0; argv && argv[i]; i++)
        fuzz_expect(strlen(argv[i]) < 100000, "an argument is a text");
    installer_version_argv(fuzz_arena, installer, package);
}

/* Writes one text as the manifests that name what is outside of the code folder, and reads them. */
static void look_above(struct package *package, const char *text, size_t len)
{
    static const char *const files[] = {"code/go.mod", "go.work", "code/pom.xml", "pom.xml",
                                        "settings.gradle"};
    struct collection inputs = {.arena = fuzz_arena};
    struct go_module module;
    for (size_t i = 0; i < countof(files); i++)
        fuzz_write(files[i], text, len);
    look(package, LANG_JAVA);
    fuzz_write("code/build.gradle", text, len);
    look(package, LANG_JAVA);
    size_t errors = diag_errors();
    bool ok = go_module_find(fuzz_arena, package, &inputs, &module);
    fuzz_expect(ok || diag_errors() > errors, "a refusal is reported");
}

static void include(void)
{
    struct requirements read = requirements_new(fuzz_arena, path_absolute(fuzz_arena, "."),
                                                path_absolute(fuzz_arena, "code"));
    size_t errors = diag_errors();
    bool ok = requirements_read(&read, path_absolute(fuzz_arena, "code/requirements.txt"));
    fuzz_expect(ok || diag_errors() > errors, "a refusal is reported");
    for (size_t i = 0; ok && i < read.nfiles; i++)
        fuzz_expect(file_look(read.files[i]) == FILE_REGULAR, "an included file exists");
}

void fuzz_target(const char *data, size_t len)
{
    static const char *const files[] = {"code/requirements.txt",   "code/other.txt",
                                        "code/package.json",       "code/go.mod",
                                        "into/x.dist-info/RECORD", ".npmrc"};
    struct package package = {.arena = fuzz_arena,
                              .code = path_absolute(fuzz_arena, "code"),
                              .root = path_absolute(fuzz_arena, "."),
                              .work = "work",
                              .runtime = "python3.13",
                              .architecture = "arm64"};
    size_t size;
    for (size_t i = 0; i < countof(files); i++) {
        const char *part = fuzz_part(&data, &len, &size);
        fuzz_write(files[i], part, size);
    }
    package.pip_extra = package.npm_extra = package.gradle_extra = fuzz_part(&data, &len, NULL);
    package.pip_path = fuzz_part(&data, &len, NULL);
    look(&package, LANG_PYTHON);
    look(&package, LANG_NODE);
    size_t go_len;
    const char *go = file_read(fuzz_arena, "code/go.mod", &go_len);
    look_above(&package, go, go_len);
    include();
    registry_digest(fuzz_arena, "npm");
    fuzz_expect(python_clean(fuzz_arena, "into"), "an installed folder is cleaned");
}
