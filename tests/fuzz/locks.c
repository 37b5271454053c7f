/* Manifests and lock files, one in each part, which begins with the name of the file: "uv.lock", or
 * that of a file above or beside the code. Each language looks for what it reads. */
#include <string.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/util.h"
#include "fuzz.h"
#include "languages/dotnet_source.h"
#include "languages/installers.h"
#include "languages/manifests.h"
#include "languages/node_tree.h"
#include "languages/python_lock.h"
#include "languages/requirements.h"
#include "languages/rust_source.h"
#include "sources/collect.h"
#include "sources/package.h"

static const char *const files[] = {
    "code/uv.lock",
    "code/poetry.lock",
    "code/Pipfile",
    "code/Pipfile.lock",
    "code/pylock.toml",
    "code/pyproject.toml",
    "uv.lock",
    "pyproject.toml",
    "code/requirements.txt",
    "code/package.json",
    "code/package-lock.json",
    "code/pnpm-lock.yaml",
    "code/yarn.lock",
    "pnpm-workspace.yaml",
    "package.json",
    "other/package.json",
    "package-lock.json",
    "code/Gemfile",
    "code/Gemfile.lock",
    "code/Cargo.toml",
    "Cargo.toml",
    "other/Cargo.toml",
    "code/.cargo/config.toml",
    "code/rust-toolchain.toml",
    "code/x.csproj",
    "other/y.csproj",
    "Directory.Build.props",
    "code/packages.lock.json",
};

static void write_parts(const char *data, size_t len)
{
    while (len) {
        size_t size;
        char *part = fuzz_part(&data, &len, &size);
        size_t line = strcspn(part, "\n"), used = line + (part[line] == '\n');
        part[line] = '\0';
        if (str_one_of(part, files, countof(files)))
            fuzz_write(part, part + used, size - used);
    }
    fuzz_write("code/made.txt", "", 0);
}

static void look(struct package *package, enum language language)
{
    struct collection inputs = {.arena = fuzz_arena}, found = inputs;
    size_t errors = diag_errors();
    bool ok, all = false;
    package->language = language;
    package->nmanifests = 0;
    const struct installer *installer = package_look(package) ? installer_of(package) : NULL;
    if (!installer)
        return;
    ok = !installer->needs_all || installer->needs_all(fuzz_arena, package, &all);
    ok = (!installer->collect || installer->collect(fuzz_arena, package, &found, &inputs)) && ok;
    fuzz_expect(ok || diag_errors() > errors, "a refusal is reported");
    for (size_t i = 0; i < found.nentries; i++)
        fuzz_expect(str_starts(found.entries[i].source, package->root),
                    "what decides is in the project");
    installer_argv(fuzz_arena, installer, package, "into");
}

static void read_python(const struct package *package)
{
    static bool (*const read[])(struct requirements *, const char *) = {
        python_lock_uv, python_lock_poetry, python_lock_pipenv, python_lock_pylock,
        python_lock_pyproject};
    for (size_t i = 0; i < countof(read); i++) {
        struct requirements found = requirements_new(fuzz_arena, package->root, package->code);
        size_t errors = diag_errors();
        bool ok = read[i](&found, package->code);
        fuzz_expect(ok || diag_errors() > errors, "a refusal is reported");
        for (size_t k = 0; ok && k < found.nfiles; k++)
            fuzz_expect(str_starts(found.files[k], package->root), "a file is in the project");
    }
}

static void read_sources(struct package *package)
{
    struct collection rust = {.arena = fuzz_arena}, dotnet = rust, code = rust;
    struct rust_source rust_source;
    struct dotnet_source dotnet_source;
    size_t errors = diag_errors();
    bool ok = rust_source_find(fuzz_arena, package, &rust, &rust_source);
    fuzz_expect(ok || diag_errors() > errors, "a refusal is reported");
    errors = diag_errors();
    ok = dotnet_source_find(fuzz_arena, package, &dotnet, &dotnet_source);
    fuzz_expect(ok || diag_errors() > errors, "a refusal is reported");
    if (collect_dir(&code, package->code, package->root))
        manifests_warn(package, &code);
}

void fuzz_target(const char *data, size_t len)
{
    static const enum language languages[] = {LANG_PYTHON, LANG_NODE, LANG_RUBY, LANG_OTHER,
                                              LANG_DOTNET};
    struct package package = {.arena = fuzz_arena,
                              .reference = "a.l",
                              .code = path_absolute(fuzz_arena, "code"),
                              .root = path_absolute(fuzz_arena, "."),
                              .work = path_absolute(fuzz_arena, "work"),
                              .runtime = "python3.13",
                              .architecture = "arm64"};
    write_parts(data, len);
    for (size_t i = 0; i < countof(languages); i++)
        look(&package, languages[i]);
    read_python(&package);
    read_sources(&package);
}
