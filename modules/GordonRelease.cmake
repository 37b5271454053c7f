# The targets for `gordon release`. Private: gordon_add_project includes this file, users do not.
include_guard(GLOBAL)
cmake_policy(PUSH)
cmake_policy(VERSION 3.25)

# Adds <name>-release, and one for each of STAGES. Reads variables of gordon_add_project.
function(_gordon_add_release_targets)
    foreach(stage IN LISTS arg_STAGES)
        _gordon_add_release("${name}-release-${stage}")
    endforeach()
    set(stage "${GORDON_STAGE}")
    if(stage IN_LIST arg_STAGES) # under Make, two targets would run one edge at the same time
        add_custom_target(${name}-release)
        add_dependencies(${name}-release ${name}-release-${stage})
    else()
        _gordon_add_release("${name}-release")
    endif()
endfunction()

# Adds one edge and its target. The depfile lists the files that are packed: a file of parameters may
# not exist yet, and Ninja would read a list of all zips at every start. add_dependencies builds the zips
# first. A release with the same content is not touched. Ninja notices that; for Make it is touched
# afterwards, and Make's cache of old depfiles is deleted (see _gordon_edge).
function(_gordon_add_release target)
    set(release "${CMAKE_CURRENT_BINARY_DIR}/${name}-${stage}.tar.gz")
    set(depfile "${work}/release-${stage}.d")
    set(forget "")
    set(touch "")
    if(CMAKE_GENERATOR MATCHES "Makefiles")
        set(forget "--forget"
            "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/compiler_depend.internal")
        set(touch COMMAND "${CMAKE_COMMAND}" -E touch "${release}")
    endif()
    _gordon_add_command(OUTPUT "${release}"
        COMMAND "${gordon}" release "--project" "${settings}" "--build-dir" "${output}"
            "--stage" "${stage}" ${region} "--output" "${release}" "--depfile" "${depfile}"
            ${ninja_root} ${forget}
        ${touch}
        DEPENDS ${settings_files} "${gordon}"
        DEPFILE "${depfile}"
        COMMENT "${name}: release, stage ${stage}"
        VERBATIM)
    add_custom_target(${target} DEPENDS "${release}")
    add_dependencies(${target} ${name})
endfunction()

cmake_policy(POP)
