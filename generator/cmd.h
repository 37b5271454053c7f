/* cmd.h - the commands; main.c has their table. Each returns the exit status of the program. */
#ifndef CMD_H
#define CMD_H

struct command;

int cmd_build(const struct command *command, int argc, char *argv[]);
int cmd_template(const struct command *command, int argc, char *argv[]);
int cmd_plan(const struct command *command, int argc, char *argv[]);
int cmd_install(const struct command *command, int argc, char *argv[]);
int cmd_package(const struct command *command, int argc, char *argv[]);
int cmd_release(const struct command *command, int argc, char *argv[]);
int cmd_apply(const struct command *command, int argc, char *argv[]);
int cmd_status(const struct command *command, int argc, char *argv[]);
int cmd_outputs(const struct command *command, int argc, char *argv[]);
int cmd_rollback(const struct command *command, int argc, char *argv[]);
int cmd_diff(const struct command *command, int argc, char *argv[]);
int cmd_delete(const struct command *command, int argc, char *argv[]);
int cmd_invoke(const struct command *command, int argc, char *argv[]);
int cmd_logs(const struct command *command, int argc, char *argv[]);

#endif
