#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/root.h"
#include "base/run.h"
#include "base/say.h"
#include "base/term.h"
#include "base/util.h"
#include "commands/places.h"
#include "settings/names.h"
#include "settings/project.h"
#include "stacks/report.h"
#include "template/cfn.h"

struct place {
    const char *stage, *region; /* NULL: not given; that of the release, or the default */
    const char *label;
    struct buf lines[2]; /* the incomplete last lines of standard output and error */
    struct run run;
};

/* --- which places ------------------------------------------------------------------------- */

static bool is_parameters(const char *name, const char **end)
{
    *end = strrchr(name, '.');
    return *end && strcmp(*end, ".yml") == 0 && !str_starts(name, "common.");
}

/* Adds each stage that has a file in parameters/. */
static void find_stages(const struct command *command, struct arena *arena,
                        struct deploy_options *options)
{
    const char *folder = project_folder(arena, common.project), *end;
    const struct root root = {folder, EXIT_OTHER};
    size_t n;
    char **names;
    if (!root_list(arena, &root, path_join(arena, folder, "parameters"), &names, &n))
        exit(diag_flush());
    for (size_t i = 0; i < n; i++)
        if (is_parameters(names[i], &end)) {
            const char *stage = arena_strndup(arena, names[i], (size_t)(end - names[i]));
            if (name_is_stage(stage))
                opt_list_add(command, "--stages-all", &options->stages, stage);
        }
    if (!options->stages.n)
        opt_usage(command, "--stages-all: no stage has a file in parameters/");
}

bool places_several(const struct command *command, struct arena *arena,
                    struct deploy_options *options, const char *release)
{
    if (options->all_stages && options->stages.n)
        opt_usage(command, "--stages-all and --stage exclude each other");
    if (release && (options->all_stages || options->stages.n > 1))
        opt_usage(command, "--release is for one stage");
    if (options->all_stages)
        find_stages(command, arena, options);
    for (size_t i = 0; i < options->stages.n || i < options->regions.n; i++) {
        struct deploy_options one = *options;
        one.stage = i < options->stages.n ? options->stages.items[i] : NULL;
        one.region = i < options->regions.n ? options->regions.items[i] : NULL;
        deploy_check(command, &one);
    }
    options->stage = options->stages.n ? options->stages.items[0] : NULL;
    options->region = options->regions.n ? options->regions.items[0] : NULL;
    return options->stages.n > 1 || options->regions.n > 1;
}

/* --- their output ------------------------------------------------------------------------- */

/* Prints an object of --json with its place added; false if the line is not one. */
static bool print_object(const struct place *place, const char *line)
{
    json_t *object = json_loads(line, 0, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return false;
    }
    if (place->stage)
        json_object_set_new(object, "stage", json_string(place->stage));
    if (place->region)
        json_object_set_new(object, "region", json_string(place->region));
    return cfn_print_line(object);
}

static void print_line(const struct place *place, bool error, const char *line)
{
    FILE *out = error ? stderr : stdout;
    if (error || !report_is_json() || !print_object(place, line))
        fprintf(out, "%s%s%s %s\n", term_color(out, TERM_CYAN), place->label,
                term_color(out, TERM_RESET), say_lines(line));
    fflush(out);
}

static void take(struct run *run, int which, const char *data, size_t len)
{
    struct place *place = run->data;
    struct buf *buf = &place->lines[which];
    buf_add(buf, data, len);
    for (char *end; buf->len && (end = memchr(buf->data, '\n', buf->len));) {
        *end = '\0';
        print_line(place, which == 1, buf->data);
        size_t taken = (size_t)(end + 1 - buf->data);
        memmove(buf->data, end + 1, buf->len - taken);
        buf->len -= taken;
    }
}

static void finish_lines(struct place *place)
{
    for (int which = 0; which < 2; which++) {
        if (place->lines[which].len) {
            buf_add(&place->lines[which], "", 1);
            print_line(place, which == 1, place->lines[which].data);
        }
        buf_free(&place->lines[which]);
    }
}

/* --- running them ------------------------------------------------------------------------- */

char **places_keep(struct arena *arena, int argc, char *argv[])
{
    char **copy = arena_alloc(arena, ((size_t)argc + 1) * sizeof *copy);
    for (int i = 0; i < argc; i++)
        copy[i] = argv[i];
    copy[argc] = NULL;
    return copy;
}

