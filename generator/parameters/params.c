#include <string.h>

#include "base/file.h"
#include "base/mask.h"
#include "base/root.h"
#include "base/util.h"
#include "jinja/render.h"
#include "parameters/params.h"
#include "settings/node.h"
#include "settings/project.h"

extern char **environ;

struct reader {
    struct arena *arena;
    const struct params_context *context;
    json_t *values;
    bool secret; /* whether the parameter being read, or an item of it, is secret */
};

/* --- names of Jinja templates ------------------------------------------------------------- */

/* The variable `env` of templates, without environment variables that are not UTF-8. */
static json_t *environment(struct arena *arena)
{
    json_t *env = json_object();
    for (char **variable = environ; *variable; variable++) {
        const char *equals = strchr(*variable, '=');
        if (equals)
            json_object_set_new(env, arena_strndup(arena, *variable, (size_t)(equals - *variable)),
                                json_string(equals + 1));
    }
    return env;
}

static json_t *look_up(const char *name, void *data)
{
    const struct reader *r = data;
    const struct params_context *context = r->context;
    if (strcmp(name, "stage") == 0)
        return json_string(context->stage);
    if (strcmp(name, "aws_region") == 0)
        return json_string(context->region);
    if (strcmp(name, "aws_account_id") == 0) {
        const char *account = context->account(context->data);
        return json_string(account ? account : ""); /* if NULL, an error was reported */
    }
    return strcmp(name, "env") == 0 ? environment(r->arena) : NULL;
}

/* --- protocols ---------------------------------------------------------------------------- */

/* Fetches the value of "name://rest". Other texts with "://", such as URLs, are values. */
static const char *resolve(struct reader *r, const struct node *node, const char *text)
{
    static const char *const values[] = {
        "http",          "https",   "s3",        "arn",        "git",         "ssh",
        "ftp",           "tcp",     "amqp",      "redis",      "postgres",    "postgresql",
        "mysql",         "mongodb", "jdbc",      "ws",         "wss",         "mailto",
        "amqps",         "bolt",    "cassandra", "clickhouse", "cockroachdb", "data",
        "elasticsearch", "ftps",    "grpc",      "grpcs",      "imap",        "imaps",
        "kafka",         "ldap",    "ldaps",     "mariadb",    "memcached",   "mqtt",
        "mqtts",         "mssql",   "nats",      "neo4j",      "nfs",         "oracle",
        "rediss",        "rtmp",    "rtsp",      "sftp",       "sip",         "smb",
        "smtp",          "smtps",   "sqlite",    "sqlserver",  "ssl",         "tls",
        "udp",           "unix",    "urn",       "wasb",       "xmpp"};
    const char *end = strstr(text, "://");
    size_t len = end ? (size_t)(end - text) : 0;
    const char *name = arena_strndup(r->arena, text, len);
    if (!end || !len || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
        return text;
    enum protocol protocol = protocol_named(name);
    if (protocol != PROTOCOL_COUNT) {
        r->secret = r->secret || protocol_privacy(protocol) == PRIVACY_SECRET;
        return r->context->value(protocol, end + 3, node, r->context->data);
    }
    for (size_t i = 0; i < countof(values); i++)
        if (strcmp(values[i], name) == 0)
            return text;
    diag_error(
        EXIT_PROTOCOL, node->pos,
        "there is no protocol '%s'; there are env, file, envdir, ssm, secretsmanager, vault, "
        "and dynamodb-, dynamodb-stream- and kinesis- with startswith, endswith or match; a URL of "
        "another kind can come from env or file, whose values are taken as they are",
        name);
    return NULL;
}

/* --- values ------------------------------------------------------------------------------- */

/* Masks a text that may have come from the environment, and the parts of it that messages name: the
 * protocol, what follows it, and the name and the key of a secret. */
static void mask_all(struct arena *arena, const char *text)
{
    const char *rest = strstr(text, "://"), *hash = rest ? strrchr(rest, '#') : NULL;
    mask_add(text, MASK_MESSAGES);
    if (!rest)
        return;
    mask_add(arena_strndup(arena, text, (size_t)(rest - text)), MASK_MESSAGES);
    rest += strlen("://");
    mask_add(rest, MASK_MESSAGES);
    if (hash) {
        mask_add(arena_strndup(arena, rest, (size_t)(hash - rest)), MASK_MESSAGES);
        mask_add(hash + 1, MASK_MESSAGES);
    }
}

static const char *text_value(struct reader *r, const struct node *node)
{
    const char *text = node->text;
    if (node->kind == NODE_STRING) {
        const char *written = text;
        text = jinja_render(r->arena, text, node->pos, look_up, r);
        if (text && strstr(written, "env") && strcmp(text, written) != 0)
            mask_all(r->arena, text); /* the template may have taken it from the environment */
        return text ? resolve(r, node, text) : NULL;
    }
    if (node->kind == NODE_BOOL)
        return node->boolean ? "true" : "false";
    return node->kind == NODE_NULL ? "" : text; /* a number as it was written: 012345670123 */
}

/* Joins the items with commas, as CloudFormation expects the value of a list parameter. */
static const char *list_value(struct reader *r, const struct node *list)
{
    struct buf all = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct node *item = list->items[i];
        const char *value = item->kind < NODE_LIST ? text_value(r, item) : NULL;
        if (item->kind >= NODE_LIST)
            diag_error(EXIT_VALUE, item->pos, "an item of this list must be text, not %s",
                       node_kind_words(item));
        if (!value) {
            buf_free(&all);
            return NULL;
        }
        buf_adds(&all, i ? "," : "");
        buf_adds(&all, value);
    }
    return buf_text(r->arena, &all);
}

