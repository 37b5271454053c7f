#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/util.h"
#include "sources/registry.h"

extern char **environ;

/* Variables that do not decide what is installed, named without their prefix. Some are set in every
 * CI, and npm sets many for the programs that it runs. All others count, because a newer pip may
 * have more of them. */
static const char pip_harmless[] =
    " break_system_packages cache_dir cert client_cert debug default_timeout "
    "disable_pip_version_check exists_action keyring_provider log no_cache_dir no_color no_input "
    "no_python_version_warning no_warn_script_location progress_bar proxy quiet require_virtualenv "
    "resume_retries retries root_user_action timeout trusted_host verbose ";
static const char npm_harmless[] =
    " argv audit ca cache cafile cert color editor fetch_retries fetch_timeout fund global_prefix "
    "globalconfig heading https_proxy init_module json key local_prefix loglevel logs_dir logs_max "
    "maxsockets node_gyp noproxy npm_version prefix progress proxy strict_ssl timing unicode "
    "update_notifier user_agent userconfig yes ";

static const char yarn_harmless[] =
    " cache_folder enable_global_cache enable_progress_bars enable_telemetry global_folder "
    "http_proxy https_proxy http_timeout network_concurrency npm_auth_ident npm_auth_token ";

/* The variables of Go that decide what it builds. Many others begin with GO, also those of other
 * programs; what Go downloads is decided by go.sum. */
static const char go_decisive[] =
    " 111module amd64 arm64 debug env experiment fips140 flags root toolchain work ";

static const char cargo_harmless[] =
    " build_jobs cache_auto_clean_frequency home http_cainfo http_check_revoke http_debug "
    "http_multiplexing http_proxy http_timeout incremental install_root log manifest_dir "
    "net_git_fetch_with_cli net_offline net_retry registry_token target_dir term_color "
    "term_progress_when term_progress_width term_quiet term_verbose ";
static const char rust_harmless[] = " _backtrace _log _min_stack up_home up_dist_server "
                                    "up_update_root up_term_color ";
static const char bundle_harmless[] =
    " bin_path cache_path clean console debug gemfile jobs no_prune path redirect retry "
    "silence_root_warning ssl_ca_cert ssl_client_cert timeout user_agent user_cache user_config "
    "user_home ";

static const struct surroundings {
    const char *installer, *prefix;
    const char *harmless; /* each name between spaces */
    const char *files[8]; /* $NAME is the value of a variable; skipped if it is not set */
    const char *decisive; /* only these count; NULL: all that are not harmless */
} all[] = {
    {"pip",
     "PIP_",
     pip_harmless,
     {"/etc/pip.conf", "/etc/xdg/pip/pip.conf", "$HOME/.pip/pip.conf", "$HOME/.config/pip/pip.conf",
      "$XDG_CONFIG_HOME/pip/pip.conf", "$VIRTUAL_ENV/pip.conf"}},
    {"npm",
     "npm_config_",
     npm_harmless,
     {"/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc", "$HOME/.npmrc",
      "$npm_config_userconfig", "$NPM_CONFIG_USERCONFIG", "$npm_config_globalconfig",
      "$NPM_CONFIG_GLOBALCONFIG"}},
    {"pnpm",
     "npm_config_",
     npm_harmless,
     {"/etc/npmrc", "/usr/etc/npmrc", "$HOME/.config/pnpm/rc", "$HOME/.npmrc",
      "$npm_config_userconfig", "$NPM_CONFIG_USERCONFIG", "$npm_config_globalconfig",
      "$NPM_CONFIG_GLOBALCONFIG"}},
    {"yarn",
     "YARN_",
     yarn_harmless,
     {"$HOME/.npmrc", "$HOME/.yarnrc", "$HOME/.yarnrc.yml", "/etc/npmrc", "/etc/yarnrc"}},
    {"yarn", "npm_config_", npm_harmless, {NULL}},
    {"go", "GO", NULL, {"$HOME/.config/go/env", "$XDG_CONFIG_HOME/go/env", "$GOENV"}, go_decisive},
    {"cargo",
     "CARGO_",
     cargo_harmless,
     {"$CARGO_HOME/config.toml", "$CARGO_HOME/config", "$HOME/.cargo/config.toml",
      "$HOME/.cargo/config"}},
    {"cargo", "RUST", rust_harmless, {NULL}}, /* also of the compiler and of rustup */
    {"ruby",
     "BUNDLE_",
     bundle_harmless,
     {"$HOME/.bundle/config", "$BUNDLE_USER_CONFIG", "$HOME/.gemrc"}},
};

