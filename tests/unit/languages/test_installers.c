#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "languages/installers.h"
#include "sources/package.h"

static struct arena *arena;

static void put(const char *path, const char *text)
{
    CHECK(file_write(path, text, strlen(text), 0644));
}

/* A package whose code is a new folder with this manifest. */
static struct package package_with(enum language language, const char *manifest, const char *text)
{
    static int count;
    const char *code = arena_printf(arena, "code%d", count++);
    if (manifest)
        put(path_join(arena, code, manifest), text);
    else
        CHECK(file_mkdirs(code));
    return (struct package){.arena = arena,
                            .code = code,
                            .root = ".",
                            .language = language,
                            .runtime = "python3.12",
                            .architecture = "x86_64"};
}

/* The row for what is in the code folder now. */
static const struct installer *row_of(struct package *package)
{
    CHECK(package_look(package));
    return installer_of(package);
}

static const char *joined(const char **argv)
{
    if (!argv)
        return "NULL";
    struct buf line = {0};
    for (size_t i = 0; argv[i]; i++)
        buf_printf(&line, "%s%s", i ? " " : "", argv[i]);
    const char *text = arena_strdup(arena, line.data ? line.data : "");
    buf_free(&line);
    return text;
}

static bool says(const char *said, const char *expected)
{
    if (strcmp(said, expected) == 0)
        return true;
    fprintf(stderr, "  %s\n", said);
    return false;
}

/* The manifest of each language selects the tool; commands of the settings replace all of them. */
static void test_rows(void)
{
    static const struct {
        enum language language;
        const char *manifest, *version;
    } rows[] = {
        {LANG_PYTHON, "requirements.txt", "pip-here --version"},
        {LANG_PYTHON, "pyproject.toml", "pip-here --version"},
        {LANG_PYTHON, "uv.lock", "uv --version"},
        {LANG_PYTHON, "poetry.lock", "poetry --version"},
        {LANG_PYTHON, "pylock.toml", "uv --version"},
        {LANG_PYTHON, "Pipfile.lock", "pipenv --version"},
        {LANG_NODE, "package.json", "npm-here --version"},
        {LANG_JAVA, "build.gradle", "gradle-here --version"},
        {LANG_JAVA, "build.gradle.kts", "gradle-here --version"},
        {LANG_JAVA, "pom.xml", "mvn --version"},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        struct package package = package_with(rows[i].language, rows[i].manifest, "");
        package.pip_path = "pip-here", package.npm_path = "npm-here";
        package.gradle_path = "gradle-here";
        const struct installer *installer = row_of(&package);
        if (!CHECK(installer && strcmp(installer->manifest, rows[i].manifest) == 0))
            continue;
        CHECK(says(joined(installer_version_argv(arena, installer, &package)), rows[i].version));
        CHECK(installer->collect ||
              (installer->decides(rows[i].manifest) && !installer->decides("hello")));
        package.nbuild = 1;
        CHECK(!row_of(&package));
        package.nbuild = 0, package.language = LANG_OTHER;
        CHECK(!row_of(&package));
        struct package empty = package_with(rows[i].language, NULL, NULL);
        CHECK(!row_of(&empty));
    }
}

static const char *arguments(struct package *package)
{
    return joined(installer_argv(arena, row_of(package), package, "/into"));
}

static void test_arguments(void)
{
    struct package pip = package_with(LANG_PYTHON, "requirements.txt", "");
    pip.pip_path = "'my python' -m pip", pip.pip_extra = "--no-deps  'a b'";
    const char *words = arguments(&pip);
    CHECK(str_starts(words,
                     "my python -m pip install --disable-pip-version-check --no-input "
                     "--no-compile --quiet --requirement {copy}/requirements.txt --target /into "
                     "--only-binary=:all: --platform manylinux_2_34_x86_64 --platform "));
    CHECK(str_ends(words, " --platform manylinux1_x86_64 --implementation cp --python-version 3.12 "
                          "--no-deps a b"));
    pip.pip_extra = "'open";
    CHECK(!installer_argv(arena, row_of(&pip), &pip, "/into"));
    pip.pip_path = "'open", pip.pip_extra = "";
    CHECK(!installer_argv(arena, row_of(&pip), &pip, "/into"));
    CHECK(!installer_version_argv(arena, row_of(&pip), &pip));

    struct package npm = package_with(LANG_NODE, "package.json", "{}");
    npm.npm_extra = "--x";
    CHECK(says(arguments(&npm),
               "npm install --omit=dev --no-audit --no-fund --no-update-notifier "
               "--os=linux --cpu=x64 --libc=glibc --install-links=false --no-package-lock --x"));
    put(path_join(arena, npm.code, "package-lock.json"), "{}");
    npm.architecture = "arm64";
    CHECK(says(arguments(&npm), "npm ci --omit=dev --no-audit --no-fund --no-update-notifier "
                                "--os=linux --cpu=arm64 --libc=glibc --x"));
    npm.npm_extra = "\"open";
    CHECK(!installer_argv(arena, row_of(&npm), &npm, "/into"));

    struct package mvn = package_with(LANG_JAVA, "pom.xml", "");
    CHECK(says(arguments(&mvn), "mvn -q -B dependency:copy-dependencies dependency:list "
                                "-DincludeScope=runtime -Dmdep.prependGroupId=true "
                                "-DoutputDirectory=/into/lib -DoutputFile=/into.list"));
    struct package gradle = package_with(LANG_JAVA, "build.gradle", "");
    gradle.gradle_path = "./gradlew", gradle.gradle_extra = "--offline";
    CHECK(says(arguments(&gradle), "./gradlew --init-script /into.init.gradle --quiet "
                                   "gordonDependencies -Ptarget=/into --offline"));
}

