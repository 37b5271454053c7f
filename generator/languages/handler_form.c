#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "languages/handler_form.h"

static void add(struct arena *arena, struct handler_forms *forms, const char *before,
                const char *after)
{
    array_push(arena, forms->list, forms->n, ((struct handler_form){before, after}));
}

/* Adds `stem` with each of the endings. */
static void add_endings(struct arena *arena, struct handler_forms *forms, const char *stem,
                        const char *const *endings, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(arena, forms, arena_printf(arena, "%s%s", stem, endings[i]), NULL);
}

/* --- Python: MODULE.FUNCTION, split at the last dot; slashes count as dots ------------------ */

/* Modules that are part of the interpreter itself, which the runtime refuses as handlers. */
static const char *const python_builtins[] = {"atexit", "builtins",  "errno",   "faulthandler",
                                              "gc",     "itertools", "marshal", "posix",
                                              "pwd",    "sys",       "time"};

static void python(struct arena *arena, const char *handler, struct handler_forms *forms)
{
    static const char *const endings[] = {".py", "/__init__.py", ".so", ".pyc", "/__init__.pyc"};
    static const char *const meant[] = {".py", NULL};
    const char *dot = strrchr(handler, '.');
    forms->endings = meant;
    if (!dot || !dot[1]) {
        forms->fault = "is not MODULE.FUNCTION";
        return;
    }
    char *module = arena_strndup(arena, handler, (size_t)(dot - handler));
    for (char *c = module; (c = strchr(c, '.'));)
        *c = '/';
    if (path_parts_fault(module)) {
        forms->fault =
            "is not MODULE.FUNCTION: it begins with a dot or a slash, or has two of them";
        return;
    }
    const char *first = arena_strndup(arena, module, strcspn(module, "/"));
    if (str_one_of(first, python_builtins, countof(python_builtins))) {
        forms->fault = "is in a module of Python itself, and Lambda refuses its name; rename it";
        return;
    }
    add_endings(arena, forms, module, endings, countof(endings));
    add(arena, forms, arena_printf(arena, "%s.", module), ".so"); /* module.cpython-313-....so */
    add(arena, forms, arena_printf(arena, "%s/__init__.", module), ".so");
    forms->wanted = arena_printf(arena, "%s.py", module);
}

/* --- Node: [FOLDER/]FILE.FUNCTION, split at the first dot of the last part ------------------ */

/* The files that require() takes for a folder. */
static void add_node_folder(struct arena *arena, struct handler_forms *forms, const char *folder)
{
    static const char *const files[] = {"/index.js", "/package.json", "/index.node"};
    add_endings(arena, forms, folder, files, countof(files));
}

static void node(struct arena *arena, const char *handler, struct handler_forms *forms)
{
    static const char *const endings[] = {".js", ".mjs", ".cjs", ""};
    static const char *const meant[] = {".js",  ".mjs", ".cjs", ".ts", ".mts",
                                        ".cts", ".tsx", ".jsx", NULL};
    const char *path =
        path_below("/var/task", path_absolute(arena, path_join(arena, "/var/task", handler)));
    const char *base = path_base(path), *dot = strchr(base, '.');
    forms->endings = meant;
    if (strstr(handler, ".."))
        forms->fault = "has '..', which Lambda refuses";
    else if (!dot || dot == base)
        forms->fault = "is not FILE.FUNCTION";
    if (forms->fault)
        return;
    forms->layered = *path == '/';
    const char *stem = arena_strndup(arena, path, (size_t)(dot - path));
    const char *module = arena_strndup(arena, base, (size_t)(dot - base));
    const char *folder = arena_strndup(arena, path, (size_t)(base - path));
    const char *const roots[] = {"", folder};
    add_endings(arena, forms, stem, endings, countof(endings));
    add_node_folder(arena, forms, stem);
    for (size_t i = 0; i < countof(roots); i++) {
        const char *installed = arena_printf(arena, "%snode_modules/%s", roots[i], module);
        add_endings(arena, forms, installed, endings, countof(endings));
        add_node_folder(arena, forms, installed);
    }
    forms->wanted = arena_printf(arena, "%s.js, .mjs or .cjs", stem);
}

/* --- Ruby: FILE.METHOD or FILE.CLASS.METHOD ------------------------------------------------- */