/* Returns how many words of a command line, starting at this one, name a place: 2 for "--stage
 * dev", 1 for "-sdev", 0 for others. */
static int place_words(const char *word)
{
    static const char *const longs[] = {"--stage", "--region"}, *const letters[] = {"-s", "-r"};
    if (strcmp(word, "--stages-all") == 0)
        return 1;
    for (size_t i = 0; i < countof(longs); i++) {
        size_t len = strlen(longs[i]);
        if (strcmp(word, longs[i]) == 0 || strcmp(word, letters[i]) == 0)
            return 2;
        if ((str_starts(word, longs[i]) && word[len] == '=') || str_starts(word, letters[i]))
            return 1;
    }
    return 0;
}

static void prepare(struct arena *arena, struct place *place, const struct command *command,
                    int argc, char *const argv[])
{
    const char **words = NULL;
    size_t n = 0;
    array_push(arena, words, n, "/proc/self/exe");
    array_push(arena, words, n, command->name);
    for (int i = 0, skip; i < argc; i += skip ? skip : 1) {
        skip = place_words(argv[i]);
        if (!skip)
            array_push(arena, words, n, argv[i]);
    }
    if (place->stage)
        array_push(arena, words, n, arena_printf(arena, "--stage=%s", place->stage));
    if (place->region)
        array_push(arena, words, n, arena_printf(arena, "--region=%s", place->region));
    array_push(arena, words, n, NULL);
    place->run = (struct run){.argv = words, .take = take, .data = place};
}

static int status_of(const struct run *run)
{
    if (run->status == -1)
        return EXIT_OTHER;
    return WIFEXITED(run->status) ? WEXITSTATUS(run->status) : 128 + WTERMSIG(run->status);
}

static int end(struct arena *arena, struct place *places, size_t n)
{
    int status = EXIT_DONE;
    for (size_t i = 0; i < n; i++) {
        finish_lines(&places[i]);
        if (places[i].run.status == -1 || !WIFEXITED(places[i].run.status))
            fprintf(stderr, "%s gordon: error: its process %s\n", places[i].label,
                    run_words(arena, &places[i].run));
        buf_free(&places[i].run.out);
        buf_free(&places[i].run.err);
        int one = status_of(&places[i].run);
        if (!status || (status == EXIT_CHANGES && one)) /* an error matters more than changes */
            status = one;
    }
    return status;
}

/* Makes the labels, all of one width, so that the lines align. */
static void label(struct arena *arena, struct place *places, size_t n)
{
    size_t width = 0;
    for (size_t i = 0; i < n; i++) {
        const char *stage = places[i].stage, *region = places[i].region;
        places[i].label = arena_printf(arena, "%s%s%s", stage ? stage : "",
                                       stage && region ? " " : "", region ? region : "");
        width = strlen(places[i].label) > width ? strlen(places[i].label) : width;
    }
    for (size_t i = 0; i < n; i++)
        places[i].label = arena_printf(arena, "%-*s |", (int)width, places[i].label);
}

int places_run(const struct command *command, const struct deploy_options *options,
               const char *release, int argc, char *const argv[])
{
    struct arena *arena = arena_new();
    size_t stages = options->stages.n ? options->stages.n : 1;
    size_t regions = options->regions.n ? options->regions.n : 1, n = stages * regions;
    const char *stage = release ? NULL : DEPLOY_STAGE; /* a release has its own stage */
    struct place *places = arena_alloc(arena, n * sizeof *places);
    struct run **runs = arena_alloc(arena, n * sizeof *runs);
    for (size_t i = 0; i < n; i++) {
        places[i] = (struct place){
            .stage = options->stages.n ? options->stages.items[i / regions] : stage,
            .region = options->regions.n ? options->regions.items[i % regions] : NULL};
        prepare(arena, &places[i], command, argc, argv);
        runs[i] = &places[i].run;
    }
    label(arena, places, n);
    interrupt_catch();
    run_together(runs, n);
    int status = end(arena, places, n);
    arena_free(arena);
    status = interrupt_signal() ? 128 + interrupt_signal() : status;
    report_end(status);
    return status;
}
