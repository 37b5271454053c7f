# Adds commands with a depfile. Private: Gordon's modules include this file, users do not.
include_guard(GLOBAL)
cmake_policy(PUSH)
cmake_policy(VERSION 3.25)

# Sets `ninja_root` to the option --ninja-root with the folder where Ninja runs; empty for other
# generators. Ninja knows files in that folder only by relative names. The folder is above the binary
# directory if another project includes this build as a subninja (CMAKE_NINJA_OUTPUT_PATH_PREFIX).
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

# _gordon_add_command([MANY] <arguments of add_custom_command>...): adds a command with a DEPFILE. Names in
# the depfile are absolute, or with Ninja relative to the folder where it runs. MANY: a project has many
# such commands.
#
# With Ninja, CMake runs `cmake -E cmake_transform_depfile` after every command with a depfile, to convert
# relative names. This takes 5 of the 7 ms of a small edge, and a third of what Ninja reads at every
# start. Our depfiles do not need it, and the OLD behaviour of policy CMP0116 omits it. CMake's deprecation
# warning is switched off, because users cannot do anything about it. CMake 4.5 and newer, which are
# not tested, use their own behaviour.
function(_gordon_add_command)
    cmake_parse_arguments(PARSE_ARGV 0 command "MANY" "DEPFILE" "")
    if(CMAKE_VERSION VERSION_LESS 4.5)
        if(POLICY CMP0218) # OLD: the two variables below have an effect
            cmake_policy(SET CMP0218 OLD)
        endif()
        set(CMAKE_WARN_DEPRECATED OFF)
        set(CMAKE_ERROR_DEPRECATED OFF)
        cmake_policy(SET CMP0116 OLD)
    endif()
    if(command_MANY AND CMAKE_VERSION VERSION_LESS 3.29 AND CMAKE_GENERATOR MATCHES "Ninja")
        # CMake 3.29 and newer write "deps = gcc", with which Ninja keeps the content of depfiles in its
        # log; otherwise it opens each depfile at every start. Older ones have no keyword for it, but they
        # write the name of the depfile unescaped, so a second line becomes a line of the same edge.
        # Only with MANY: with "deps", Ninja up to 1.11 runs an edge with a new input twice.
        string(APPEND command_DEPFILE "\n  deps = gcc")
    endif()
    add_custom_command(${command_UNPARSED_ARGUMENTS} DEPFILE "${command_DEPFILE}")
endfunction()

cmake_policy(POP)
