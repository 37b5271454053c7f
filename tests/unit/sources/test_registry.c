#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "sources/registry.h"

static struct arena *arena;
static const char *installer;

static void put(const char *path, const char *text)
{
    CHECK(file_write(path, text, strlen(text), 0644));
}

/* Whether a change since the last call decides what is installed. */
static bool decides(void)
{
    static const char *last = "";
    const char *now = registry_digest(arena, installer);
    bool differs = strcmp(now, last) != 0;
    last = now;
    return differs;
}

static void test_variables(void)
{
    installer = "pip";
    decides();
    setenv("PIP_INDEX_URL", "https://a/simple", 1);
    CHECK(decides() && !decides());
    setenv("PIP_INDEX_URL", "https://user:password@a/simple", 1);
    CHECK(!decides()); /* who asks does not decide it */
    setenv("PIP_INDEX_URL", "https://user:other@b/simple", 1);
    CHECK(decides());
    setenv("PIP_EXTRA_INDEX_URL", "https://a/@x https://u:p@b/", 1);
    CHECK(decides());
    setenv("PIP_EXTRA_INDEX_URL", "https://a/@x https://b/", 1);
    CHECK(!decides());
    setenv("PIP_EXTRA_INDEX_URL", "https://a/@y https://b/", 1);
    CHECK(decides());
    setenv("PIP_PRE", "1", 1);
    CHECK(decides());
    setenv("PIP_NEW_OPTION_OF_TOMORROW", "1", 1);
    CHECK(decides());
    static const char *const harmless[] = {"PIP_CACHE_DIR", "PIP_TIMEOUT",         "PIP_QUIET",
                                           "PIP_VERBOSE",   "npm_config_registry", "PIPE",
                                           "GORDON_TEST"};
    for (size_t i = 0; i < countof(harmless); i++) {
        setenv(harmless[i], "x", 1);
        if (!CHECK(!decides()))
            fprintf(stderr, "  %s\n", harmless[i]);
    }
    installer = "npm";
    decides();
    setenv("NPM_CONFIG_REGISTRY", "https://b/", 1); /* in any case */
    CHECK(decides());
    setenv("npm_config_//b/:_authToken", "x", 1);
    setenv("npm_config_loglevel", "x", 1);
    CHECK(!decides());
    installer = "go";
    decides();
    setenv("GOPROXY", "https://x/", 1), setenv("GORDON_FLAGS", "x", 1);
    CHECK(!decides());
    setenv("GOFLAGS", "-tags=x", 1);
    CHECK(decides());
    CHECK(strcmp(registry_digest(arena, "mvn"), "") == 0);
}

/* Files and folders that a variable names decide by their content and their names. */
static void test_named(void)
{
    installer = "pip";
    put("limits", "a==1\n"), put("wheels/a.whl", "");
    setenv("PIP_CONSTRAINT", arena_printf(arena, "other\t%s", path_absolute(arena, "limits")), 1);
    setenv("PIP_FIND_LINKS", arena_printf(arena, "x %s", path_absolute(arena, "wheels")), 1);
    decides();
    put("limits", "a==2\n");
    CHECK(decides() && !decides());
    put("wheels/b.whl", "");
    CHECK(decides() && !decides());
    CHECK(remove_path("limits"));
    CHECK(decides());
    CHECK(remove_path("wheels"));
    CHECK(decides());
}

static void test_files(void)
{
    const char *home = path_absolute(arena, "home");
    setenv("HOME", home, 1), setenv("XDG_CONFIG_HOME", path_join(arena, home, "xdg"), 1);
    setenv("VIRTUAL_ENV", path_join(arena, home, "venv"), 1);
    setenv("npm_config_userconfig", path_join(arena, home, "user"), 1);
    setenv("npm_config_globalconfig", path_join(arena, home, "global"), 1);
    static const struct {
        const char *installer, *files[6];
    } cases[] = {
        {"pip",
         {"home/.pip/pip.conf", "home/.config/pip/pip.conf", "home/xdg/pip/pip.conf",
          "home/venv/pip.conf"}},
        {"npm", {"home/.npmrc", "home/user", "home/global"}},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        installer = cases[i].installer;
        decides();
        for (const char *const *file = cases[i].files; *file; file++) {
            put(*file, "index = https://a/\n");
            if (!CHECK(decides() && !decides()))
                fprintf(stderr, "  %s\n", *file);
            put(*file, "index = https://me:secret@a/\n//a/:_authToken=x\n_password = y\n");
            if (!CHECK(!decides()))
                fprintf(stderr, "  %s\n", *file);
        }
        /* the same text in another place is another configuration */
        CHECK(rename(cases[i].files[0], "moved") == 0);
        CHECK(decides());
        CHECK(rename(cases[i].files[1], cases[i].files[0]) == 0);
        CHECK(decides());
    }
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-registry-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    arena = arena_new();
    test_variables();
    test_named();
    test_files();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    return check_result();
}
