/* opt.h - command line options: a table beside the variables that it sets. The help is printed from
 * the same table. */
#ifndef COMMANDS_OPT_H
#define COMMANDS_OPT_H
#include <stdbool.h>
#include <stddef.h>

enum opt_kind {
    OPT_FLAG,
    OPT_TEXT,
    OPT_NUMBER,
    OPT_LIST,
    OPT_OTHER, /* long options that no row has: a list of their names without --, which end at '='
                * or NUL, each followed by its value or, at the end of the command line, NULL */
};

/* The values of a repeatable option in the order given, without duplicates. */
enum { OPT_LIST_MAX = 64 };
struct opt_list {
    const char *items[OPT_LIST_MAX];
    size_t n;
};

struct opt {
    const char *name; /* "--stage" */
    char letter;      /* 's' for -s too, or 0 */
    enum opt_kind kind;
    const char *arg; /* the value's name in the help; NULL for a flag */
    const char *help;
    void *value; /* bool *, const char **, long * or struct opt_list * */
};

/* Option rows for commands that a build system runs; `notes` is a struct notes. */
#define NOTES_OPTS(notes)                                                                          \
    {"--depfile",     0, OPT_TEXT, "FILE", "write the files that were read, for Make and Ninja",   \
     &(notes).depfile},                                                                            \
        {"--ninja-root",     0, OPT_TEXT, "DIR", "where Ninja runs: paths below it are relative",  \
         &(notes).ninja_root},                                                                     \
        {"--forget",     0, OPT_TEXT, "FILE", "remove this file, where Make keeps old inputs",     \
         &(notes).forget},                                                                         \
    {                                                                                              \
        "--stamp", 0, OPT_TEXT, "FILE", "touch this file at the end", &(notes).stamp               \
    }

/* The option for the folder in which code of "build://" is. */
#define BINARY_DIR_OPT(binary)                                                                     \
    {                                                                                              \
        "--binary-dir", 0, OPT_TEXT, "DIR",                                                        \
            "CMake's build directory, in which code of build:// is", &(binary)                     \
    }

/* The options of every command. */
struct common {
    const char *project;   /* folder or settings file; "." */
    const char *build_dir; /* NULL: _build in the project */
    bool quiet, debug;
};
extern struct common common;

/* A command; main.c has the table of all. `run` returns the exit status of the program. */
struct command {
    const char *name, *args, *help;
    int (*run)(const struct command *command, int argc, char *argv[]);
    const char *details; /* for its --help; may be NULL */
};

/* Parses the options, sets the variables that the tables point to, and moves the other arguments to
 * the front of argv. Returns the number of these, which must be `min` to `max`. --help prints the
 * help and ends the program with 0; an invalid command line ends it with 64. */
int opt_parse(const struct command *command, const struct opt *opts, size_t n, int min, int max,
              int argc, char *argv[]);
/* Adds a value of the option `name` to `list`, unless it is there already. More than OPT_LIST_MAX
 * values end the program with 64. */
void opt_list_add(const struct command *command, const char *name, struct opt_list *list,
                  const char *value);
/* Ends the program with 64, because there is no option with the name at `word`, which ends at '='
 * or NUL. */
void opt_unknown(const struct command *command, const struct opt *opts, size_t n, const char *word)
    __attribute__((noreturn));
/* Ends the program with 64 after it has printed this message, and which help to read. `command` is
 * NULL if none is known. */
void opt_usage(const struct command *command, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

/* Returns the build folder: --build-dir, or _build in the project. A relative path starts at the
 * working directory. `arena` owns the string unless it is the option's. */
struct arena;
const char *opt_build_dir(struct arena *arena);

#endif
