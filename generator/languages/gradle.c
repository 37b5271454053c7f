#include <string.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "languages/installer.h"
#include "sources/package.h"

static const char *const gradle_programs[] = {"gradle", NULL};

static const char *gradle_setting(const struct package *package)
{
    return package->gradle_path;
}

/* Build files, versions and the wrapper, which gradle-path may name. */
static bool gradle_decides(const char *name)
{
    static const char *const ends[] = {".gradle", ".gradle.kts", ".properties", ".lockfile",
                                       ".toml"};
    if (str_starts(name, "gradle/") || str_starts(name, "buildSrc/") ||
        strcmp(name, "gradlew") == 0)
        return true;
    for (size_t i = 0; i < countof(ends); i++)
        if (str_ends(name, ends[i]))
            return true;
    return false;
}

/* Gradle downloads into a cache of its own, from which the build takes the dependencies. */
static const char gradle_init[] =
    "allprojects { afterEvaluate { task gordonDependencies { doLast {\n"
    "    configurations.findAll { it.canBeResolved }.each { it.resolve() }\n"
    "} } } }\n";

static const char *gradle_init_file(struct arena *arena, const char *into)
{
    return arena_printf(arena, "%s.init.gradle", into);
}

static bool gradle_prepare(struct arena *arena, const char *into)
{
    return file_write(gradle_init_file(arena, into), gradle_init, strlen(gradle_init), 0644);
}

static bool gradle_arguments(struct arena *arena, const struct package *package, const char *into,
                             const char ***argv, size_t *n)
{
    const char *const fixed[] = {"--init-script", gradle_init_file(arena, into), "--quiet",
                                 "gordonDependencies", arena_printf(arena, "-Ptarget=%s", into)};
    installer_add(arena, argv, n, fixed, countof(fixed));
    return run_split(arena, package->gradle_extra, argv, n);
}

#define GRADLE(file)                                                                               \
    {                                                                                              \
        LANG_JAVA, file, gradle_programs, gradle_setting, "--version", IN_COPY, gradle_decides,    \
            NULL, gradle_arguments, installer_empty,                                               \
            "Gradle could not get what the build files ask for", NULL, gradle_prepare              \
    }

const struct installer installer_gradle = GRADLE("build.gradle"),
                       installer_gradle_kts = GRADLE("build.gradle.kts");