/* A parameter that nothing asks for is not looked up, because its value may not exist. */
static bool read_value(struct reader *r, const struct entry *entry)
{
    const struct node *node = entry->value;
    struct params_found *found = r->context->found;
    if (r->context->wanted && !r->context->wanted(entry->key->text, r->context->data)) {
        array_push(r->arena, found->unused, found->nunused, entry->key);
        return true;
    }
    r->secret = false;
    if (node->kind == NODE_MAP)
        return diag_error(EXIT_VALUE, node->pos, "a parameter is text or a list, not a map");
    const char *value = node->kind == NODE_LIST ? list_value(r, node) : text_value(r, node);
    if (!value)
        return false;
    json_t *json = json_string(value);
    if (!json)
        return diag_error(EXIT_VALUE, node->pos, "the value of '%s' is not UTF-8",
                          entry->key->text);
    json_object_set_new(r->values, entry->key->text, json);
    if (r->secret)
        table_set(r->arena, &found->secret, entry->key->text, (struct node *)node);
    return true;
}

/* Reads the entries of `file` that `over` does not have: replaced values are not looked up. */
static bool read_file(struct reader *r, const struct node *file, const struct node *over)
{
    bool ok = true;
    for (size_t i = 0; file && i < file->count; i++)
        if (!node_get(over, file->entries[i].key->text))
            ok = read_value(r, &file->entries[i]) && ok;
    return ok;
}

static bool load_file(struct reader *r, const char *project, const char *name,
                      const struct node **file)
{
    const struct root root = {project, EXIT_OTHER};
    const char *path =
        path_join(r->arena, project, arena_printf(r->arena, "parameters/%s.yml", name));
    diag_conceal(path);
    return node_load(r->arena, &root, path, file);
}

json_t *params_load(struct arena *arena, const struct project *project,
                    const struct params_context *context)
{
    struct reader r = {arena, context, json_object(), false};
    size_t errors = diag_errors();
    const struct node *common = NULL, *stage = NULL;
    bool ok = load_file(&r, project->dir, "common", &common);
    ok = load_file(&r, project->dir, context->stage, &stage) && ok;
    ok = ok && read_file(&r, common, stage);
    ok = read_file(&r, stage, NULL) && ok;
    if (ok && diag_errors() == errors) /* a template goes on after an error of context->account */
        return r.values;
    json_decref(r.values);
    return NULL;
}

void params_note_nearest(struct arena *arena, const struct params_found *found, const char *name)
{
    const char **names = arena_alloc(arena, (found->nunused + 1) * sizeof *names);
    for (size_t i = 0; i < found->nunused; i++)
        names[i] = found->unused[i]->text;
    const char *nearest = str_nearest(name, names, found->nunused);
    for (size_t i = 0; i < found->nunused; i++)
        if (nearest == names[i]) {
            diag_note(found->unused[i]->pos,
                      "nothing asks for '%s', which is given here; did you mean '%s'?", nearest,
                      name);
            return;
        }
}
