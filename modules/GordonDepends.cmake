# DEPENDS of gordon_add_project. Private: gordon_add_project includes this file, users do not.
#
# CMake builds targets and files before the lambdas that depend on them. Make looks at files after that.
# Ninja looks at them when it starts, and so misses what a target writes without an edge that declares
# it. With Ninja, one edge per project runs after its targets, and touches the file `changed` of each
# lambda whose inputs have changed (generator/build/seen.h).
include_guard(GLOBAL)
cmake_policy(PUSH)
cmake_policy(VERSION 3.25)

# Sets `compares` to whether this project needs that edge. Notes the names in DEPENDS, which are checked
# when all targets are known. Reads variables of gordon_add_project.
function(_gordon_note_depends)
    set(compares FALSE)
    set(names ${arg_DEPENDS})
    list(FILTER names INCLUDE REGEX "^[A-Za-z0-9_.+:-]+$") # what may be a target
    if(names)
        set_property(GLOBAL PROPERTY "_gordon_depends_of ${name}" "${names}")
        set_property(GLOBAL APPEND PROPERTY _gordon_depending "${name}")
        cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL _gordon_check_depends)
        if(CMAKE_GENERATOR MATCHES "Ninja")
            set(compares TRUE)
        endif()
    endif()
    set(compares ${compares} PARENT_SCOPE)
endfunction()

# Adds the edge that writes `changed`, a list of files, if a target has done something. It leaves most
# of them as they are; then Ninja notes the time of the edge's inputs, which must be that of a file.
function(_gordon_compare_inputs)
    set(ran "${work}/targets.stamp")
    add_custom_command(OUTPUT "${ran}"
        COMMAND "${CMAKE_COMMAND}" -E touch "${ran}"
        DEPENDS ${arg_DEPENDS} "$<GENEX_EVAL:$<TARGET_PROPERTY:${name},GORDON_NODES>>"
        COMMENT "Targets of ${name} have run"
        VERBATIM)
    add_custom_command(OUTPUT ${changed}
        COMMAND "${gordon}" package --touch-changed "${work}"
        DEPENDS "${ran}" "${gordon}"
        COMMENT "Looking for new code of ${name}"
        VERBATIM)
endfunction()

# Checks the names in DEPENDS of all projects, at the end of the whole project.
function(_gordon_check_depends)
    get_property(projects GLOBAL PROPERTY _gordon_depending)
    set_property(GLOBAL PROPERTY _gordon_depending "")
    foreach(project IN LISTS projects)
        get_property(names GLOBAL PROPERTY "_gordon_depends_of ${project}")
        foreach(name IN LISTS names)
            if(TARGET "${name}")
                add_dependencies("${project}" "${name}")
                _gordon_note_target("${project}" "${name}")
            else()
                _gordon_check_file("${project}" "${name}")
            endif()
        endforeach()
    endforeach()
endfunction()

# Notes by which names Ninja knows a custom target, and those that it depends on. CMake writes an edge
# `<binary directory>/<target>` for each, which is out of date if a command of the target is.
function(_gordon_note_target project target)
    get_property(known TARGET "${project}" PROPERTY GORDON_WAITS_FOR)
    if("${target}" IN_LIST known)
        return()
    endif()
    set_property(TARGET "${project}" APPEND PROPERTY GORDON_WAITS_FOR "${target}")
    get_property(type TARGET "${target}" PROPERTY TYPE)
    if(type STREQUAL "UTILITY")
        get_property(node TARGET "${target}" PROPERTY BINARY_DIR)
        string(APPEND node "/${target}")
        get_property(multi GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
        if(multi)
            string(APPEND node ":$<CONFIG>")
        endif()
        set_property(TARGET "${project}" APPEND PROPERTY GORDON_NODES "${node}")
    endif()
    get_property(others TARGET "${target}" PROPERTY MANUALLY_ADDED_DEPENDENCIES)
    foreach(other IN LISTS others)
        if(TARGET "${other}")
            _gordon_note_target("${project}" "${other}")
        endif()
    endforeach()
endfunction()

# Stops if a name is neither a file, nor one that a command makes, nor an imported target of the
# project's directory.
function(_gordon_check_file project file)
    get_property(source TARGET "${project}" PROPERTY SOURCE_DIR)
    get_property(binary TARGET "${project}" PROPERTY BINARY_DIR)
    get_source_file_property(generated "${binary}/${file}" DIRECTORY "${source}" GENERATED)
    if(generated OR EXISTS "${source}/${file}" OR EXISTS "${binary}/${file}")
        return()
    endif()
    while(source)
        get_property(imported DIRECTORY "${source}" PROPERTY IMPORTED_TARGETS)
        if("${file}" IN_LIST imported)
            return()
        endif()
        get_property(source DIRECTORY "${source}" PROPERTY PARENT_DIRECTORY)
    endwhile()
    message(FATAL_ERROR "gordon_add_project: DEPENDS of ${project} names '${file}', but there is "
        "no such target or file")
endfunction()

cmake_policy(POP)
