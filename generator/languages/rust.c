#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/root.h"
#include "base/run.h"
#include "base/util.h"
#include "languages/build_look.h"
#include "languages/installer.h"
#include "languages/rust.h"
#include "languages/rust_program.h"
#include "languages/rust_source.h"
#include "languages/toml_text.h"
#include "languages/tool.h"
#include "sources/collect.h"
#include "sources/elf.h"
#include "sources/fact.h"
#include "sources/glibc.h"
#include "sources/mirror.h"
#include "sources/package.h"
#include "sources/work.h"

static const char *const cargo_programs[] = {"cargo", NULL};
static const char *const lambda_programs[] = {"cargo-lambda", NULL};
static const char *const rustc_programs[] = {"rustc", NULL};

/* What identifies the programs. */
#define TOOL(name)                                                                                 \
    {                                                                                              \
        .programs = name, .setting = installer_no_setting, .version = "--version",                 \
        .place = IN_INTO                                                                           \
    }
static const struct installer tools[] = {TOOL(cargo_programs), TOOL(lambda_programs),
                                         TOOL(rustc_programs)};

struct rust {
    struct arena *arena;
    const struct package *package;
    struct collection files; /* of the project, as they are named in the mirror */
    struct rust_source source;
    struct rust_program program;
    const char *folder; /* of all lambdas of the workspace, with `mirror` and `built` in it */
    const char *mirror, *built;
    const char *code; /* the code folder in the mirror */
    const char *triple;
    bool by_lambda; /* by cargo lambda */
    const char **environment;
};

bool rust_builds(const struct package *package)
{
    return !package->nbuild && package->language == LANG_OTHER &&
           package_has(package, "Cargo.toml");
}

/* --- what is run ------------------------------------------------------------------------------ */

static const char *machine(const struct rust *rust)
{
    return strcmp(rust->package->architecture, "arm64") == 0 ? "aarch64" : "x86_64";
}

/* The linker that Debian and others have for programs of another machine, unless cargo is told one.
 */
static const char *cross_linker(const struct rust *rust)
{
    static const char name[] = "aarch64-linux-gnu-gcc";
    bool fits = strcmp(rust->triple, "aarch64-unknown-linux-gnu") == 0 && !rust->source.linker &&
                !getenv("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER");
    return fits && !rust->by_lambda && run_found(name) ? name : NULL;
}

/* Paths of this machine must not be in the program: panics name source files. What the user has set
 * for the compiler stays. */
static const char *flags(const struct rust *rust)
{
    struct arena *arena = rust->arena;
    const char *home = getenv("CARGO_HOME"), *user = getenv("HOME");
    const char *cargo = home && *home ? home : path_join(arena, user ? user : "/", ".cargo");
    const char *paths[] = {rust->mirror, rust->built, cargo};
    const char *const names[] = {"/build", "/build/target", "/cargo"};
    const char *text = "";
    for (size_t i = 0; i < countof(paths); i++)
        text = arena_printf(arena, "%s%s--remap-path-prefix=%s=%s", text, i ? "\x1f" : "", paths[i],
                            names[i]);
    return text;
}

/* RUSTFLAGS of the environment in the form of CARGO_ENCODED_RUSTFLAGS, which cargo prefers. */
static const char *users_flags(struct arena *arena)
{
    const char *encoded = getenv("CARGO_ENCODED_RUSTFLAGS"), *plain = getenv("RUSTFLAGS");
    if (encoded || !plain)
        return encoded;
    char *text = arena_strdup(arena, plain + strspn(plain, " "));
    for (char *c = text; (c = strchr(c, ' '));)
        *c = '\x1f';
    return text;
}