/* The length of "user:password@" in a URL whose rest after "://" is `text`; or 0. */
static size_t credentials_length(const char *text)
{
    size_t len = strcspn(text, "@/?# \t\r\n\"',");
    return text[len] == '@' ? len + 1 : 0;
}

static void add_without_credentials(struct digest *digest, const char *text)
{
    for (const char *mark; (mark = strstr(text, "://")); text = mark) {
        mark += strlen("://");
        sha256_add(digest, text, (size_t)(mark - text));
        mark += credentials_length(mark);
    }
    sha256_add(digest, text, strlen(text) + 1);
}

/* Skips lines such as //registry/:_authToken=..., which only grant access. Does not read pipes,
 * because their content can be read only once, and the installer needs it. */
static void add_file(struct arena *arena, struct digest *digest, const char *path)
{
    size_t len;
    struct stat st;
    bool there = stat(path, &st) == 0;
    char *text = there && S_ISREG(st.st_mode) ? file_read(arena, path, &len) : NULL;
    if (!there || (S_ISREG(st.st_mode) && !text))
        fatal_unless_missing(path);
    for (char *line; text && (line = strsep(&text, "\n"));)
        if (!strcasestr(line, "_auth") && !strcasestr(line, "_password"))
            add_without_credentials(digest, line);
}

/* Adds the lines of files and the names in folders that a value names, such as constraints and
 * folders of wheels: they decide as much as their paths. */
static void add_named(struct arena *arena, struct digest *digest, const char *value)
{
    char *words = arena_strdup(arena, value);
    for (char *word; (word = strsep(&words, " \t\n"));) {
        size_t n = 0;
        if (*word != '/')
            continue;
        char **names = file_list(arena, word, &n);
        if (!names) {
            fatal_unless_missing(word);
            add_file(arena, digest, word);
        }
        for (size_t i = 0; names && i < n; i++)
            sha256_add(digest, names[i], strlen(names[i]) + 1);
    }
}

/* Whether a variable counts, which is given without the prefix. Ignores case, as npm does. */
static bool decides(struct arena *arena, const struct surroundings *s, const char *variable)
{
    const char *name = arena_printf(arena, " %.*s ", (int)strcspn(variable, "="), variable);
    if (s->decisive)
        return strcasestr(s->decisive, name);
    return !strcasestr(s->harmless, name) && !strcasestr(name, "_auth") &&
           !strcasestr(name, "_password");
}

static void add_variables(struct arena *arena, struct digest *digest, const struct surroundings *s)
{
    const char **variables = NULL;
    size_t n = 0, len = strlen(s->prefix);
    for (char **variable = environ; *variable; variable++)
        if (strncasecmp(*variable, s->prefix, len) == 0 && decides(arena, s, *variable + len))
            array_push(arena, variables, n, *variable);
    if (n)
        qsort(variables, n, sizeof *variables, str_compare);
    for (size_t i = 0; i < n; i++) {
        add_without_credentials(digest, variables[i]);
        add_named(arena, digest, strchr(variables[i], '=') + 1);
    }
}

static void add_files(struct arena *arena, struct digest *digest, const struct surroundings *s)
{
    for (size_t i = 0; i < countof(s->files) && s->files[i]; i++) {
        const char *path = s->files[i], *rest = path + strcspn(path, "/");
        if (*path == '$') {
            const char *value = getenv(arena_strndup(arena, path + 1, (size_t)(rest - path - 1)));
            path = value && *value ? arena_printf(arena, "%s%s", value, rest) : "";
        }
        add_file(arena, digest, path);
        sha256_add(digest, "", 1); /* the same lines in another file may mean something else */
    }
}

const char *registry_digest(struct arena *arena, const char *installer)
{
    char *hex = arena_alloc(arena, SHA256_HEX);
    struct digest digest;
    bool known = false;
    sha256_init(&digest);
    for (size_t i = 0; i < countof(all); i++)
        if (strcmp(all[i].installer, installer) == 0) {
            add_variables(arena, &digest, &all[i]);
            add_files(arena, &digest, &all[i]);
            known = true;
        }
    if (known)
        sha256_hex(&digest, hex);
    return hex;
}
