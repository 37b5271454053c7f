#include "mappings/sqs.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "mappings/mapping.h"
#include "mappings/mapping_policy.h"
#include "mappings/mapping_source.h"
#include "resources/arn.h"
#include "resources/fragment.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Defaults of Lambda and of queues (Amazon SQS API Reference, "CreateQueue"). */
enum { TIMEOUT_DEFAULT = 3, VISIBILITY_DEFAULT = 30, ADVISED = 6 };
enum { BATCH_DEFAULT = 10, BATCH_WITHOUT_WINDOW = 10, NAME_MAX_CHARACTERS = 80 };

static const struct field fields[] = {{"queue", FIELD_TEXT, .required = true}};

/* --- the queue ------------------------------------------------------------------------------- */

static bool check_queue(const struct model *model, const struct node *queue)
{
    static const char *const types[] = {"AWS::SQS::Queue", NULL};
    if (node_dynamic(queue))
        return reference_check(model, queue, types, "a queue");
    bool arn = str_starts(queue->text, "arn:");
    const char *name = arn ? arn_resource(queue->text, "sqs") : queue->text;
    if (!name)
        return diag_error(EXIT_VALUE, queue->pos, "this is not the ARN of a queue");
    size_t len = strlen(name), stem = str_ends(name, ".fifo") ? len - strlen(".fifo") : len;
    return (stem && strspn(name, STR_ALNUM "-_") == stem && len <= NAME_MAX_CHARACTERS) ||
           diag_error(EXIT_VALUE, queue->pos,
                      "'%s' is no name of a queue; write its name, its ARN or a ref", name);
}

static json_t *queue_arn(const struct model *model, const struct mapping *mapping)
{
    const struct node *queue = node_get(mapping->settings, "queue");
    if (node_dynamic(queue) || str_starts(queue->text, "arn:"))
        return reference_value(model, queue, WANT_ARN);
    return cfn_sub(arena_printf(model->arena,
                                "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:%s",
                                queue->text));
}

/* The value of a property of a queue of a fragment; NULL for any other queue. */
static const struct node *property(const struct declared *queue, const char *name)
{
    return queue ? node_get(node_get(queue->value, "Properties"), name) : NULL;
}

static bool is_fifo(const struct declared *declared, const struct node *queue)
{
    const struct node *fifo = property(declared, "FifoQueue");
    return declared ? node_set(fifo) && node_text(fifo) && schema_flag(fifo, false)
                    : !node_dynamic(queue) && str_ends(queue->text, ".fifo");
}

/* --- values that must fit together ----------------------------------------------------------- */

static bool check_fifo(const struct mapping *mapping)
{
    const struct node *size = node_get(mapping->settings, "batch_size");
    const struct node *window = node_get(mapping->settings, "batching_window");
    bool ok =
        schema_int(size, BATCH_DEFAULT) <= BATCH_WITHOUT_WINDOW ||
        diag_error(EXIT_RESOURCE, size->pos, "a FIFO queue has a batch_size of at most %d messages",
                   BATCH_WITHOUT_WINDOW);
    return (schema_int(window, 0) == 0 ||
            diag_error(EXIT_RESOURCE, window->pos, "a FIFO queue has no batching_window")) &&
           ok;
}

static bool check_batch(const struct mapping *mapping)
{
    const struct node *size = node_get(mapping->settings, "batch_size");
    const struct node *window = node_get(mapping->settings, "batching_window");
    return schema_int(size, BATCH_DEFAULT) <= BATCH_WITHOUT_WINDOW || node_dynamic(window) ||
           schema_int(window, 0) > 0 ||
           diag_error(EXIT_RESOURCE, size->pos,
                      "a batch_size above %d messages needs a batching_window of at least 1 second",
                      BATCH_WITHOUT_WINDOW);
}