static void set_environment(struct rust *rust)
{
    struct arena *arena = rust->arena;
    const char *linker = cross_linker(rust), *users = users_flags(arena);
    const char *color = "CARGO_TERM_COLOR=never";
    size_t n = 0;
    array_push(arena, rust->environment, n, color);
    if (users && *users) {
        const char *both =
            arena_printf(arena, "CARGO_ENCODED_RUSTFLAGS=%s\x1f%s", users, flags(rust));
        array_push(arena, rust->environment, n, both);
    }
    if (linker) {
        const char *variable =
            arena_printf(arena, "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=%s", linker);
        array_push(arena, rust->environment, n, variable);
    }
    array_push(arena, rust->environment, n, NULL);
}

/* Adds a string of TOML, and a comma. */
static void add_string(struct buf *out, const char *text)
{
    buf_adds(out, "\"");
    for (; *text; text++)
        buf_printf(out, "%s%c", strchr("\"\\", *text) ? "\\" : "", *text);
    buf_adds(out, "\",");
}

/* Flags as a setting of cargo, which joins them with those of its configuration files. */
static const char *flags_setting(const struct rust *rust)
{
    struct buf text = {0};
    char *rest = arena_strdup(rust->arena, flags(rust));
    buf_adds(&text, "build.rustflags=[");
    for (char *flag; (flag = strsep(&rest, "\x1f"));)
        add_string(&text, flag);
    buf_adds(&text, "]");
    const char *setting = arena_strdup(rust->arena, text.data);
    buf_free(&text);
    return setting;
}

static const char **build_command(const struct rust *rust)
{
    struct arena *arena = rust->arena;
    const char *const cargo[] = {"cargo", "build"};
    const char *const lambda[] = {"cargo", "lambda", "build", "--lambda-dir",
                                  path_join(arena, rust->built, "lambda")};
    const char *const words[] = {
        "--release",       "--target",        rust->triple,           "--target-dir",
        rust->built,       "--manifest-path", rust->program.manifest, "--bin",
        rust->program.name};
    const char *const setting[] = {"--config", flags_setting(rust)};
    const char *lock = path_join(arena, rust->program.workspace, "Cargo.lock"), **argv = NULL;
    size_t n = 0;
    installer_add(arena, &argv, &n, rust->by_lambda ? lambda : cargo,
                  rust->by_lambda ? countof(lambda) : countof(cargo));
    installer_add(arena, &argv, &n, words, countof(words));
    if (file_look(lock) != FILE_MISSING)
        array_push(arena, argv, n, "--locked");
    installer_add(arena, &argv, &n, setting, countof(setting));
    array_push(arena, argv, n, NULL);
    return argv;
}

/* --- the beginning ---------------------------------------------------------------------------- */

/* The folder in which all lambdas of the workspace are built; another one for each machine. */
static bool find_folders(struct rust *rust)
{
    struct arena *arena = rust->arena;
    const struct package *package = rust->package;
    char hex[SHA256_HEX];
    const char *work = path_dir(arena, path_dir(arena, package->work));
    const char *all = path_join(arena, work, "cargo");
    const char *name =
        strcmp(package->code, package->root) ? path_below(package->root, package->code) : "";
    sha256_text(arena_printf(arena, "%s\n%s", rust->source.workspace, rust->triple), hex);
    hex[16] = '\0';
    rust->folder = path_join(arena, all, hex);
    rust->mirror = path_join(arena, rust->folder, "source");
    rust->built = path_join(arena, rust->folder, "target");
    rust->code = *name ? path_join(arena, rust->mirror, name) : rust->mirror;
    return work_check_folder(all) && work_check_folder(rust->folder) &&
           work_check_folder(rust->mirror);
}

/* Notes which programs there are, and how they are configured. */
static void note_tools(struct rust *rust, struct collection *inputs)
{
    const char *configured = fact_of_registry(rust->arena, "cargo");
    for (size_t i = 0; i < countof(tools); i++)
        tool_note(rust->arena, &tools[i], rust->package, inputs);
    collect_fact(inputs, configured, fact_answer(configured));
}

/* Notes what rustc says of itself where the source is, because a file there may choose another one.
 */
static void note_version(const struct rust *rust, struct collection *inputs)
{
    static const char *const version[] = {"rustc", "-vV", NULL};
    const char *asked = fact_of_command(rust->arena, rust->source.workspace, version);
    collect_fact(inputs, asked, fact_answer(asked));
}

