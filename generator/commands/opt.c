#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/process.h"
#include "base/say.h"
#include "base/util.h"
#include "commands/opt.h"
#include "settings/project.h"

struct common common = {.project = "."};

static const struct opt common_opts[] = {
    {"--project", 0, OPT_TEXT, "DIR", "the project's folder or settings file (default: .)",
     &common.project},
    {"--build-dir", 0, OPT_TEXT, "DIR", "the build folder (default: _build in the project)",
     &common.build_dir},
    {"--quiet", 'q', OPT_FLAG, NULL, "print no warnings", &common.quiet},
    {"--debug", 0, OPT_FLAG, NULL, "print each program that is run", &common.debug},
};

static void print_opts(const struct opt *opts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", opts[i].name, opts[i].arg ? " " : "",
                 opts[i].arg ? opts[i].arg : "");
        if (opts[i].letter)
            printf("  -%c, %-22s %s\n", opts[i].letter, left, opts[i].help);
        else
            printf("      %-22s %s\n", left, opts[i].help);
    }
}

static void help(const struct command *command, const struct opt *opts, size_t n)
{
    printf("usage: gordon %s [OPTIONS]%s%s\n\n%c%s.\n", command->name, *command->args ? " " : "",
           command->args, command->help[0] - 'a' + 'A', command->help + 1);
    if (command->details)
        printf("\n%s\n", command->details);
    printf("\nOptions:\n");
    print_opts(opts, n);
    print_opts(common_opts, countof(common_opts));
    print_opts(&(struct opt){"--help", 'h', OPT_FLAG, NULL, "print this help", NULL}, 1);
    process_check_output();
    exit(EXIT_DONE);
}

void opt_usage(const struct command *command, const char *format, ...)
{
    struct arena *arena = arena_new();
    va_list args;
    va_start(args, format);
    say(stderr, "gordon: %s", arena_vprintf(arena, format, args));
    va_end(args);
    arena_free(arena);
    fprintf(stderr, "see gordon %s%s--help\n", command ? command->name : "", command ? " " : "");
    exit(EXIT_USAGE);
}

static const struct opt *find(const struct opt *opts, size_t n, const char *word, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if ((opts[i].kind != OPT_OTHER && strlen(opts[i].name) == len &&
             strncmp(opts[i].name, word, len) == 0) ||
            (opts[i].letter && len == 2 && word[0] == '-' && word[1] == opts[i].letter))
            return &opts[i];
    return NULL;
}

static void __attribute__((noreturn))
unknown(const struct command *command, const struct opt *opts, size_t n, const char *word)
{
    const char *names[64];
    size_t count = 0;
    for (size_t i = 0; i < n && count < countof(names); i++)
        if (opts[i].kind != OPT_OTHER)
            names[count++] = opts[i].name;
    for (size_t i = 0; i < countof(common_opts) && count < countof(names); i++)
        names[count++] = common_opts[i].name;
    const char *near = str_nearest(word, names, count);
    if (near)
        opt_usage(command, "there is no option '%s'; did you mean '%s'?", word, near);
    opt_usage(command, "there is no option '%s'", word);
}

void opt_unknown(const struct command *command, const struct opt *opts, size_t n, const char *word)
{
    char name[128];
    snprintf(name, sizeof name, "--%.*s", (int)strcspn(word, "="), word);
    unknown(command, opts, n, name);
}

/* Returns the row for a long option that no other row has; or NULL. */
static const struct opt *find_other(const struct opt *opts, size_t n, const char *word)
{
    for (size_t i = 0; i < n && str_starts(word, "--"); i++)
        if (opts[i].kind == OPT_OTHER)
            return &opts[i];
    return NULL;
}

/* Adds an option that no row has, and its value, which is NULL at the end of the line. */
static void add_other(const struct command *command, struct opt_list *list, const char *word,
                      const char *value)
{
    if (list->n + 2 > OPT_LIST_MAX)
        opt_usage(command, "%s: more than %d options", word, OPT_LIST_MAX / 2);
    list->items[list->n++] = word + strlen("--");
    list->items[list->n++] = value;
}