/* Without a setting, the first program in PATH is run, or the last one if none is there. */
static void test_programs(void)
{
    const char *before = arena_strdup(arena, getenv("PATH"));
    struct package pip = package_with(LANG_PYTHON, "requirements.txt", "");
    const struct installer *installer = row_of(&pip);
    put("path/nothing", "");
    setenv("PATH", path_absolute(arena, "path"), 1);
    CHECK(says(joined(installer_version_argv(arena, installer, &pip)), "pip3 --version"));
    CHECK(file_write("path/pip3", "#!/bin/sh\n", 10, 0755));
    CHECK(says(joined(installer_version_argv(arena, installer, &pip)), "pip3 --version"));
    CHECK(file_write("path/pip", "#!/bin/sh\n", 10, 0755));
    CHECK(says(joined(installer_version_argv(arena, installer, &pip)), "pip --version"));
    setenv("PATH", before, 1);
}

static void test_decides(void)
{
    static const struct {
        enum language language;
        const char *manifest, *files[12], *others[8];
    } rows[] = {
        {LANG_NODE,
         "package.json",
         {"package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"},
         {"a/package.json", "index.js", "npmrc"}},
        {LANG_JAVA,
         "pom.xml",
         {"pom.xml", "part/pom.xml", ".mvn/maven.config"},
         {"pom.xml.bak", "src/a.mvn/x"}},
        {LANG_JAVA,
         "build.gradle",
         {"build.gradle", "build.gradle.kts", "part/settings.gradle", "gradle.properties",
          "gradle.lockfile", "gradle/wrapper/gradle-wrapper.jar", "gradle/libs.versions.toml",
          "libs.toml", "buildSrc/src/A.java", "gradlew"},
         {"src/A.java", "gradlew.bat", "my/gradle/x", "gradle.txt"}},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        struct package package = package_with(rows[i].language, rows[i].manifest, "");
        const struct installer *installer = row_of(&package);
        for (const char *const *name = rows[i].files; *name; name++)
            CHECK(installer->decides(*name) || !fprintf(stderr, "  %s does not decide\n", *name));
        for (const char *const *name = rows[i].others; *name; name++)
            CHECK(!installer->decides(*name) || !fprintf(stderr, "  %s decides\n", *name));
    }
}

static bool is_empty(const char *folder)
{
    size_t n;
    return file_look(folder) == FILE_FOLDER && file_list(arena, folder, &n) && n == 0;
}

/* What differs between machines does not stay in the installed folder. */
static void test_finish(void)
{
    struct package gradle = package_with(LANG_JAVA, "build.gradle", "");
    put("gradle/left", "x");
    CHECK(row_of(&gradle)->prepare(arena, "gradle"));
    CHECK(file_look("gradle.init.gradle") == FILE_REGULAR);
    CHECK(row_of(&gradle)->finish(arena, "gradle") && is_empty("gradle"));
    struct package mvn = package_with(LANG_JAVA, "pom.xml", "");
    static const char *const jars[] = {"a.util-1.jar", "b.c.util-1.jar", "b.c.d.e-2-x.jar",
                                       "b.c.d.jar"};
    for (size_t i = 0; i < countof(jars); i++)
        put(path_join(arena, "mvn/lib", jars[i]), jars[i]);
    put("mvn.list", "\nResolved:\n   a:util:jar:1:compile\n   b.c:util:jar:1:runtime\n"
                    "   b.c:d.e:jar:x:2:compile -- module d\n");
    CHECK(row_of(&mvn)->finish(arena, "mvn"));
    CHECK(file_look("mvn/lib/a.util-1.jar") == FILE_REGULAR &&
          file_look("mvn/lib/b.c.util-1.jar") == FILE_REGULAR &&
          file_look("mvn/lib/d.e-2-x.jar") == FILE_REGULAR &&
          file_look("mvn/lib/b.c.d.jar") == FILE_REGULAR);
    CHECK(row_of(&mvn)->finish(arena, "nothing"));
    put("file", "x");
    CHECK(!row_of(&gradle)->finish(arena, "file/in"));
}

/* Packages of a workspace are installed by the tool that has its lock file. A folder that only has
 * packages below it is none of them. */
static void test_lock_above(void)
{
    static const struct {
        const char *code, *manifest;
    } rows[] = {{"one", "pnpm-lock.yaml"},
                {"more/inner", "pnpm-lock.yaml"},
                {"more", "package.json"},
                {"other", "package.json"}};
    const char *root = path_absolute(arena, "workspace");
    put("workspace/package.json", "{}");
    put("workspace/pnpm-workspace.yaml", "packages:\n  - one\n  - more/*\n");
    put("workspace/pnpm-lock.yaml", "");
    for (size_t i = 0; i < countof(rows); i++) {
        const char *code = path_join(arena, root, rows[i].code);
        put(path_join(arena, code, "package.json"), "{}");
        struct package package = {.arena = arena,
                                  .code = code,
                                  .root = root,
                                  .language = LANG_NODE,
                                  .runtime = "nodejs22.x",
                                  .architecture = "x86_64"};
        const struct installer *row = row_of(&package);
        CHECK(row && says(row->manifest, rows[i].manifest));
    }
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-installer-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    arena = arena_new();
    test_rows();
    test_arguments();
    test_programs();
    test_decides();
    test_finish();
    test_lock_above();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    return check_result();
}
