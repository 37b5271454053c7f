/* commands.h - the commands, in the groups of `gordon --help`. Each is defined in the file of this
 * folder that has its name: its options, its help and what it does. */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

struct command; /* opt.h */

/* Build: needs no AWS. */
extern const struct command build_command, template_command, release_command;
/* On this machine. */
extern const struct command run_command, event_command, emulator_command;
/* AWS: these work on a stage of the project. */
extern const struct command apply_command, diff_command, status_command, outputs_command,
    invoke_command, logs_command, rollback_command, delete_command;
/* Called by the CMake modules. */
extern const struct command plan_command, package_command, install_command;

#endif