enum { NUMBER_MAX = 100000 }; /* enough minutes, and far below an overflow */

void opt_list_add(const struct command *command, const char *name, struct opt_list *list,
                  const char *value)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->items[i], value) == 0)
            return;
    if (list->n == OPT_LIST_MAX)
        opt_usage(command, "%s: more than %d of them", name, OPT_LIST_MAX);
    list->items[list->n++] = value;
}

/* The options that take one value, and were given. */
static const struct opt *given[64];
static size_t ngiven;

/* Refuses a second, different value of an option that takes one: which one is meant is unknown. */
static void check_once(const struct command *command, const struct opt *opt, const char *value)
{
    const char **is = opt->value;
    for (size_t i = 0; i < ngiven; i++)
        if (given[i] == opt && strcmp(*is, value) != 0)
            opt_usage(command, "%s takes one value, and not both '%s' and '%s'", opt->name, *is,
                      value);
    if (ngiven < countof(given))
        given[ngiven++] = opt;
}

static void set(const struct command *command, const struct opt *opt, const char *value)
{
    char *end;
    if (opt->kind == OPT_TEXT)
        check_once(command, opt, value);
    if (opt->kind != OPT_FLAG && !*value)
        opt_usage(command, "%s needs a value, %s, and not an empty one", opt->name, opt->arg);
    if (opt->kind == OPT_FLAG)
        *(bool *)opt->value = true;
    else if (opt->kind == OPT_TEXT)
        *(const char **)opt->value = value;
    else if (opt->kind == OPT_LIST)
        opt_list_add(command, opt->name, opt->value, value);
    else if (*(long *)opt->value = strtol(value, &end, 10),
             *end || end == value || *value == '-' || *(long *)opt->value > NUMBER_MAX)
        opt_usage(command, "%s must be a whole number up to %d, not '%s'", opt->name, NUMBER_MAX,
                  value);
}

int opt_parse(const struct command *command, const struct opt *opts, size_t n, int min, int max,
              int argc, char *argv[])
{
    int rest = 0;
    bool words = false; /* after "--" nothing is an option */
    ngiven = 0;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (words || word[0] != '-' || !word[1]) {
            argv[rest++] = argv[i];
            continue;
        }
        if (strcmp(word, "--") == 0) {
            words = true;
            continue;
        }
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
            help(command, opts, n);
        size_t len = str_starts(word, "--") ? strcspn(word, "=") : 2; /* -j2 is -j 2 */
        const struct opt *opt = find(opts, n, word, len);
        opt = opt ? opt : find(common_opts, countof(common_opts), word, len);
        opt = opt ? opt : find_other(opts, n, word);
        if (!opt || (opt->kind == OPT_FLAG && word[1] != '-' && word[len]))
            unknown(command, opts, n, word);
        const char *joined = word[len] ? word + len + (word[len] == '=') : NULL;
        if (opt->kind == OPT_FLAG && joined)
            opt_usage(command, "%s takes no value", opt->name);
        bool last = i + 1 == argc;
        if (opt->kind != OPT_FLAG && opt->kind != OPT_OTHER && !joined && last)
            opt_usage(command, "%s needs a value, %s", opt->name, opt->arg);
        const char *value = joined ? joined : opt->kind == OPT_FLAG ? "" : last ? NULL : argv[++i];
        if (opt->kind == OPT_OTHER)
            add_other(command, opt->value, word, value);
        else
            set(command, opt, value);
    }
    if (rest < min)
        opt_usage(command, "%s is missing", command->args);
    if (rest > max)
        opt_usage(command, "'%s' is one argument too many", argv[max]);
    if (common.quiet)
        diag_quiet(true);
    return rest;
}

const char *opt_build_dir(struct arena *arena)
{
    if (common.build_dir)
        return common.build_dir;
    return path_join(arena, project_folder(arena, common.project), "_build");
}
