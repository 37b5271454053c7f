/* opt.h - options of commands: a table beside the variables it sets, which prints the help too. */
#ifndef COMMANDS_OPT_H
#define COMMANDS_OPT_H
#include <stdbool.h>
#include <stddef.h>

enum opt_kind { OPT_FLAG, OPT_TEXT, OPT_NUMBER, OPT_LIST };

/* The values of an option that may be given several times, in their order, each once. */
enum { OPT_LIST_MAX = 64 };
struct opt_list {
    const char *items[OPT_LIST_MAX];
    size_t n;
};

struct opt {
    const char *name; /* "--stage" */
    char letter;      /* 's' for -s too, or 0 */
    enum opt_kind kind;
    const char *arg; /* how the help calls the value; NULL for a flag */
    const char *help;
    void *value; /* bool *, const char **, long * or struct opt_list * */
};

/* The options of commands that a build system runs; `notes` is a struct notes. */
#define NOTES_OPTS(notes)                                                                          \
    {                                                                                              \
        "--depfile",     0, OPT_TEXT, "FILE", "write what was read, for Make and Ninja",           \
        &(notes).depfile},                                                                         \
        {"--ninja-root",     0, OPT_TEXT, "DIR", "with names relative to this, where Ninja runs",  \
         &(notes).ninja_root},                                                                     \
        {"--forget",     0, OPT_TEXT, "FILE", "take this file away, Make's memory of inputs",      \
         &(notes).forget},                                                                         \
    {                                                                                              \
        "--stamp", 0, OPT_TEXT, "FILE", "touch this file at the end", &(notes).stamp               \
    }

/* What every command has. */
struct common {
    const char *project;   /* folder or settings file; "." */
    const char *build_dir; /* NULL: _build in the project */
    bool quiet, debug;
};
extern struct common common;

/* A command; main.c has their table. `run` gives the exit status of the program. */
struct command {
    const char *name, *args, *help;
    int (*run)(const struct command *command, int argc, char *argv[]);
    const char *details; /* for its --help; may be NULL */
};

/* Reads options, sets what the tables point to and moves the other arguments to the front of argv;
 * returns how many there are. --help prints the help and ends the program; what is wrong ends it
 * with 64. Between `min` and `max` other arguments are right. */
int opt_parse(const struct command *command, const struct opt *opts, size_t n, int min, int max,
              int argc, char *argv[]);
/* Adds a value of the option `name`, unless it is there; too many end the program with 64. */
void opt_list_add(const struct command *command, const char *name, struct opt_list *list,
                  const char *value);
/* Ends the program with 64 after a line that says what is wrong and where the help is. */
void opt_usage(const struct command *command, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

/* The build folder, from the current directory; `arena` may own it. */
struct arena;
const char *opt_build_dir(struct arena *arena);

#endif