static bool begin(struct rust *rust, struct arena *arena, const struct package *package,
                  struct collection *inputs)
{
    *rust = (struct rust){
        .arena = arena,
        .package = package,
        .files = {.arena = arena, .left_out = inputs->left_out, .stamped = inputs->stamped},
        .by_lambda = run_found("cargo-lambda"),
    };
    bool found = rust_source_find(arena, package, &rust->files, &rust->source);
    rust->triple = arena_printf(arena, "%s-unknown-linux-%s", machine(rust),
                                rust->source.musl ? "musl" : "gnu");
    if (!found || !find_folders(rust))
        return false;
    set_environment(rust);
    note_tools(rust, inputs);
    return true;
}

/* --- running it ------------------------------------------------------------------------------- */

static bool fail(const char *path)
{
    return diag_error(EXIT_BUILD, (struct pos){.file = path}, "cannot be written: %s",
                      strerror(errno));
}

static bool report(const struct rust *rust, const struct run *run)
{
    struct arena *arena = rust->arena;
    diag_error(EXIT_BUILD, rust->package->pos, "the build of %s failed: %s %s",
               rust->package->reference, run->argv[0], run_words(arena, run));
    diag_note((struct pos){0}, "the command was: %s", run_line(arena, run->argv));
    diag_printed(run->err.len ? run->err.data : run->out.data);
    return false;
}

/* Runs cargo in `folder`. Sets `*output`, unless it is NULL, to its standard output. */
static bool run_cargo(const struct rust *rust, const char *const *argv, const char *folder,
                      const char **output)
{
    struct run run = {.argv = argv,
                      .folder = folder,
                      .env = (const char *const *)rust->environment,
                      .merge = !output};
    bool ok = run_wait(&run) || report(rust, &run);
    if (output)
        *output = arena_strdup(rust->arena, run.out.data ? run.out.data : "");
    buf_free(&run.out);
    buf_free(&run.err);
    return ok;
}

/* Gives the manifest in the mirror an empty [workspace], because cargo would find another one above
 * the mirror: that of the source, where the build folder is in it. */
static bool end_workspace(struct rust *rust, const char *manifest)
{
    struct arena *arena = rust->arena;
    const char *copy = path_join(arena, rust->folder,
                                 arena_printf(arena, "%s.toml", path_base(rust->package->work)));
    size_t len;
    const char *text = file_read_most(arena, manifest, ROOT_READ_MAX, &len);
    if (!text || toml_has_table(arena, text, "workspace"))
        return true;
    text = arena_printf(arena, "%s\n[workspace]\n", text);
    if (!file_write(copy, text, strlen(text), 0644))
        return fail(copy);
    for (size_t i = 0; i < rust->files.nentries; i++)
        if (strcmp(rust->files.entries[i].source, manifest) == 0)
            rust->files.entries[i].source = copy;
    return true;
}

/* Asks cargo for the workspace where the source is. It must be in the project. */
static bool settle_workspace(struct rust *rust)
{
    struct arena *arena = rust->arena;
    const struct package *package = rust->package;
    const char *manifest = path_join(arena, package->code, "Cargo.toml"), *found;
    const char *const argv[] = {"cargo", "locate-project",  "--workspace", "--message-format",
                                "plain", "--manifest-path", manifest,      NULL};
    if (!run_cargo(rust, argv, rust->source.workspace, &found))
        return false;
    found = arena_strndup(arena, found, strcspn(found, "\n"));
    if (!path_within(found, package->root))
        return diag_error(EXIT_BUILD, package->pos,
                          "the workspace of %s is outside of the project, in %s: put the project's "
                          "settings.yml beside it, or exclude the package there",
                          package->reference, found);
    return strcmp(found, manifest) != 0 || end_workspace(rust, manifest);
}