static void ruby(struct arena *arena, const char *handler, struct handler_forms *forms)
{
    static const char *const endings[] = {".rb", ".so"};
    static const char *const meant[] = {".rb", NULL};
    size_t dots = 0;
    for (const char *c = handler; (c = strchr(c, '.')); c++)
        dots++;
    forms->endings = meant;
    const char *file = arena_strndup(arena, handler, strcspn(handler, "."));
    file = path_below("/var/task", file);
    if (dots < 1 || dots > 2 || !*file)
        forms->fault = "is neither FILE.METHOD nor FILE.CLASS.METHOD";
    if (forms->fault)
        return;
    forms->layered = *file == '/';
    add_endings(arena, forms, file, endings, countof(endings));
    /* a gem that Bundler has installed: vendor/bundle/ruby/4.0.0/gems/lamby-6.0.0/lib/lamby.rb */
    add(arena, forms, "vendor/bundle/", arena_printf(arena, "/lib/%s.rb", file));
    forms->wanted = arena_printf(arena, "%s.rb", file);
}

/* --- Java: PACKAGE.CLASS or PACKAGE.CLASS::METHOD ------------------------------------------- */

/* The length of the text before the last "::", or of all of it. */
static size_t before_colons(const char *handler)
{
    size_t len = strlen(handler);
    for (size_t i = len; i-- > 1;)
        if (handler[i - 1] == ':' && handler[i] == ':')
            return i - 1;
    return len;
}

static void java(struct arena *arena, const char *handler, struct handler_forms *forms)
{
    static const char *const meant[] = {".class", ".jar", ".java", ".kt", ".scala", NULL};
    size_t len = before_colons(handler);
    const char *class = arena_strndup(arena, handler, len);
    char *path = arena_strdup(arena, class);
    for (char *c = path; (c = strchr(c, '.'));)
        *c = '/';
    forms->endings = meant;
    if (strcmp(handler + len, "::") == 0 || strchr(class, '/') || path_parts_fault(path)) {
        forms->fault = "is neither PACKAGE.CLASS nor PACKAGE.CLASS::METHOD";
        return;
    }
    const char *file = arena_printf(arena, "%s.class", path);
    add(arena, forms, file, NULL);
    forms->in_jars = file;
    forms->wanted = arena_printf(arena, "class %s", class);
}

/* --- .NET: ASSEMBLY::TYPE::METHOD, or ASSEMBLY of a program --------------------------------- */

static void dotnet(struct arena *arena, const char *handler, struct handler_forms *forms)
{
    static const char *const meant[] = {".dll", ".cs", ".fs", ".vb", NULL};
    const char *assembly = arena_strndup(arena, handler, strcspn(handler, ":"));
    forms->endings = meant;
    if (!*assembly) {
        forms->fault = "is neither ASSEMBLY::TYPE::METHOD nor ASSEMBLY";
        return;
    }
    forms->wanted = arena_printf(arena, "%s.dll", assembly);
    if (strchr(handler, ':') || !str_ends(assembly, ".dll"))
        add(arena, forms, forms->wanted, NULL);
    else
        forms->wanted = assembly;
    if (!strchr(handler, ':'))
        add(arena, forms, assembly, NULL);
}

/* --- Go and provided: the program `bootstrap`, whatever the handler ------------------------- */

static void program(struct arena *arena, const char *handler, struct handler_forms *forms)
{
    (void)handler;
    add(arena, forms, "bootstrap", NULL);
    forms->wanted = "bootstrap";
}

/* Handlers that monitoring services have users set, and that their layers bring. A package of the
 * same name may bring them, too. */
static bool is_wrapper(const char *handler)
{
    static const char *const wrappers[] = {
        "datadog_lambda.handler.handler",
        "newrelic_lambda_wrapper.handler",
        "newrelic-lambda-wrapper.handler",
        "com.newrelic.java.HandlerWrapper::handleRequest",
        "com.newrelic.java.HandlerWrapper::handleStreamsRequest",
        "lumigo_tracer._handler._handler",
        "lumigo-auto-instrument.handler",
        "sentry_sdk.integrations.init_serverless_sdk.sentry_lambda_handler",
        "instana-aws-lambda-auto-wrap.handler",
        "thundra_handler.wrapper",
    };
    return str_one_of(handler, wrappers, countof(wrappers));
}

struct handler_forms handler_forms(struct arena *arena, enum language language, const char *handler)
{
    static void (*const languages[])(struct arena *, const char *, struct handler_forms *) = {
        [LANG_PYTHON] = python, [LANG_NODE] = node,     [LANG_JAVA] = java,     [LANG_GO] = program,
        [LANG_RUBY] = ruby,     [LANG_DOTNET] = dotnet, [LANG_OTHER] = program,
    };
    struct handler_forms forms = {0};
    languages[language](arena, handler, &forms);
    forms.layered = forms.layered || is_wrapper(handler);
    return forms;
}
