#include "local/environment.h"

#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "local/function.h"
#include "local/interpreter.h"

/* Those that Lambda sets; the first ones cannot be set by a function's configuration. */
static const char *const reserved[] = {
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
};

bool environment_is_reserved(const char *name)
{
    return str_one_of(name, reserved, countof(reserved));
}

struct list {
    struct arena *arena;
    const char **items;
    size_t n;
};

static void add(struct list *list, const char *name, const char *value)
{
    array_push(list->arena, list->items, list->n, arena_printf(list->arena, "%s=%s", name, value));
}

static void add_number(struct list *list, const char *name, long value)
{
    add(list, name, arena_printf(list->arena, "%ld", value));
}

/* Where the languages look for what layers bring (Lambda Developer Guide, "Layer paths for each
 * Lambda runtime"). */
static void add_paths(struct list *list, const struct environment *e)
{
    const char *opt = e->function->opt, *task = e->function->task;
    const char *folder = e->interpreter->folder;
    const char *path = "/usr/local/bin:/usr/bin:/bin";
    if (folder &&
        !str_one_of(folder, (const char *const[]){"/usr/local/bin", "/usr/bin", "/bin"}, 3))
        path = arena_printf(list->arena, "%s:%s", folder, path);
    if (opt && str_starts(e->function->runtime, "python"))
        add(list, "PYTHONPATH",
            arena_printf(list->arena, "%s/python/lib/%s/site-packages:%s/python", opt,
                         e->function->runtime, opt));
    if (!opt) {
        add(list, "PATH", path);
        add(list, "LD_LIBRARY_PATH", arena_printf(list->arena, "%s:%s/lib", task, task));
        return;
    }
    add(list, "PATH", arena_printf(list->arena, "%s:%s/bin", path, opt));
    add(list, "LD_LIBRARY_PATH", arena_printf(list->arena, "%s:%s/lib:%s/lib", task, task, opt));
    if (str_starts(e->function->runtime, "nodejs"))
        add(list, "NODE_PATH",
            arena_printf(list->arena, "%s/nodejs/node%.2s/node_modules:%s/nodejs/node_modules", opt,
                         e->function->runtime + strlen("nodejs"), opt));
    if (str_starts(e->function->runtime, "ruby")) {
        const char *version = e->function->runtime + strlen("ruby");
        add(list, "GEM_PATH",
            arena_printf(list->arena, "%s/vendor/bundle/ruby/%s.0:%s/ruby/gems/%s.0", task, version,
                         opt, version));
        add(list, "RUBYLIB", arena_printf(list->arena, "%s:%s/ruby/lib", task, opt));
    }
}

static void add_lambda(struct list *list, const struct environment *e)
{
    const struct function *f = e->function;
    add(list, "AWS_LAMBDA_LOG_STREAM_NAME", e->log_stream);
    add(list, "AWS_LAMBDA_LOG_GROUP_NAME", arena_printf(list->arena, "/aws/lambda/%s", f->name));
    add(list, "AWS_LAMBDA_FUNCTION_NAME", f->name);
    add(list, "AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    add_number(list, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", f->memory);
    add(list, "AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    add(list, "AWS_EXECUTION_ENV", arena_printf(list->arena, "AWS_Lambda_%s", f->runtime));
    add(list, "AWS_REGION", f->region);
    add(list, "AWS_DEFAULT_REGION", f->region);
    add(list, "AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
    add(list, "_HANDLER", f->handler);
    add(list, "LAMBDA_TASK_ROOT", f->task);
    add(list, "LAMBDA_RUNTIME_DIR", path_dir(list->arena, e->interpreter->argv[0]));
    if (e->port)
        add(list, "AWS_LAMBDA_RUNTIME_API", arena_printf(list->arena, "127.0.0.1:%u", e->port));
}

/* Whether the list has this variable, "NAME=value", with another value. */
static size_t find(const struct list *list, const char *variable)
{
    size_t len = strcspn(variable, "=") + 1;
    for (size_t i = 0; i < list->n; i++)
        if (strncmp(list->items[i], variable, len) == 0)
            return i;
    return list->n;
}

/* The configuration's own values go before Lambda's, as TZ and LANG, except for reserved ones. */
const char *const *environment_of(struct arena *arena, const struct environment *e)
{
    struct list list = {.arena = arena};
    add_lambda(&list, e);
    add(&list, "LANG", "en_US.UTF-8");
    add(&list, "TZ", ":UTC");
    add(&list, "TMPDIR", e->temporary);
    add_paths(&list, e);
    for (size_t i = 0; i < e->function->nvariables; i++) {
        const char *variable = e->function->variables[i];
        size_t at = find(&list, variable);
        if (at < list.n)
            list.items[at] = variable;
        else
            array_push(arena, list.items, list.n, variable);
    }
    array_push(arena, list.items, list.n, NULL);
    return list.items;
}
