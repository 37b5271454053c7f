# How Gordon's modules add commands with a depfile; they include this file, and users do not.
include_guard(GLOBAL)
cmake_policy(PUSH)
cmake_policy(VERSION 3.25)

# Sets `ninja_root`: an option of gordon, for Ninja the folder in which it runs. What is in there it knows by
# relative names only; another project may have taken ours as a subninja.
function(_gordon_ninja_root)
    set(ninja_root "" PARENT_SCOPE)
    if(NOT CMAKE_GENERATOR MATCHES "Ninja")
        return()
    endif()
    set(root "${CMAKE_BINARY_DIR}")
    if(DEFINED CMAKE_NINJA_OUTPUT_PATH_PREFIX)
        string(REGEX REPLACE "/$" "" prefix "/${CMAKE_NINJA_OUTPUT_PATH_PREFIX}")
        string(LENGTH "${prefix}" length)
        string(LENGTH "${root}" all)
        math(EXPR rest "${all} - ${length}")
        if(rest GREATER 0)
            string(SUBSTRING "${root}" ${rest} -1 end)
            if(end STREQUAL prefix)
                string(SUBSTRING "${root}" 0 ${rest} root)
            endif()
        endif()
    endif()
    set(ninja_root "--ninja-root" "${root}" PARENT_SCOPE)
endfunction()

# _gordon_add_command([MANY] <arguments of add_custom_command>...): one with a DEPFILE, in which names are
# absolute, or with Ninja relative to the folder in which that runs. MANY: there are others like it.
#
# With Ninja, CMake runs `cmake -E cmake_transform_depfile` behind every such command, for depfiles with
# names relative to somewhere else. That is most of what a small edge costs (5 of 7 ms), and a third of
# what Ninja reads at every start. OLD for the policy CMP0116 leaves it out. That this is deprecated is
# nothing that a user could do anything about, so it is not said; a CMake newer than those that were
# looked at does as it pleases.
function(_gordon_add_command)
    cmake_parse_arguments(PARSE_ARGV 0 command "MANY" "DEPFILE" "")
    if(CMAKE_VERSION VERSION_LESS 4.5)
        if(POLICY CMP0218) # the variables mean something
            cmake_policy(SET CMP0218 OLD)
        endif()
        set(CMAKE_WARN_DEPRECATED OFF)
        set(CMAKE_ERROR_DEPRECATED OFF)
        cmake_policy(SET CMP0116 OLD)
    endif()
    if(command_MANY AND CMAKE_VERSION VERSION_LESS 3.29 AND CMAKE_GENERATOR MATCHES "Ninja")
        # Newer ones tell Ninja to remember what was in a depfile; otherwise it opens each of them at every
        # start. There is no keyword for it, but the name of a depfile is written as it is, and what
        # follows it is a line of the same edge. Where there are few it is better left alone: Ninja up
        # to 1.11 then runs an edge twice that has a new input, and writes the same as before.
        string(APPEND command_DEPFILE "\n  deps = gcc")
    endif()
    add_custom_command(${command_UNPARSED_ARGUMENTS} DEPFILE "${command_DEPFILE}")
endfunction()

cmake_policy(POP)