static bool choose_program(struct rust *rust)
{
    const char *manifest = path_join(rust->arena, rust->code, "Cargo.toml"), *json;
    const char *const argv[] = {"cargo", "metadata",        "--no-deps", "--format-version",
                                "1",     "--manifest-path", manifest,    NULL};
    return run_cargo(rust, argv, rust->code, &json) &&
           rust_program_choose(rust->arena, rust->package, manifest, json, strlen(json),
                               &rust->program);
}

static void warn_unlocked(const struct rust *rust)
{
    const char *lock = path_join(rust->arena, rust->program.workspace, "Cargo.lock");
    const char *name = path_below(rust->mirror, lock);
    if (file_look(lock) == FILE_MISSING)
        diag_warning((struct pos){.file = path_join(rust->arena, rust->package->root, name)},
                     "there is no such file, so the versions that %s is built from change with "
                     "time: run cargo generate-lockfile, and keep the file",
                     rust->package->reference);
}

/* Copies the program that cargo has built, and checks what it needs. */
static bool take_program(const struct rust *rust, const char *target)
{
    struct arena *arena = rust->arena;
    const char *name = rust->program.name;
    const char *built =
        rust->by_lambda ? arena_printf(arena, "%s/lambda/%s/bootstrap", rust->built, name)
                        : arena_printf(arena, "%s/%s/release/%s", rust->built, rust->triple, name);
    const char *bootstrap = path_join(arena, target, "bootstrap");
    struct elf elf;
    if (!file_copy(arena, built, bootstrap))
        return fail(bootstrap);
    const char *fault = elf_read(arena, bootstrap, &elf);
    if (fault)
        return diag_error(EXIT_BUILD, rust->package->pos, "%s is no program for Lambda: %s %s",
                          rust->package->reference, built, fault);
    glibc_warn(rust->package, bootstrap, &elf,
               "install cargo lambda, or name the target for musl in .cargo/config.toml");
    return true;
}

static bool build_locked(struct rust *rust, const char *target, struct collection *inputs)
{
    struct arena *arena = rust->arena;
    if (!settle_workspace(rust) || !mirror_write(arena, &rust->files, rust->mirror) ||
        !choose_program(rust))
        return false;
    warn_unlocked(rust);
    const char *depfile =
        arena_printf(arena, "%s/%s/release/%s.d", rust->built, rust->triple, rust->program.name);
    bool ok = run_cargo(rust, build_command(rust), rust->code, NULL) && take_program(rust, target);
    if (ok)
        rust_program_inputs(arena, &rust->files, rust->package->root, rust->mirror, depfile,
                            inputs);
    return ok;
}

static bool check_cargo(const struct package *package)
{
    return run_found("cargo") ||
           diag_error(EXIT_BUILD, package->pos,
                      "%s is built by cargo, which is not in PATH: install Rust, or set 'build' to "
                      "other commands",
                      package->reference);
}

bool rust_build(struct arena *arena, const struct package *package, const char *target,
                struct collection *inputs)
{
    struct rust rust = {0};
    bool begun = check_cargo(package) && begin(&rust, arena, package, inputs);
    int lock = begun ? package_lock(arena, rust.folder) : -1;
    if (begun)
        note_version(&rust, inputs);
    bool ok = lock >= 0 && build_locked(&rust, target, inputs);
    if (!ok)
        collect_inputs_of(inputs, &rust.files);
    if (lock >= 0)
        close(lock);
    return ok;
}

bool rust_look(struct arena *arena, const struct package *package, const char *target,
               struct collection *inputs, struct build_look *look)
{
    struct rust rust;
    const char **command;
    size_t n = 0;
    (void)target;
    if (!begin(&rust, arena, package, inputs))
        return false;
    rust.program = (struct rust_program){"{manifest}", "{program}", rust.source.workspace};
    command = build_command(&rust);
    *look = (struct build_look){.folder = rust.code,
                                .environment = (const char *const *)rust.environment};
    array_push(arena, look->argvs, n, command);
    array_push(arena, look->argvs, n, NULL);
    collect_inputs_of(inputs, &rust.files);
    return true;
}