static bool check_scaling(const struct mapping *mapping)
{
    const struct node *pollers = node_get(mapping->settings, "pollers");
    return !node_set(pollers) || !node_set(node_get(mapping->settings, "max_concurrency")) ||
           diag_error(EXIT_RESOURCE, pollers->pos,
                      "a queue has 'max_concurrency' or 'pollers', not both");
}

/* The seconds that a setting or property gives, or `fallback` if it is not set; -1 if only
 * CloudFormation knows them. */
static long seconds(const struct node *node, long fallback)
{
    return node_dynamic(node) ? -1 : schema_int(node, node_set(node) ? -1 : fallback);
}

static long lambda_timeout(const struct lambda *lambda)
{
    const struct node *verbatim = node_get(node_get(lambda->settings, "properties"), "Timeout");
    const struct node *timeout = node_get(lambda->settings, "timeout");
    return seconds(node_set(verbatim) ? verbatim : timeout, TIMEOUT_DEFAULT);
}

/* Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping". */
static bool check_visibility(const struct mapping *mapping, const struct declared *queue)
{
    const struct node *place = node_get(mapping->settings, "queue");
    const struct node *given = property(queue, "VisibilityTimeout");
    if (!queue || node_dynamic(node_get(queue->value, "Properties")))
        return true;
    long visibility = seconds(given, VISIBILITY_DEFAULT), timeout = lambda_timeout(mapping->lambda);
    long window = schema_int(node_get(mapping->settings, "batching_window"), 0);
    if (visibility < 0 || timeout < 0)
        return true;
    long advised = ADVISED * timeout + window;
    if (visibility < timeout)
        diag_error(EXIT_RESOURCE, place->pos,
                   "the visibility timeout of '%s' is %ld seconds, less than the timeout of '%s', "
                   "%ld, which AWS refuses; set VisibilityTimeout: %ld",
                   queue->key->text, visibility, mapping->lambda->reference, timeout, advised);
    else if (visibility < advised)
        diag_warning(place->pos,
                     "the visibility timeout of '%s' is %ld seconds; AWS advises six times the "
                     "timeout of '%s' and the batching window: VisibilityTimeout: %ld",
                     queue->key->text, visibility, mapping->lambda->reference, advised);
    else
        return true;
    diag_note(given ? given->pos : queue->key->pos, "the queue is here");
    return visibility >= timeout;
}

static bool check(const struct model *model, const struct mapping *mapping)
{
    const struct node *queue = node_get(mapping->settings, "queue");
    const struct declared *declared = mapping_resource(model, queue);
    if (declared && strcmp(declared->type, "AWS::SQS::Queue") != 0)
        declared = NULL;
    bool ok = check_queue(model, queue);
    if (ok && mapping->lambda)
        ok = check_visibility(mapping, declared);
    ok = (is_fifo(declared, queue) ? check_fifo(mapping) : check_batch(mapping)) && ok;
    return check_scaling(mapping) && ok;
}

/* --- what becomes of it ---------------------------------------------------------------------- */

static void write(const struct model *model, const struct mapping *mapping, json_t *properties)
{
    json_object_set_new(properties, "EventSourceArn", queue_arn(model, mapping));
}

/* Lambda Developer Guide, "Execution role permissions" of Amazon SQS. */
static void allow(const struct model *model, const struct mapping *mapping, json_t *statements)
{
    mapping_allow(
        statements,
        json_pack("[s, s, s]", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
        json_pack("[o]", queue_arn(model, mapping)));
    mapping_allow_key(model, mapping, statements, node_get(mapping->settings, "queue"));
}

static const struct mapping_source source = {
    MAPPING_SQS,
    .what = "a queue",
    .ending = "Sqs",
    .fields = fields,
    .nfields = countof(fields),
    .check = check,
    .write = write,
    .allow = allow,
};

const struct kind sqs_kind = {"sqs", .own = &source, .read = mapping_read, .write = mapping_write,
                              .grant = mapping_grant};
