#include "events/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/printable.h"
#include "base/term.h"
#include "base/util.h"
#include "commands/commands.h"
#include "commands/deploy.h"
#include "commands/opt.h"
#include "events/source.h"
#include "settings/names.h"
#include "template/cfn.h"

#define REGION "us-east-1"

enum { INDENT = 13, WIDTH = 100 };

/* Prints the names of values as options, in lines of up to WIDTH. */
static void print_values(const json_t *values)
{
    size_t column = WIDTH;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)values, key, value) {
        size_t length = strlen(" --") + strlen(key);
        if (column + length > WIDTH) {
            printf("%s%*s", column < WIDTH ? "\n" : "", INDENT - 1, "");
            column = INDENT - 1;
        }
        printf(" --%s", key);
        column += length;
    }
    printf("\n");
}

static bool list_sources(struct arena *arena)
{
    size_t n;
    const char *const *names = source_names(arena, &n);
    for (size_t i = 0; i < n; i++) {
        json_t *file = source_load(arena, names[i]);
        printf("%s%-*s%s %s\n", term_color(stdout, TERM_BOLD), INDENT - 1, names[i],
               term_color(stdout, TERM_RESET), cfn_text(file, "about"));
        print_values(json_object_get(file, "values"));
        json_decref(file);
    }
    printf("\nEach takes --account, --time, --region and --stage, too.\n");
    return true;
}

/* The sources as one object, with their values and defaults. */
static bool list_json(struct arena *arena, const struct event *event)
{
    size_t n;
    const char *const *names = source_names(arena, &n);
    json_t *all = json_object();
    for (size_t i = 0; i < n; i++) {
        json_t *file = source_load(arena, names[i]);
        json_object_del(file, "event");
        json_t *values = json_object_get(file, "values");
        source_add_common(values, event->region, event->stage);
        json_object_del(values, "aws"); /* these two follow from the region */
        json_object_del(values, "domain");
        json_object_set_new(all, names[i], file);
    }
    return cfn_print(all);
}

static bool print_event(struct arena *arena, const struct event *event)
{
    const char *text = event_make(arena, event);
    if (!text)
        return false;
    printable_write(stdout, text, strlen(text), PRINTABLE_JSON);
    putchar('\n');
    return true;
}

static const char *region_of(const char *asked)
{
    const char *environment = getenv("AWS_DEFAULT_REGION");
    return asked ? asked : environment && *environment ? environment : REGION;
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct event event = {.stage = DEPLOY_STAGE, .indented = true};
    const char *region = NULL;
    bool json = false;
    struct opt_list values = {.n = 0};
    const struct opt opts[] = {
        {"--KEY", 0, OPT_OTHER, "VALUE", "a value of the event, as --bucket=photos", &values},
        {"--json", 0, OPT_FLAG, NULL, "without SOURCE: print the sources with their defaults",
         &json},
        {"--stage", 's', OPT_TEXT, "STAGE", DEPLOY_STAGE_HELP, &event.stage},
        {"--region", 'r', OPT_TEXT, "REGION",
         "the region (default: AWS_DEFAULT_REGION, then " REGION ")", &region},
    };
    int n = opt_parse(command, opts, countof(opts), 0, 1, argc, argv);
    event.region = region_of(region);
    event.values = values.items;
    event.n = values.n;
    if (!name_is_stage(event.stage))
        opt_usage(command, "%s, not '%s'", name_stage_rule, event.stage);
    if (!name_is_region(event.region))
        opt_usage(command, "'%s' %s", event.region, name_region_rule);
    if (!n && values.n)
        opt_usage(command, "SOURCE is missing; 'gordon event' lists the sources");
    struct arena *arena = arena_new();
    event.source = argv[0];
    bool ok = n      ? print_event(arena, &event)
              : json ? list_json(arena, &event)
                     : list_sources(arena);
    arena_free(arena);
    return ok ? 0 : 1;
}

const struct command event_command = {
    .name = "event",
    .args = "[SOURCE]",
    .help = "print an event in the shape in which AWS sends it",
    .run = run,
    .details =
        "Prints JSON, the same every time. Without SOURCE, lists the sources: s3, sqs, httpapi\n"
        "and others, each with its values.\n\n"
        "The values of a source are options, as in gordon event s3 --bucket=photos. What is\n"
        "not given has a default, the time, too. Digests, base64 and compressed logs are made\n"
        "of the values. A wrong name of a source or of a value is an error that suggests one.",
};
